import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { faults } from '../../support/corpus/faults.ts';
import { goodSpecimen, now, renderToken, type Specimen, signer } from '../../support/corpus/specimen.ts';

/** What jose lets pass and Google's verifiers, most libraries or a stated profile do not. */
const strictness = [
  // Its base64 decoder passes over white space; most others do not.
  'line breaks at the end',
  'no iat for IAP',
  'an iat with a fraction',
  'a jti that is a number',
  'an expiry in milliseconds',
  'an iat in milliseconds',
  'an iat in nanoseconds',
  'iat in two minutes',
  'iat nine hours ahead',
  'a day of life for IAP',
];

async function joseAccepts(token: string, { expectations }: Specimen): Promise<boolean> {
  const { jwks, algorithms } = expectations;
  try {
    await jwtVerify(token, createLocalJWKSet(jwks as JSONWebKeySet), {
      issuer: signer,
      audience: 'https://reports.example.com',
      subject: signer,
      algorithms: [...(algorithms ?? [])],
      requiredClaims: ['exp'],
      currentDate: new Date(now * 1000),
    });
    return true;
  } catch {
    return false;
  }
}

test('finds a fault wherever jose refuses a token, and beyond that only what others refuse', async () => {
  const accepted: string[] = [];
  for (const fault of faults) {
    const specimen = goodSpecimen();
    fault.apply(specimen);
    const token = renderToken(specimen);
    const { verdict } = await diagnose(token, specimen.expectations);
    expect(verdict, fault.name).not.toBe('valid');
    if (await joseAccepts(token, specimen)) accepted.push(fault.name);
  }
  expect(accepted).toEqual(strictness);
});

test.each(['RS256', 'PS256', 'ES256'] as const)('agrees with jose about a good token of %s', async (alg) => {
  const specimen = goodSpecimen(alg);
  const token = renderToken(specimen);
  expect(await joseAccepts(token, specimen)).toBe(true);
  expect((await diagnose(token, specimen.expectations)).verdict).toBe('valid');
});
