import { Agent, request } from 'node:http';
import fc from 'fast-check';
import nock from 'nock';
import { type LocalCloud, startLocalCloud } from '../../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../caller-token.ts';
import { inspected, inspectorOf, type MemoryReading, readMemory } from '../load/process-memory.ts';
import { findFault, type SeenAnswer } from '../problem-table.ts';
import { sendBytes } from '../raw-connection.ts';
import { type HostileRequest, hostileBytes, hostileRequest } from './hostile-requests.ts';

export interface FuzzReport {
  tried: number;
  /** How often each code was the answer; a good answer counts as its status. */
  answers: Map<string, number>;
  /** What should never be, each with the seed and number of its case. */
  faults: string[];
  memory: Record<'countersign' | 'countersignBatch', { before: MemoryReading; after: MemoryReading }>;
}

const batchSize = 500;
const parallel = 32;
/** One case in so many is bytes of no request. */
const rawEvery = 10;
const maxMilliseconds = 10_000;
const lookalike = /eyJ[\w-]{10,}\.[\w-]{10,}|ya29\.[\w-]{10,}|Bearer \S{10,}/;

/**
 * Sends so many generated cases to both functions, real processes on the local cloud, and holds every answer against
 * the contract. The same seed makes the same cases. Memory is first read after `warmUp` of them.
 */
export async function fuzzFunction(count: number, seed: number, warmUp = batchSize): Promise<FuzzReport> {
  // nock reads what is sent as HTTP, and fails where it is none.
  nock.restore();
  const faults: string[] = [];
  const heads: Record<string, string> = {};
  const cloud = await startLocalCloud({
    functionEnv: inspected,
    output: (text, name) => {
      if ((heads[name] ?? '').length < 5_000) heads[name] = (heads[name] ?? '') + text;
      const leak = lookalike.exec(text)?.[0];
      if (leak !== undefined && name !== 'The emulator')
        faults.push(`a token in the log: ${leak.slice(0, 20)}`);
    },
  });
  const memory = (target: string) => readMemory(inspectorOf(heads[`The function ${target}`] ?? ''));
  const sender = await createSender(cloud);
  const answers = new Map<string, number>();
  const note = (found: Found, at: string) => {
    if (found.fault !== undefined) faults.push(`${at}: ${found.fault}`);
    for (const each of found.answers) answers.set(each, (answers.get(each) ?? 0) + 1);
  };
  try {
    for (let done = 0; done < warmUp; done += batchSize) {
      await runBatch(sender, seed - 1 - done / batchSize, batchSize, note);
    }
    const before = {
      countersign: await memory('countersign'),
      countersignBatch: await memory('countersignBatch'),
    };
    for (let done = 0; done < count; done += batchSize) {
      await runBatch(sender, seed + done / batchSize, Math.min(batchSize, count - done), note);
    }
    const readings = async (target: 'countersign' | 'countersignBatch') => ({
      before: before[target],
      after: await memory(target),
    });
    const report = {
      tried: count,
      answers,
      faults,
      memory: {
        countersign: await readings('countersign'),
        countersignBatch: await readings('countersignBatch'),
      },
    };
    print(report, seed);
    return report;
  } finally {
    sender.close();
    await cloud.stop();
  }
}

/** What one case came to. */
interface Found {
  answers: string[];
  fault: string | undefined;
}

