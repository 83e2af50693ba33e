import { expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { explain } from '../../../sdk/src/diagnose/explain/explain.ts';
import { goodSpecimen } from '../../support/corpus/specimen.ts';
import { fuzzDoctor } from '../../support/fuzz/doctor.ts';

test('survives 5,000 random and mutated strings without giving a token away', async () => {
  await fuzzDoctor(5_000, 0x5eed);
}, 60_000);

/** What would make a careless pattern go back over its input again and again. */
const hostile: Record<string, (length: number) => string> = {
  spaces: (length) => ' '.repeat(length),
  'spaces and an end': (length) => `a${' '.repeat(length)}b`,
  'a scheme and spaces': (length) => `authorization${' '.repeat(length)}x`,
  dots: (length) => '.'.repeat(length),
  'percent signs': (length) => '%25'.repeat(length / 3),
  quotes: (length) => '"'.repeat(length),
  'open brackets': (length) => '{"a":'.repeat(length / 5),
  'bearer again and again': (length) => 'Bearer '.repeat(length / 7),
  'error again and again': (length) => 'error'.repeat(length / 5),
  'an IAP answer without end': (length) =>
    "JWT audience doesn't match this application ('aud' claim (".repeat(length / 57),
  'deep JSON': (length) => `e30.${Buffer.from(`{"aud":${'['.repeat(length / 3)}`).toString('base64url')}.AA`,
};

test.each(Object.entries(hostile))('takes time in proportion to the length of %s', async (_, make) => {
  const { expectations } = goodSpecimen();
  const input = make(65_000);
  const start = performance.now();
  await diagnose(input, expectations);
  explain(input);
  expect(performance.now() - start).toBeLessThan(500);
});

test('does not look at more than 64 KiB', async () => {
  const { findings } = await diagnose('A'.repeat(65_537));
  expect(findings).toMatchObject([{ code: 'token_malformed', reason: 'too_long', actual: 65_537 }]);
});
