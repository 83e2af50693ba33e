// What the README's examples take from those before them, with every host on loopback: the last argument is its URL.
import { TokenClient } from 'countersign';

const service = process.argv.at(-1);
const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const { pathname, search } = new URL(input);
  return realFetch(service + pathname + search, init);
};
process.env.COUNTERSIGN_URL = service;
globalThis.token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJzaWduZXJAYWNtZS5pYW0uZ3NlcnZpY2VhY2NvdW50LmNvbSJ9.AAAA';

// The metadata server's part is played by the client's own option, unless an example makes its client itself.
globalThis.client = new TokenClient({ callerToken: async () => 'caller-token' });
