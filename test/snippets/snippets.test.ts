import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verificationSnippets } from '../../sdk/src/diagnose/snippets.ts';
import { publicPem, rsaJwks } from '../support/corpus/keys.ts';
import { goodSpecimen, renderToken, type Specimen, signer } from '../support/corpus/specimen.ts';
import { type Program, runProgram, writeGoProgram, writePythonProgram } from '../support/snippet-programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-snippets-'));
const server = createServer((_, response) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(rsaJwks)),
);
const seconds = Math.floor(Date.now() / 1000);

function tokenOf(change: (specimen: Specimen) => void = () => {}): string {
  const specimen = goodSpecimen();
  specimen.claims = { ...specimen.claims, iat: seconds - 60, exp: seconds + 3540 };
  change(specimen);
  return renderToken(specimen);
}

const claims = (change: Specimen['claims']) => tokenOf((specimen) => Object.assign(specimen.claims, change));

/** Tokens that a right verifier takes, and those that it refuses for one fault each. */
const accepted = {
  'a good token': tokenOf(),
  'one whose audience is an array': claims({
    aud: ['https://else.example.com', 'https://reports.example.com'],
  }),
  'one that expired within the tolerance': claims({ exp: seconds - 20 }),
};

const refused = {
  'another audience': claims({ aud: 'https://else.example.com' }),
  'another issuer': claims({ iss: 'else@acme.iam.gserviceaccount.com' }),
  'another subject': claims({ sub: 'else@acme.iam.gserviceaccount.com' }),
  'no subject': claims({ sub: undefined }),
  'expired past the tolerance': claims({ exp: seconds - 120 }),
  'no exp': claims({ exp: undefined }),
  'not valid yet': claims({ nbf: seconds + 600 }),
  'HS256 with the public key for a secret': tokenOf((specimen) => {
    specimen.header.alg = 'HS256';
    specimen.signedAs = 'HS256';
    specimen.hmacSecret = publicPem('rsa-a');
  }),
  'alg none': tokenOf((specimen) => {
    specimen.header.alg = 'none';
    specimen.signature.push(() => '');
  }),
  'PS256 where RS256 is pinned': tokenOf((specimen) => {
    specimen.header.alg = 'PS256';
    specimen.signedAs = 'PS256';
  }),
  'another key under the same kid': tokenOf((specimen) => {
    specimen.key = 'rsa-out';
  }),
  'a claim changed after signing': tokenOf((specimen) => {
    specimen.tamper.push((signed) => Object.assign(signed.claims, { team: 'red' }));
  }),
  'a kid that the set lacks': tokenOf((specimen) => {
    specimen.header.kid = 'rsa-out';
  }),
};

const tokens = { ...accepted, ...refused };

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

function snippetOf(language: string, issuer: string | string[]): string {
  const { port } = server.address() as AddressInfo;
  const snippets = verificationSnippets({
    issuer,
    audience: 'https://reports.example.com',
    subject: signer,
    algorithms: ['RS256'],
    clockToleranceSeconds: 60,
    jwks: `http://127.0.0.1:${port}/jwks`,
  });
  return snippets.find((snippet) => snippet.language === language)?.code ?? '';
}

async function judge(program: Program): Promise<Record<string, string>> {
  const lines = await runProgram(program, Object.values(tokens).join('\n'));
  expect(lines).toHaveLength(Object.keys(tokens).length);
  return Object.fromEntries(Object.keys(tokens).map((name, index) => [name, lines[index] ?? '']));
}

const programs: Record<string, () => Promise<Program> | Program> = {
  'Python, PyJWT': () => writePythonProgram(folder, snippetOf('python-pyjwt', signer)),
  'Go, golang-jwt': () =>
    writeGoProgram(mkdtempSync(join(folder, 'go-')), snippetOf('go-golang-jwt', signer)),
  'Go, golang-jwt, for two issuers': () =>
    writeGoProgram(
      mkdtempSync(join(folder, 'go-')),
      snippetOf('go-golang-jwt', ['https://idp.example.com', signer]),
    ),
};

describe.each(Object.entries(programs))('%s', (_, write) => {
  let answers: Record<string, string>;
  beforeAll(async () => {
    answers = await judge(await write());
  });

  test.each(Object.keys(accepted))('takes %s', (name) => {
    expect(answers[name]).toBe('accepted');
  });

  test.each(Object.keys(refused))('refuses %s', (name) => {
    expect(answers[name]).toMatch(/\w/);
    expect(answers[name]).not.toBe('accepted');
  });
});
