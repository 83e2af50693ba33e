import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Probed, ProbeWork } from '../support/regular-expression-worker.ts';
import { type FoundExpression, findRegularExpressions } from '../support/regular-expressions.ts';

const found = findRegularExpressions();

/**
 * Probes them in a thread, since one that never ends could not be stopped here; one that is not done with its probes
 * in this time, and those behind it, are slow.
 */
async function probe(expressions: FoundExpression[], patienceMilliseconds: number) {
  const workerData: ProbeWork = { found: expressions, length: 32 * 1024, milliseconds: 200 };
  const worker = new Worker(new URL('../support/regular-expression-worker.ts', import.meta.url), {
    workerData,
  });
  const probed: Probed[] = [];
  await new Promise<void>((resolve, reject) => {
    const patience = setTimeout(resolve, patienceMilliseconds).unref();
    worker.on('message', (message: Probed) => {
      probed.push(message);
      patience.refresh();
    });
    worker.on('exit', () => resolve());
    worker.on('error', reject);
  });
  await worker.terminate();
  const slow = expressions.flatMap(({ file, expression }, index) => {
    const own = probed.find((each) => each.index === index);
    if (own !== undefined && own.slow.length === 0) return [];
    const example = JSON.stringify(own?.slow[0]?.slice(0, 30) ?? 'it never ends');
    return [`${file} ${expression} on ${example}`];
  });
  return { slow, probes: probed.reduce((sum, each) => sum + each.probes, 0) };
}

test('the expressions are found: literals in every room, and patterns in the contract', () => {
  for (const place of [
    'functions/http',
    'functions/policy',
    'functions/contract',
    'sdk/src/diagnose',
    'sdk/src/cli',
  ]) {
    expect(found.filter(({ file }) => file.startsWith(place)).length, place).toBeGreaterThan(2);
  }
});

test.each([/^(a+)+$/, /^(\w|\d)+$/, /\s*,\s*$/, /^(.*)"(.*)"(.*)!!$/])(
  'a probe finds that %s goes back again and again',
  async (expression) => {
    expect((await probe([{ file: 'careless', expression }], 1_500)).slow).toHaveLength(1);
  },
);

test('no expression of the product takes long over 32 KiB of what it half matches', async () => {
  const { slow, probes } = await probe(found, 20_000);
  console.log(`expressions: ${found.length} probed, ${probes} bad inputs tried, ${slow.length} slow`);
  expect(slow).toEqual([]);
}, 300_000);
