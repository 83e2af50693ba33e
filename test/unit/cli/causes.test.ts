import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { faults } from '../../support/corpus/faults.ts';
import { rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken } from '../../support/corpus/specimen.ts';
import { runCommand } from '../../support/surroundings.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-causes-'));
const jwks = join(folder, 'jwks.json');
writeFileSync(jwks, JSON.stringify(rsaJwks));
afterAll(() => rmSync(folder, { recursive: true }));

/** The symptoms that developers meet most, the fault behind each, and what the doctor calls it. */
const causes = [
  ['invalid signature', 'another key under the same kid', 'signature_invalid'],
  ['invalid signature', 'a claim changed after signing', 'signature_invalid'],
  ['invalid signature', 'another key of the set', 'kid_wrong'],
  ['invalid signature', 'half a signature', 'signature_truncated'],
  ['invalid signature', 'a signature removed by Cloud Run', 'signature_removed'],
  ['invalid algorithm', 'HS256 with a secret', 'alg_not_allowed'],
  ['invalid algorithm', 'RS512 where RS256 is allowed', 'alg_not_allowed'],
  [
    "unable to find a signing key that matches 'kid'",
    'a kid that the set lacks, with its key',
    'kid_not_found',
  ],
  ['jwt audience invalid', 'another audience', 'audience_mismatch'],
  ['jwt issuer invalid', 'another issuer', 'issuer_mismatch'],
  ['jwt expired', 'expired an hour ago', 'expired'],
  ['jwt not active', 'nbf in five minutes', 'not_yet_valid'],
  ['invalid token', 'cut within the payload', 'token_malformed'],
  ['invalid token', 'percent-encoded twice', 'url_encoded'],
  ['invalid token', 'Bearer in front', 'bearer_prefix'],
] as const;

describe.each(causes)('%s: %s', (text, name, code) => {
  test('is what explain holds for possible', async () => {
    const { output } = await runCommand(['explain', text, '--json']);
    expect(JSON.parse(output).causes.map((cause: { code: string }) => cause.code)).toContain(code);
  });

  test('is what diagnose finds in the token', async () => {
    const specimen = goodSpecimen();
    faults.find((fault) => fault.name === name)?.apply(specimen);
    const { issuer, audience, subject } = specimen.expectations;
    const args = ['--issuer', issuer, '--audience', audience, '--subject', subject, '--alg', 'RS256'].map(
      String,
    );
    const { exitCode, output } = await runCommand(
      ['diagnose', '-', '--jwks', jwks, '--at', String(now), '--json', ...args],
      { input: renderToken(specimen) },
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(output).findings[0].code).toBe(code);
  });
});
