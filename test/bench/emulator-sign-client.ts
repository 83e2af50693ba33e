import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** What the worker is told: where to post, what, and for how long; it answers how many calls it got through. */
export interface ClientWork {
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
  readonly connections: number;
}

const { url, authorization, body, connections } = workerData as ClientWork;
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const headers = { authorization, 'content-length': Buffer.byteLength(body) };

parentPort?.on('message', async (milliseconds: number) => {
  const end = performance.now() + milliseconds;
  const counts = await Promise.all(Array.from({ length: connections }, () => callUntil(end)));
  parentPort?.postMessage(counts.reduce((sum, count) => sum + count, 0));
});

async function callUntil(end: number): Promise<number> {
  let count = 0;
  for (; performance.now() < end; count += 1) await call();
  return count;
}

function call(): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, agent }, (incoming) => {
      if (incoming.statusCode !== 200) reject(new Error(`signJwt answered ${incoming.statusCode}`));
      incoming.resume().on('end', resolve);
    });
    outgoing.on('error', reject).end(body);
  });
}
