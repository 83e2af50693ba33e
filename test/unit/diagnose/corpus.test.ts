import { expect, test } from 'vitest';
import { type Diagnosis, diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import type { DiagnosisProfileName } from '../../../sdk/src/generated/profiles.ts';
import { type Fault, faultPairs, faults } from '../../support/corpus/faults.ts';
import { goodSpecimen, now, renderToken, type Specimen, signer } from '../../support/corpus/specimen.ts';

function examine(specimen: Specimen): Promise<Diagnosis> {
  return diagnose(renderToken(specimen), specimen.expectations);
}

function withFaults(...injected: Fault[]): Specimen {
  const specimen = goodSpecimen();
  for (const fault of injected) fault.apply(specimen);
  return specimen;
}

const percent = (count: number, of: number) => `${((count / of) * 100).toFixed(2)} %`;

test('names the root cause of at least 99 % of single faults', async () => {
  const wrong: string[] = [];
  for (const fault of faults) {
    const { findings } = await examine(withFaults(fault));
    if (findings[0]?.code !== fault.code) wrong.push(`${fault.name}: ${findings[0]?.code}`);
  }
  const right = faults.length - wrong.length;
  console.log(`root cause of ${right} of ${faults.length} single faults: ${percent(right, faults.length)}`);
  expect(faults.length).toBeGreaterThanOrEqual(40);
  expect(wrong.length / faults.length, wrong.join('\n')).toBeLessThanOrEqual(0.01);
});

test('finds both of at least 95 % of pairs of faults', async () => {
  const pairs = faultPairs();
  const missed: string[] = [];
  for (const [first, second] of pairs) {
    const { findings } = await examine(withFaults(first, second));
    const codes = findings.map(({ code }) => code);
    const both = first.code === second.code ? codes.filter((code) => code === first.code).length > 1 : true;
    if (!both || !codes.includes(first.code) || !codes.includes(second.code)) {
      missed.push(`${first.name} + ${second.name}: ${codes.join(' ')}`);
    }
  }
  const found = pairs.length - missed.length;
  console.log(`both of ${found} of ${pairs.length} pairs: ${percent(found, pairs.length)}`);
  expect(pairs.length).toBeGreaterThan(1000);
  expect(missed.length / pairs.length, missed.join('\n')).toBeLessThanOrEqual(0.05);
});

const identityToolkit =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
const google = {
  iss: 'https://accounts.google.com',
  sub: '107517467455664443765',
  email: signer,
  email_verified: true,
};

const goodClaims: Record<DiagnosisProfileName, Record<string, unknown>> = {
  generic: {},
  iap: { aud: 'https://reports.example.com/*' },
  endpoints: { email: signer },
  'google-api': { aud: 'https://firestore.googleapis.com/' },
  firebase: { aud: identityToolkit, uid: 'user-1', claims: { team: 'blue' } },
  'iap-id-token': { ...google, aud: '1234-abc.apps.googleusercontent.com' },
  'cloud-run': { ...google, aud: 'https://reports-abc.a.run.app' },
  'workload-identity': { iss: 'https://idp.example.com', sub: 'build-7' },
};

test.each(['RS256', 'PS256', 'ES256'] as const)('finds nothing in a good token of %s', async (alg) => {
  for (const aud of ['https://reports.example.com', ['https://a.example', 'https://reports.example.com']]) {
    const specimen = goodSpecimen(alg);
    specimen.claims = { ...specimen.claims, aud };
    expect(await examine(specimen)).toMatchObject({ verdict: 'valid', findings: [] });
  }
});

test.each(Object.entries(goodClaims))('finds nothing in a good token for %s', async (name, claims) => {
  const specimen = goodSpecimen();
  specimen.claims = { ...specimen.claims, ...claims };
  const profile = name as DiagnosisProfileName;
  specimen.expectations = { jwks: specimen.expectations.jwks, profile, at: now };
  expect(await examine(specimen)).toMatchObject({ verdict: 'valid', findings: [] });
});
