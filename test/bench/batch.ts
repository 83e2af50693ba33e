import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { atOnce, items } from './batch-process.ts';
import { rounds } from './rounds.ts';
import { describe, median, type Row } from './row.ts';
import { type Stage, setStage } from './stage.ts';

const iamMilliseconds = 20;
const limitMilliseconds = Math.ceil(items / atOnce) * iamMilliseconds;
const program = fileURLToPath(new URL('batch-process.ts', import.meta.url));

/** Signing of 1,000 distinct items through IAM at 20 ms, 64 at once: the first batch of a process, and its third. */
export async function rows(): Promise<Row[]> {
  const stage = await setStage(iamMilliseconds);
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times = await batchesOfOneProcess(stage);
    cold.push(times[0] ?? Number.NaN);
    warm.push(times[2] ?? Number.NaN);
  }
  await stage.stop();
  const row = (name: string, values: number[], goal: number): Row => ({
    row: `a batch of 1,000, ${atOnce} at once, IAM at ${iamMilliseconds} ms, ${name}`,
    peer: `ceil(${items}/${atOnce}) × ${iamMilliseconds} ms`,
    ratio: median(values) / limitMilliseconds,
    figures: `${describe('signing', values, 'ms')}, limit ${limitMilliseconds} ms`,
    goal: ['at most', goal],
  });
  return [row('warm', warm, 1.1), row('cold', cold, 1.2)];
}

async function batchesOfOneProcess({ iamPort, env }: Stage): Promise<number[]> {
  const args = [program, String(iamPort), String(env.GCE_METADATA_HOST)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (exitCode !== 0) throw new Error('A batch was not signed.');
  return JSON.parse(output);
}
