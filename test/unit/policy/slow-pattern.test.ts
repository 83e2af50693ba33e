import { expect, test } from 'vitest';
import { compilePrivateClaims } from '../../../functions/policy/private-claims.ts';

const hostile = `${'a'.repeat(60)}!`;

async function check(team: object, value: string): Promise<string[]> {
  const compiled = await compilePrivateClaims({ properties: { team } });
  if (typeof compiled !== 'function') throw new Error(compiled.reason);
  return compiled({ team: value }).map(({ actual }) => actual);
}

test.each([
  ['a nested repetition', { type: 'string', pattern: '^(a+)+$' }],
  ['alternatives that overlap', { type: 'string', pattern: '^(a|aa|a?)+$' }],
  [
    'a repetition under not, which what it refuses would allow',
    { type: 'string', not: { pattern: '^(a+)+$' } },
  ],
])('%s in a policy denies what it takes too long on, and holds nobody up', async (_what, schema) => {
  const startedAt = performance.now();
  expect(await check(schema, hostile)).toEqual(['claims on which a pattern takes too long']);
  // Without an end it would take years.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a pattern that is as it should be decides as ever', async () => {
  const schema = { type: 'string', pattern: '^[a-z]+$' };
  expect(await check(schema, 'blue')).toEqual([]);
  expect(await check(schema, 'Blue')).toEqual(['"Blue"']);
  expect(await check({ type: 'string', pattern: '^\\p{Lu}$' }, 'É')).toEqual([]);
});
