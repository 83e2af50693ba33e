import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { writeResults } from './results.ts';
import { type Row, toTable } from './row.ts';

/** Each part measures in a process of its own, so that what one leaves behind slows no other. */
const parts = {
  'cached-token': () => import('./cached-token.ts'),
  'cached-peers': () => import('./cached-peers.ts'),
  'peek-in-request': () => import('./peek-in-request.ts'),
  bytes: () => import('./bytes.ts'),
  parallel: () => import('./parallel.ts'),
  outage: () => import('./outage.ts'),
  function: () => import('./function.ts'),
  'iam-client': () => import('./iam-client.ts'),
  latency: () => import('./latency.ts'),
  start: () => import('./start.ts'),
  batch: () => import('./batch.ts'),
  decision: () => import('./decision.ts'),
  diagnose: () => import('./diagnose.ts'),
  'emulator-sign': () => import('./emulator-sign.ts'),
  size: () => import('./size.ts'),
  growth: () => import('./growth.ts'),
} satisfies Record<string, () => Promise<{ rows: () => Promise<Row[]> }>>;

type Part = keyof typeof parts;

/**
 * `npm run bench`: ours, the peers and the limits side by side, as one table, which is also written to RESULTS.md.
 * With the names of parts only these are measured, and nothing is written.
 */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    console.error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(parts).join(', ')}.`);
    process.exit(2);
  }
  const startedAt = performance.now();
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : Object.keys(parts)) rows.push(...(await measureApart(name)));
  console.log(toTable(rows));
  if (names.length === 0) await writeResults(rows, (performance.now() - startedAt) / 1000);
}

async function measureApart(name: string): Promise<Row[]> {
  const args = ['--expose-gc', fileURLToPath(import.meta.url), '--part', name];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (exitCode !== 0) throw new Error(`The part ${name} ended with ${exitCode}.`);
  return JSON.parse(output);
}

const [option, ...rest] = process.argv.slice(2);
if (option === '--part') {
  const { rows } = await parts[rest[0] as Part]();
  process.stdout.write(JSON.stringify(await rows()), () => process.exit());
} else {
  await main(process.argv.slice(2));
}
