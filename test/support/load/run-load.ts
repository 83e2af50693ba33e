import { type LocalCloud, startLocalCloud } from '../../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../caller-token.ts';
import { createFaultControl, type IamFault } from './iam-faults.ts';
import { createLoadClient, type LoadClient, type Outcome } from './load-client.ts';
import { inspected, inspectorOf, type MemoryReading, readMemory } from './process-memory.ts';

export interface LoadOptions {
  warmUpSeconds: number;
  /** With tokens that the function has, and with ones that are signed anew. */
  warmSeconds: number;
  freshSeconds: number;
  /** For each kind of fault. */
  faultSeconds: number;
  faults: readonly IamFault[];
}

export interface LoadReport {
  warm: Outcome;
  fresh: Outcome;
  faulty: FaultyOutcome[];
  /** Requests in all. */
  sent: number;
  /** Tokens, whole or in part, that the function's log held. */
  leaks: number;
  memory: { before: MemoryReading; after: MemoryReading };
}

export interface FaultyOutcome {
  kind: IamFault;
  /** Faults that a call of the function met. */
  injected: number;
  outcome: Outcome;
}

const audienceCount = 200;
/** One request in so many has a fault put in front of IAM: 5 %. */
const faultEvery = 20;
/** A JWT or an access token, or enough of one. */
const lookalike = /eyJ[\w-]{10,}\.[\w-]{10,}|ya29\.[\w-]{10,}|Bearer \S{10,}/g;

/**
 * Loads the local cloud, the function a process of its own and its rate limit off: warm, signed anew, and with 5 % of
 * IAM's answers at fault. Each phase prints its figures.
 */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  let written = '';
  let leaks = 0;
  const cloud = await startLocalCloud({
    functionEnv: inspected,
    output: (text, name) => {
      if (name !== 'The function countersign') return;
      if (written.length < 10_000) written += text;
      leaks += text.match(lookalike)?.length ?? 0;
    },
  });
  try {
    const client = await createLoadClient(cloud.url, await fetchCallerToken(cloud));
    const phases = await loadInPhases(options, cloud, client, () => readMemory(inspectorOf(written)));
    client.close();
    const outcomes = [phases.warm, phases.fresh, ...phases.faulty.map(({ outcome }) => outcome)];
    const sent = outcomes.reduce((sum, each) => sum + each.sent, 0);
    const report = { ...phases, sent, leaks };
    printSummary(report);
    return report;
  } finally {
    await cloud.stop();
  }
}

async function loadInPhases(
  { warmUpSeconds, warmSeconds, freshSeconds, faultSeconds, faults }: LoadOptions,
  cloud: LocalCloud,
  client: LoadClient,
  memory: () => Promise<MemoryReading>,
): Promise<Omit<LoadReport, 'sent' | 'leaks'>> {
  let count = 0;
  const next = (fresh: boolean) => () => {
    count += 1;
    return { aud: `https://load-${count % audienceCount}.example.com`, fresh };
  };
  await client.run(warmUpSeconds / 2, next(false));
  await client.run(warmUpSeconds / 2, next(true));
  const before = await memory();
  const warm = await client.run(warmSeconds, next(false));
  print('warm', warm, warmSeconds);
  const fresh = await client.run(freshSeconds, next(true));
  print('signed anew', fresh, freshSeconds);
  const after = await memory();
  const faulty: FaultyOutcome[] = [];
  for (const kind of faults) {
    const control = createFaultControl(cloud.emulatorUrl, kind);
    let injected = 0;
    const outcome = await client.run(faultSeconds, async () => {
      const asked = next(true)();
      if (count % faultEvery === 0) {
        injected += 1;
        await control.inject();
      }
      return asked;
    });
    injected -= await control.clear();
    faulty.push({ kind, injected, outcome });
    print(`IAM ${kind.name}, ${injected} faults injected`, outcome, faultSeconds);
  }
  return { warm, fresh, faulty, memory: { before, after } };
}

function print(phase: string, { sent, answers, errors, late, latencies }: Outcome, seconds: number): void {
  const counts = [...answers].map(([code, count]) => `${count} ${code}`).join(', ');
  const rate = Math.round(sent / seconds);
  console.log(
    `load, ${phase}: ${sent} requests (${rate}/s): ${counts}; ${errors.length} errors, ${late} late; ${latencies}`,
  );
}

function printSummary({ sent, faulty, warm, fresh, leaks, memory }: LoadReport): void {
  const outcomes = [warm, fresh, ...faulty.map(({ outcome }) => outcome)];
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const words = ({ heapMiB, rssMiB }: MemoryReading) =>
    `heap ${heapMiB.toFixed(1)} MiB, resident ${rssMiB.toFixed(0)} MiB`;
  const figures = {
    'requests sent': sent,
    'faults injected': sum(faulty.map(({ injected }) => injected)),
    'errors wrong': sum(outcomes.map(({ errors }) => errors.length)) + sum(faulty.map(countWrong)),
    'answers late': sum(outcomes.map(({ late }) => late)),
    'tokens wrong': sum(outcomes.map(({ wrongTokens }) => wrongTokens)),
    'tokens leaked': leaks,
    'memory before': words(memory.before),
    'memory after': words(memory.after),
  };
  console.log(
    Object.entries(figures)
      .map(([name, figure]) => `load, ${name}: ${figure}`)
      .join('\n'),
  );
}

/** Answers that are neither a token nor the code of the fault that was injected. */
export function countWrong({ kind, outcome }: FaultyOutcome): number {
  const others = [...outcome.answers].filter(([code]) => code !== 'token' && code !== kind.code);
  return others.reduce((sum, [, count]) => sum + count, 0);
}
