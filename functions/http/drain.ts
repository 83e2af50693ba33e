import type { Server } from 'node:http';
import { flushLog } from '../issuance/log.ts';

/** Cloud Run sends SIGKILL 10 s after SIGTERM. */
const maxDrainMilliseconds = 9_000;
/** What may take longer than that is given up at this point, while there is time to leave it in good order. */
const lastCallMilliseconds = 5_000;
const closeIdleMilliseconds = 50;

/**
 * On SIGTERM finishes the requests in flight, takes no more, and exits; tells `stopping` in time what would not end.
 * functions-framework would answer the latest request with a 500 and exit at once; its listeners are there only once
 * it serves, hence not before the first request.
 */
export function drainOnSigterm(server: Server, stopping: AbortController): void {
  process.removeAllListeners('SIGTERM');
  process.once('SIGTERM', () => {
    const exit = () => flushLog(() => process.exit(0));
    server.close(exit);
    // Whoever keeps the connection would send the next request into its end.
    server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
    // A kept-alive connection falls idle when its last answer is out, and would hold the server open for seconds.
    setInterval(() => server.closeIdleConnections(), closeIdleMilliseconds).unref();
    setTimeout(() => stopping.abort(), lastCallMilliseconds).unref();
    setTimeout(exit, maxDrainMilliseconds).unref();
  });
}
