import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { explain } from '../../../sdk/src/diagnose/explain/explain.ts';
import { causes, specimenWith } from '../../support/corpus/causes.ts';
import { publicPem } from '../../support/corpus/keys.ts';
import { now, renderToken } from '../../support/corpus/specimen.ts';

describe.each(causes)('%s: %s', (text, fault, code) => {
  test('is what explain holds for possible', () => {
    expect(explain(text).map((cause) => cause.code)).toContain(code);
  });

  test('is the root cause that diagnose finds', async () => {
    const specimen = specimenWith(fault);
    const { verdict, findings } = await diagnose(renderToken(specimen), specimen.expectations);
    expect(verdict).toBe('invalid');
    expect(findings[0]).toMatchObject({ code, because: null });
  });
});

/** Key mismatch, algorithm mismatch, a kid that is not there: a library with one key says the same of all. */
test.each([
  ['another key under the same kid', 'signature_invalid', 'other_key'],
  ['a claim changed after signing', 'signature_invalid', 'content_altered'],
  ['another key of the set', 'kid_wrong', undefined],
  ['half a signature', 'signature_truncated', undefined],
  ['a signature removed by Cloud Run', 'signature_removed', undefined],
  ['a kid that the set lacks, with its key', 'kid_not_found', undefined],
] as const)('tells %s apart where jsonwebtoken says "invalid signature"', async (fault, code, reason) => {
  const specimen = specimenWith(fault);
  const token = renderToken(specimen);
  // A kid that is wrong means that the key which it names is another one.
  const key = publicPem(specimen.header.kid === 'rsa-b' ? 'rsa-b' : 'rsa-a');
  const verify = () => jsonwebtoken.verify(token, key, { algorithms: ['RS256'], clockTimestamp: now });
  expect(verify).toThrow(new jsonwebtoken.JsonWebTokenError('invalid signature'));
  const { findings } = await diagnose(token, specimen.expectations);
  expect(findings[0]).toMatchObject({ code, ...(reason && { reason }) });
});
