import { createLocalJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { expect, test } from 'vitest';
import { type SnippetLanguage, verificationSnippets } from '../../../sdk/src/diagnose/snippets.ts';
import { publicPem, rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, renderToken, type Specimen, signer } from '../../support/corpus/specimen.ts';

const expectations = {
  issuer: signer,
  audience: ['https://reports.example.com', 'https://other.example.com'],
  subject: signer,
  algorithms: ['RS256'],
  clockToleranceSeconds: 5,
  jwks: 'https://www.example.com/jwks',
};

const snippet = (language: SnippetLanguage, given: object = expectations) =>
  verificationSnippets(given).find((candidate) => candidate.language === language)?.code ?? '';

const AsyncFunction = (async () => {}).constructor as new (
  ...names: string[]
) => (...values: unknown[]) => Promise<unknown>;

/** Runs a snippet for Node with the libraries that it imports handed in, and the network left out. */
function run(language: SnippetLanguage, token: string): Promise<unknown> {
  const code = snippet(language).replaceAll(/^import .*$/gm, '');
  const libraries = {
    createRemoteJWKSet: (url: URL) => {
      expect(url.href).toBe(expectations.jwks);
      return createLocalJWKSet(rsaJwks as Parameters<typeof createLocalJWKSet>[0]);
    },
    jwtVerify,
    jwt: jsonwebtoken,
    JwksClient: class {
      getSigningKey = async (kid: 'rsa-a') => ({ getPublicKey: () => publicPem(kid) });
    },
  };
  const names = Object.keys(libraries);
  return new AsyncFunction('token', ...names, `${code}\nreturn payload;`)(token, ...Object.values(libraries));
}

function tokenOf(change: Partial<Specimen['claims']> = {}): string {
  const specimen = goodSpecimen();
  const seconds = Math.floor(Date.now() / 1000);
  specimen.claims = { ...specimen.claims, iat: seconds, exp: seconds + 60, ...change };
  return renderToken(specimen);
}

test.each(['node-jose', 'node-jsonwebtoken'] as const)(
  '%s takes a good token and no other',
  async (language) => {
    expect(await run(language, tokenOf())).toMatchObject({ sub: signer });
    for (const change of [
      { iss: 'x' },
      { aud: 'https://x.example' },
      { sub: 'x' },
      { exp: undefined },
      { exp: Math.floor(Date.now() / 1000) - 6 },
    ]) {
      await expect(run(language, tokenOf(change))).rejects.toThrow();
    }
  },
);

test('fills in every expectation for Python and Go', () => {
  expect(snippet('python-pyjwt')).toContain('algorithms=["RS256"],');
  expect(snippet('python-pyjwt')).toContain(`issuer="${signer}"`);
  expect(snippet('python-pyjwt')).toContain('leeway=5,');
  expect(snippet('go-golang-jwt')).toContain('jwt.WithValidMethods([]string{"RS256"})');
  expect(snippet('go-golang-jwt')).toContain(
    'jwt.WithAudience("https://reports.example.com", "https://other.example.com")',
  );
  expect(snippet('go-golang-jwt')).toContain('jwt.WithLeeway(5*time.Second)');
});

test('stays one program whatever the expectations hold', () => {
  const hostile = `'"); process.exit(1); //\n\\`;
  for (const { code } of verificationSnippets({ issuer: hostile, audience: hostile })) {
    expect(code).not.toContain(hostile);
    for (const line of code.split('\n').filter((text) => text.includes('process.exit'))) {
      const [literal = ''] = /"(?:[^"\\]|\\.)*"/.exec(line) ?? [];
      expect(JSON.parse(literal)).toBe(hostile);
    }
  }
});

test('leaves a placeholder where nothing is expected', () => {
  for (const { code } of verificationSnippets())
    expect(code).toMatch(/ISSUER[\s\S]*AUDIENCE|AUDIENCE[\s\S]*ISSUER/);
});
