import { parentPort, workerData } from 'node:worker_threads';
import { buildProbes, findSlow } from './regular-expression-probes.ts';
import type { FoundExpression } from './regular-expressions.ts';

/** What a worker is to probe; it says of each expression how many probes it stood, and which it did not. */
export interface ProbeWork {
  found: FoundExpression[];
  length: number;
  milliseconds: number;
}

export interface Probed {
  index: number;
  probes: number;
  slow: string[];
}

const { found, length, milliseconds } = workerData as ProbeWork;
for (const [index, { expression }] of found.entries()) {
  const probes = buildProbes(expression, length);
  const slow = findSlow(expression, probes, milliseconds);
  parentPort?.postMessage({ index, probes: probes.length, slow } satisfies Probed);
}