async function runBatch(
  sender: Sender,
  seed: number,
  count: number,
  note: (found: Found, at: string) => void,
): Promise<void> {
  const rawCount = Math.ceil(count / rawEvery);
  const cases = [
    ...fc.sample(hostileRequest, { seed, numRuns: count - rawCount }).map((each) => () => sender.send(each)),
    ...fc.sample(hostileBytes, { seed, numRuns: rawCount }).map((each) => () => sender.sendRaw(each)),
  ].entries();
  const work = async () => {
    for (const [index, run] of cases) note(await run(), `seed ${seed}, case ${index}`);
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

interface Sender {
  send: (hostile: HostileRequest) => Promise<Found>;
  sendRaw: (bytes: Buffer) => Promise<Found>;
  close: () => void;
}

async function createSender(cloud: LocalCloud): Promise<Sender> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const tokens = {
    caller: await fetchCallerToken(cloud, 'caller'),
    stranger: await fetchCallerToken(cloud, 'stranger'),
    push: await fetchCallerToken(cloud, 'pubsub-push', cloud.batchUrl),
  };
  const [head, payload, signature = ''] = tokens.caller.split('.');
  const bearers = {
    ...tokens,
    cut: `${head}.${payload}.${signature.slice(0, -9)}`,
    unsigned: `${head}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`,
    none: '',
  };
  const headerOf = (kind: HostileRequest['authorization']): Record<string, string> => {
    if (kind === 'none') return {};
    return { authorization: typeof kind === 'object' ? kind.raw : `Bearer ${bearers[kind]}` };
  };
  return {
    async send(hostile) {
      const startedAt = performance.now();
      try {
        const answer = await sendOnce(agent, cloud, hostile, headerOf(hostile.authorization));
        const isLate = performance.now() - startedAt > maxMilliseconds;
        return {
          answers: [nameOf(answer)],
          fault: faultOf(answer, hostile) ?? (isLate ? 'late' : undefined),
        };
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A body that is refused unread ends its connection, and may end it under the sender's hands.
        const isCut = (code === 'EPIPE' || code === 'ECONNRESET') && (hostile.body?.length ?? 0) > 60_000;
        return { answers: ['cut'], fault: isCut ? undefined : `no answer: ${code} ${describe(hostile)}` };
      }
    },
    async sendRaw(bytes) {
      try {
        const seen = (await sendBytes(cloud.url, bytes, { end: true })).map(({ status, headers, body }) => ({
          status,
          type: headers['content-type'],
          body,
        }));
        const faults = seen.map(findFault).filter((each) => each !== undefined);
        return {
          answers: seen.map(nameOf),
          fault: faults[0] && `${faults[0]} to ${JSON.stringify(bytes.toString('latin1'))}`,
        };
      } catch (error) {
        return { answers: [], fault: `${String(error)} to ${JSON.stringify(bytes.toString('latin1'))}` };
      }
    },
    close: () => agent.destroy(),
  };
}

function nameOf({ status, body }: SeenAnswer): string {
  return status < 300 || body === '' ? String(status) : JSON.parse(body).code;
}

function describe({ method, path, headers, body, authorization }: HostileRequest): string {
  const shown = JSON.stringify([method, path, authorization, headers]);
  return `${shown} ${Buffer.from(body ?? [])
    .toString('latin1')
    .slice(0, 500)}`;
}

/** What must never be: an answer outside the contract, a fault of the function's own, a token that was not asked for. */
function faultOf(answer: SeenAnswer, hostile: HostileRequest): string | undefined {
  const fault = answer.body === '' && hostile.method === 'HEAD' ? undefined : findFault(answer);
  if (fault !== undefined) return `${fault} to ${describe(hostile)}`;
  if (answer.status === 500) return `internal to ${describe(hostile)}`;
  const [pathname = ''] = hostile.path.split('?');
  if (answer.status !== 200 || !/^\/v1\/(id-)?tokens$/.test(pathname)) return undefined;
  const asked = JSON.parse(Buffer.from(hostile.body ?? []).toString());
  const { claims } = JSON.parse(answer.body);
  const isOwn = hostile.authorization === 'caller' && hostile.target === 'countersign';
  const wanted = pathname === '/v1/tokens' ? asked.claims.aud : asked.aud;
  const isAsked = JSON.stringify(claims.aud) === JSON.stringify(wanted);
  return isOwn && isAsked ? undefined : `a token that was not asked for to ${describe(hostile)}`;
}

function sendOnce(
  agent: Agent,
  { url, batchUrl }: LocalCloud,
  { target, method, path, headers, body }: HostileRequest,
  authorization: Record<string, string>,
): Promise<SeenAnswer> {
  const origin = new URL(target === 'countersign' ? url : batchUrl);
  return new Promise((resolve, reject) => {
    const { hostname, port } = origin;
    const length = body === undefined ? {} : { 'content-length': body.length };
    const all = { ...headers, ...authorization, ...length };
    const call = request({ hostname, port, path, method, agent, headers: all }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode ?? 0, type: answer.headers['content-type'], body: text });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

function print({ tried, answers, faults, memory }: FuzzReport, seed: number): void {
  const counts = [...answers].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
  console.log(
    `fuzz: ${tried} bad inputs tried (seed ${seed}), errors wrong: ${faults.length}; ${counts.join(', ')}`,
  );
  for (const [target, { before, after }] of Object.entries(memory)) {
    const [from, to] = [before, after].map(
      ({ heapMiB, rssMiB }) => `heap ${heapMiB.toFixed(1)} MiB, resident ${rssMiB.toFixed(0)} MiB`,
    );
    console.log(`fuzz, memory of ${target}: before ${from}; after ${to}`);
  }
}
