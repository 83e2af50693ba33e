import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  describeBatches,
  describeConstants,
  describeFleets,
  describeScaling,
} from '../../../tools/fleet/describe-scaling.ts';
import { constants, loadOf } from '../../../tools/fleet/fleet.ts';

const read = (path: string) => readFileSync(path, 'utf8');
const page = read('docs/scaling.md');
const numbersOf = (text: string) => text.match(/\d[\d,]*(\.\d+)?/g) ?? [];

test.each([
  ['constants', describeConstants()],
  ['fleets', describeFleets()],
  ['batches', describeBatches()],
])('the page has the table of %s as npm run fleet prints it', (_what, table) => {
  expect(page).toContain(`\n${table}\n`);
});

test('no other figure is on the page than npm run fleet prints', () => {
  const printed = new Set(numbersOf(describeScaling()));
  const prose = page
    .split('\n')
    .filter((line) => !line.startsWith('|'))
    .join('\n')
    // Numbers of a list, and of statuses.
    .replaceAll(/^\d\. /gm, '')
    .replaceAll(/\b(429|503)\b/g, '');
  const axes = ['1', '10,000'];
  expect(numbersOf(prose).filter((each) => !printed.has(each) && !axes.includes(each))).toEqual([]);
});

test.each<[keyof typeof constants, string, RegExp]>([
  ['iamQuota', 'functions/issuance/rate-limit.ts', /quota \(([\d,]+)/],
  ['rateLimit', 'functions/config.ts', /'COUNTERSIGN_SIGNATURES_PER_MINUTE', (\d+)/],
  ['reusableFraction', 'functions/issuance/token-reuse.ts', /reusableFraction = ([\d.]+);/],
  ['batchAtOnce', 'functions/compose.ts', /maxSigning = (\d+);/],
  ['concurrency', 'tools/deploy/plan-function.ts', /--concurrency=(\d+)/],
  ['maxInstances', 'tools/deploy/plan-function.ts', /--max-instances=(\d+)/],
  ['batchMaxInstances', 'tools/deploy/plan-batch.ts', /--max-instances=(\d+)/],
])('%s is what the code says', (name, file, pattern) => {
  const [, found = ''] = pattern.exec(read(file)) ?? [];
  expect(Number(found.replaceAll(',', ''))).toBe(constants[name]);
});

test('the window of refreshes is the SDK’s', () => {
  const [, latest, width] =
    /lifetimeSeconds \* \(([\d.]+) \+ ([\d.]+) \* Math\.random/.exec(read('sdk/src/received-token.ts')) ?? [];
  expect(1 - Number(latest)).toBeCloseTo(constants.refreshLatest);
  expect(1 - Number(latest) - Number(width)).toBeCloseTo(constants.refreshEarliest);
});

describe('the arithmetic is what a fleet comes to that is played through', () => {
  test.each([
    { processesOfEach: 5, instances: 2 },
    { processesOfEach: 20, instances: 5 },
    { processesOfEach: 50, instances: 20 },
    { processesOfEach: 3, instances: 20 },
  ])('%j', ({ processesOfEach, instances }) => {
    const fleet = { name: '', callers: 1, audiences: 1, lifetimeSeconds: 3600, processesOfEach, instances };
    const { requests, iam } = loadOf(fleet);
    const played = play(processesOfEach, instances);
    expect(played.requests / requests).toBeGreaterThan(0.93);
    expect(played.requests / requests).toBeLessThan(1.07);
    expect(played.iam / iam).toBeGreaterThan(0.9);
    expect(played.iam / iam).toBeLessThan(1.1);
  });
});

/** One key of so many processes and instances over 2,000 lives: what is asked and signed in a minute. */
function play(processes: number, instances: number): { requests: number; iam: number } {
  const random = randomFrom(7);
  const lives = 2_000;
  const life = 60;
  // Each process starts somewhere in the first life.
  const dueAt = Array.from({ length: processes }, () => random() * life);
  const signedAt = Array.from({ length: instances }, () => Number.NEGATIVE_INFINITY);
  let [requests, iam] = [0, 0];
  for (;;) {
    const now = Math.min(...dueAt);
    if (now > lives * life) return { requests: requests / (lives * life), iam: iam / (lives * life) };
    const instance = Math.floor(random() * instances);
    requests += 1;
    if (now - (signedAt[instance] as number) > life * (1 - constants.reusableFraction)) {
      signedAt[instance] = now;
      iam += 1;
    }
    const left = life - (now - (signedAt[instance] as number));
    const { refreshEarliest, refreshLatest } = constants;
    const opens = left - life * (1 - refreshLatest + (refreshLatest - refreshEarliest) * random());
    dueAt[dueAt.indexOf(now)] = now + opens;
  }
}

/** The same numbers in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
