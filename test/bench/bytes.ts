import { audiencesOf, fillClient, makeToken } from './filled-client.ts';
import { rounds } from './rounds.ts';
import { compare, type Row } from './row.ts';

const audiences = 10_000;

/** Bytes that a client keeps for each token against a bare Map of the same tokens. Needs --expose-gc. */
export async function rows(): Promise<Row[]> {
  const [ours, bare]: [number[], number[]] = [[], []];
  // The first round is for what a process makes once.
  for (let round = -1; round < rounds; round += 1) {
    const kept = await heapOf(async () => (await fillClient(audiencesOf(audiences))).client);
    const limit = await heapOf(
      async () => new Map(audiencesOf(audiences).map((aud) => [aud, makeToken(aud)])),
    );
    if (round < 0) continue;
    ours.push(kept / audiences);
    bare.push(limit / audiences);
  }
  const what = 'bytes kept for an entry, 10,000 audiences';
  return [
    compare(what, 'a bare Map of the same tokens', ours, bare, { unit: 'bytes', goal: ['at most', 1.3] }),
  ];
}

/** Bytes that what is made keeps alive. */
async function heapOf(make: () => Promise<unknown>): Promise<number> {
  const before = await settledHeap();
  const kept = await make();
  const after = await settledHeap();
  return kept === undefined ? Number.NaN : after - before;
}

async function settledHeap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  return process.memoryUsage().heapUsed;
}
