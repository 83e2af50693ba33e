import { writeFile } from 'node:fs/promises';
import { Limiter } from '../../functions/events/limiter.ts';
import { signItems } from '../../functions/events/sign-items.ts';
import type { Signer } from '../../functions/issuance/ports.ts';
import { decide } from '../../functions/policy/decide.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';
import { TokenClient } from '../../sdk/src/index.ts';
import { batchScope, createBatchIssuance, decideItems } from './batch-issuance.ts';
import { audienceOf, audiencesOf, awaitEach, fillClient, makeToken } from './filled-client.ts';
import { drawGrowth, type Line, slopeOf } from './growth-chart.ts';
import { takeTurns } from './rounds.ts';
import { median, type Row } from './row.ts';
import { unsignedJws } from './unsigned-jws.ts';

const numbers = [1, 10, 100, 1_000, 10_000];
const chart = new URL('../../docs/growth.svg', import.meta.url);
/** Slopes in both logarithms: a flat cost has 0, one that grows with the number has 1. */
const flat = 0.25;
const linear = 1.1;

/** How costs grow with the number of audiences, bindings, items and callers; draws docs/growth.svg of it. */
export async function rows(): Promise<Row[]> {
  const lines = [
    await line('a cached token, by audiences kept', flat, cachedToken),
    await line('a decision, by bindings', flat, decision),
    await line('a batch, by items', linear, batch),
    await line('one token for all, by callers at once', linear, callers),
  ];
  await writeFile(chart, drawGrowth(lines));
  return lines.map(({ name, points, limit }) => ({
    row: `growth of ${name}, 1 to 10,000: slope`,
    peer: limit === flat ? 'flat: 0' : 'linear: 1',
    ratio: slopeOf(points),
    figures: points.map(([number, cost]) => `${number.toLocaleString('en')}: ${inUnit(cost)}`).join(', '),
    goal: ['at most', limit],
  }));
}

type Measure = (count: number) => Promise<() => Promise<number> | number>;

/** Microseconds at each number, the median of rounds in which the numbers take turns. */
async function line(name: string, limit: number, prepare: Measure): Promise<Line> {
  const measures: Record<string, () => Promise<number> | number> = {};
  for (const number of numbers) measures[`n${number}`] = await prepare(number);
  const costs = await takeTurns(measures, { count: 7 });
  return {
    name,
    limit,
    points: numbers.map((number): [number, number] => [number, median(costs[`n${number}`] ?? [])]),
  };
}

async function cachedToken(count: number) {
  const keys = audiencesOf(count);
  const { client } = await fillClient(keys);
  return async () => (await awaitEach(keys, (aud) => client.getToken(aud), 100_000)) / 1000;
}

/** The last binding alone names the caller. */
async function decision(count: number) {
  const bindings = Array.from({ length: count }, (_each, index) => ({
    id: `b${index}`,
    members: [`serviceAccount:caller-${index}@acme.iam.gserviceaccount.com`],
    audiences: ['https://reports.example.com'],
    serviceAccounts: ['signer@acme.iam.gserviceaccount.com'],
  }));
  const policy = await parsePolicy(JSON.stringify({ bindings }));
  const request = {
    kind: 'jwt' as const,
    member: `serviceAccount:caller-${count - 1}@acme.iam.gserviceaccount.com`,
    claims: { aud: 'https://reports.example.com' },
  };
  const decisions = 10_000;
  return () => {
    const began = performance.now();
    for (let index = 0; index < decisions; index += 1) {
      const { grant } = decide(policy, request, { now: 1_767_225_600, ownAudiences: [] });
      if (grant === undefined) throw new Error('The request was denied.');
    }
    return ((performance.now() - began) * 1000) / decisions;
  };
}

/** Decided and signed by an IAM that answers at once. */
async function batch(count: number) {
  const refuse = () => Promise.reject(new Error('not asked for'));
  const signer: Signer = {
    signJwt: async ({ claims }) => unsignedJws(JSON.stringify(claims)),
    generateIdToken: refuse,
    signBlob: refuse,
  };
  const issuance = await createBatchIssuance(signer);
  return async () => {
    const began = performance.now();
    const entries = await signItems(await decideItems(issuance, count), new Limiter(64), batchScope());
    if (entries.some(({ token }) => token === undefined)) throw new Error('An item was not signed.');
    return (performance.now() - began) * 1000;
  };
}

/** From the first call to the last answer, of a client that has nothing yet. */
async function callers(count: number) {
  const aud = audienceOf(0);
  const body = JSON.stringify({ token: makeToken(aud), expiresInSeconds: 3600, reused: false });
  return async () => {
    const client = new TokenClient({
      url: 'http://localhost',
      callerToken: async () => 'caller-token',
      fetch: async () => new Response(body),
    });
    const began = performance.now();
    await Promise.all(Array.from({ length: count }, () => client.getToken(aud)));
    return (performance.now() - began) * 1000;
  };
}

function inUnit(microseconds: number): string {
  if (microseconds < 1) return `${(microseconds * 1000).toFixed(0)} ns`;
  if (microseconds < 1000) return `${microseconds.toFixed(1)} µs`;
  return `${(microseconds / 1000).toFixed(1)} ms`;
}
