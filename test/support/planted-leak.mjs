// Loaded into the function's process by the test that plants a leak: it logs the header that nobody may log.
import { subscribe } from 'node:diagnostics_channel';

subscribe('http.server.request.start', ({ request }) =>
  console.log(`authorization: ${request.headers.authorization}`),
);
