import { setTimeout } from 'node:timers/promises';
import nock from 'nock';
import { TokenClient } from '../../../sdk/src/index.ts';
import { startLocalCloud } from '../../../tools/local-cloud/local-cloud.ts';
import { findFreePorts } from '../../../tools/local-cloud/ports.ts';
import { startBalancer } from './balancer.ts';
import { Latencies } from './latencies.ts';
import { startReplica } from './replica.ts';

export interface RollOut {
  calls: number;
  /** Calls of `getToken` that gave a token for another audience than was asked. */
  wrong: number;
  /** The codes of calls that gave none. */
  lost: string[];
  /** Requests of which the SDK's retries made a token after all. */
  retried: number;
  restarts: { exitCode: number | null; milliseconds: number }[];
  latencies: Latencies;
}

const clients = 32;
/** Calls that are answered before the next process is stopped. */
const callsBetween = 200;

/**
 * Two processes behind a balancer that knows nothing of restarts, each stopped by SIGTERM and started again in turn,
 * while SDK clients ask for one token after another, each signed anew.
 */
export async function rollOut(rounds: number): Promise<RollOut> {
  // nock looks at each socket, which would be most of what a call costs.
  nock.restore();
  const cloud = await startLocalCloud({ output: 'keep' });
  const first = await findFreePorts(2);
  const ports = [first, first + 1];
  const balancer = await startBalancer(ports);
  Object.assign(process.env, cloud.envOf('caller'));
  const result: RollOut = {
    calls: 0,
    wrong: 0,
    lost: [],
    retried: 0,
    restarts: [],
    latencies: new Latencies(),
  };
  const replicas = await Promise.all(ports.map((port) => startReplica(cloud, port, balancer.url)));
  let isOver = false;
  const call = async (client: TokenClient) => {
    const startedAt = performance.now();
    result.calls += 1;
    const aud = `https://roll-${result.calls}.example.com`;
    try {
      const { claims } = await client.getTokenDetails(aud);
      if (claims.aud !== aud) result.wrong += 1;
      result.latencies.add(performance.now() - startedAt);
    } catch (error) {
      result.lost.push((error as { code?: string }).code ?? String(error));
    }
  };
  const countRetries: typeof fetch = async (...request) => {
    try {
      return await fetch(...request);
    } catch (error) {
      result.retried += 1;
      throw error;
    }
  };
  try {
    const work = Array.from({ length: clients }, async () => {
      const client = new TokenClient({ url: balancer.url, fetch: countRetries });
      while (!isOver) await call(client);
    });
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, port] of ports.entries()) {
        await untilAnswered(result, result.latencies.count + callsBetween);
        const replica = replicas[index];
        const startedAt = performance.now();
        await replica?.stop();
        const exitCode = (await replica?.ended) ?? null;
        result.restarts.push({ exitCode, milliseconds: performance.now() - startedAt });
        replicas[index] = await startReplica(cloud, port, balancer.url);
      }
    }
    await untilAnswered(result, result.latencies.count + callsBetween);
    isOver = true;
    await Promise.all(work);
    print(result);
    return result;
  } finally {
    isOver = true;
    await Promise.all(replicas.map((replica) => replica.stop()));
    await balancer.close();
    await cloud.stop();
  }
}

async function untilAnswered({ latencies, lost }: RollOut, count: number): Promise<void> {
  while (latencies.count < count && lost.length === 0) await setTimeout(10);
}

function print({ calls, lost, wrong, retried, restarts, latencies }: RollOut): void {
  const longest = Math.max(...restarts.map(({ milliseconds }) => milliseconds));
  console.log(
    `roll-out: ${restarts.length} restarts under load, ${calls} calls by ${clients} clients: ${lost.length} lost, ` +
      `${wrong} wrong, ${retried} connections broke and were tried again; ${latencies}; ` +
      `longest stop ${longest.toFixed(0)} ms`,
  );
}
