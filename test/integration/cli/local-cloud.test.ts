import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { fetchGoogleKeys } from '../../../sdk/src/diagnose/keys/google-keys.ts';
import { accessToken, accountPath, emailOf, get, post, signJwt } from '../../support/emulator-client.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';
import { runCommand } from '../../support/surroundings.ts';

const aud = 'https://reports.example.com';
const signer = emailOf('signer');
const caller = emailOf('caller');
const clientId = '123-abc.apps.googleusercontent.com';
const hour = 3600;

let local: LocalFunction;
const folder = mkdtempSync(join(tmpdir(), 'countersign-doctor-'));

beforeAll(async () => {
  local = await startFunction();
});
afterEach(() => local.emulator.reset());
afterAll(() => rmSync(folder, { recursive: true }));

const now = () => Math.floor(Date.parse(local.emulator.clock().time) / 1000);

/** What IAM's signJwt makes of claims that are good but for what is given. */
async function signed(change: Record<string, unknown> = {}): Promise<string> {
  const claims = { iss: signer, sub: signer, aud, iat: now(), exp: now() + hour, ...change };
  return (await signJwt(local.emulator, claims)).body.signedJwt;
}

/** A JWT made by hand over signBlob, as firebase-admin makes one, with this header beside `alg`. */
async function blobSigned(header: (kid: string) => object, claims: object): Promise<string> {
  const path = accountPath('signer', 'signBlob');
  const { body: first } = await post(local.emulator, 'countersign', path, { payload: 'AA==' });
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'RS256', ...header(first.keyId) })}.${encode(claims)}`;
  const payload = Buffer.from(content).toString('base64');
  const { body } = await post(local.emulator, 'countersign', path, { payload });
  return `${content}.${Buffer.from(body.signedBlob, 'base64').toString('base64url')}`;
}

async function idToken(includeEmail: boolean, audience = aud): Promise<string> {
  const path = accountPath('signer', 'generateIdToken');
  return (await post(local.emulator, 'countersign', path, { audience, includeEmail })).body.token;
}

/** The command line with no keys named: it finds them at Google's, which here is the local cloud. */
async function ask(token: string, ...args: string[]) {
  const env = { ...local.emulator.env('caller'), COUNTERSIGN_LOCAL: 'true' };
  const all = ['diagnose', '-', '--json', '--at', String(now()), ...args];
  const { exitCode, output } = await runCommand(all, { env, input: token });
  const { verdict, findings } = JSON.parse(output);
  for (const part of token.split('.').filter((text) => text.length > 20)) expect(output).not.toContain(part);
  return { exitCode, verdict, findings, root: findings[0] };
}

const asSigner = ['--issuer', signer, '--audience', aud, '--subject', signer, '--alg', 'RS256'];

describe('tokens of the local cloud', () => {
  test.each(['generic', 'iap', 'google-api'])(
    'finds nothing wrong with one of signJwt for %s',
    async (profile) => {
      const audience = profile === 'google-api' ? 'https://firestore.googleapis.com/' : aud;
      const args = ['--issuer', signer, '--audience', audience, '--profile', profile];
      expect(await ask(await signed({ aud: audience }), ...args)).toMatchObject({
        exitCode: 0,
        verdict: 'valid',
        findings: [],
      });
    },
  );

  test('says the same as a library', async () => {
    const { host } = new URL(local.emulator.origin);
    const diagnosis = await diagnose(await signed({ aud: `${aud}/` }), {
      jwks: (issuer) => fetchGoogleKeys(issuer, { emulatorHost: host }),
      issuer: signer,
      audience: aud,
      at: now(),
    });
    expect(diagnosis.findings).toMatchObject([{ code: 'audience_mismatch', reason: 'trailing_slash' }]);
  });

  test('takes one made by hand over signBlob, where it names its key', async () => {
    const claims = { iss: signer, sub: signer, aud, iat: now(), exp: now() + hour };
    const named = await blobSigned((kid) => ({ typ: 'JWT', kid }), claims);
    expect(await ask(named, ...asSigner)).toMatchObject({ exitCode: 0, findings: [] });
    const nameless = await blobSigned(() => ({ typ: 'JWT' }), claims);
    const { exitCode, root } = await ask(nameless, ...asSigner);
    expect(root).toMatchObject({ code: 'kid_missing', expected: expect.any(String) });
    expect(exitCode).toBe(1);
    const lying = await blobSigned(() => ({ typ: 'JWT', kid: 'f00' }), claims);
    expect((await ask(lying, ...asSigner)).root).toMatchObject({ code: 'kid_wrong' });
  });

  test('takes an ID token for what it is, and tells IAP from Cloud Run by the e-mail', async () => {
    const withEmail = await idToken(true);
    expect(await ask(withEmail, '--profile', 'cloud-run', '--audience', aud)).toMatchObject({
      verdict: 'valid',
    });
    const { root } = await ask(
      await idToken(false, clientId),
      '--profile',
      'iap-id-token',
      '--audience',
      clientId,
    );
    expect(root).toMatchObject({ code: 'email_missing' });
    const { findings } = await ask(withEmail, '--profile', 'iap', ...asSigner);
    expect(findings.map(({ code }: { code: string }) => code)).toContain('wrong_token_kind');
  });

  test('tells an access token from a JWT', async () => {
    const { root } = await ask(await accessToken(local.emulator, 'caller'));
    expect(root).toMatchObject({ code: 'not_a_jws' });
  });

  test('tells a token whose claims were changed, and whose key it was', async () => {
    const [header, payload = '', signature] = (await signed()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const changed = Buffer.from(JSON.stringify({ ...claims, team: 'red' })).toString('base64url');
    const { root } = await ask(`${header}.${changed}.${signature}`, ...asSigner);
    expect(root).toMatchObject({ code: 'signature_invalid', reason: 'content_altered' });
  });

  test('tells that another account signed than was thought', async () => {
    const { findings } = await ask(await signed(), '--issuer', caller);
    expect(findings).toMatchObject([
      { code: 'issuer_mismatch', actual: signer, expected: caller },
      { code: 'kid_not_found', because: 'issuer_mismatch' },
    ]);
  });
});

describe('key rotation', () => {
  test('tells a set from before the rotation from a key that is gone', async () => {
    const stale = join(folder, 'stale.json');
    const { body } = await get(local.emulator, `/service_accounts/v1/jwk/${signer}`);
    writeFileSync(stale, JSON.stringify(body));
    local.emulator.rotate({ issuer: signer, immediate: true });
    local.emulator.rotate({ issuer: signer, immediate: true });
    const token = await signed();
    expect(await ask(token, ...asSigner)).toMatchObject({ verdict: 'valid' });
    expect((await ask(token, '--jwks', stale, ...asSigner)).root).toMatchObject({
      code: 'kid_not_found',
      reason: 'stale_set',
    });
  });

  test('tells a key that was rotated out, of a token that is days old', async () => {
    const token = await signed();
    local.emulator.rotate({ issuer: signer, immediate: true });
    local.emulator.setClock({ advanceSeconds: 3 * 24 * hour });
    const { findings, exitCode } = await ask(token, ...asSigner);
    expect(findings.map(({ code }: { code: string }) => code)).toEqual(
      expect.arrayContaining(['kid_not_found', 'expired']),
    );
    expect(findings.find(({ code }: { code: string }) => code === 'kid_not_found')).toMatchObject({
      reason: 'rotated_out',
    });
    expect(exitCode).toBe(1);
  });
});

describe('key endpoints that fail', () => {
  test.each([
    [{ status: 503 }, 'http_status'],
    [{ status: 429 }, 'http_status'],
  ])('reports %j as keys that are not to be had, and does not call the token bad', async (fault, reason) => {
    const token = await signed();
    local.emulator.addFault({ api: '*', count: 0, ...fault });
    expect(await ask(token, ...asSigner)).toMatchObject({
      exitCode: 3,
      verdict: 'unverifiable',
      root: { code: 'jwks_unavailable', reason },
    });
  });
});

test('finds a token of the function itself valid', async () => {
  const answer = await local.call('/v1/tokens', { body: { claims: { aud } } });
  const { token } = (await answer.json()) as { token: string };
  expect(await ask(token, ...asSigner)).toMatchObject({ verdict: 'valid', findings: [] });
});
