import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { causes, specimenWith } from '../../support/corpus/causes.ts';
import { rsaJwks } from '../../support/corpus/keys.ts';
import { now, renderToken } from '../../support/corpus/specimen.ts';
import { runCommand } from '../../support/surroundings.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-causes-'));
const jwks = join(folder, 'jwks.json');
writeFileSync(jwks, JSON.stringify(rsaJwks));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(causes)('%s: %s', (text, name, code) => {
  test('is what explain holds for possible', async () => {
    const { output } = await runCommand(['explain', text, '--json']);
    expect(JSON.parse(output).causes.map((cause: { code: string }) => cause.code)).toContain(code);
  });

  test('is what diagnose finds in the token', async () => {
    const specimen = specimenWith(name);
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
