import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { identities } from '../../../emulator/identity.ts';
import { accessToken, emailOf, metadata } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.stop());

const account = 'instance/service-accounts/default';

describe('the metadata server', () => {
  it.each(identities)('knows on its own port that it is %s', async (identity) => {
    const { body, headers } = await metadata(emulator, identity, `${account}/email`);
    expect(body).toBe(emailOf(identity));
    expect(headers.get('metadata-flavor')).toBe('Google');
  });

  it.each([
    ['project/project-id', 'countersign-local'],
    ['project/numeric-project-id', '100000000001'],
    ['universe/universe-domain', 'googleapis.com'],
    ['instance/zone', 'projects/100000000001/zones/us-central1-a'],
    [`${account}/scopes`, 'https://www.googleapis.com/auth/cloud-platform\n'],
    ['instance/service-accounts/', `${emailOf('caller')}/\ndefault/\n`],
    [`${account}/`, 'aliases\nemail\nidentity\nscopes\ntoken\n'],
  ])('answers %s', async (path, text) => {
    expect(await metadata(emulator, 'caller', path)).toMatchObject({ status: 200, body: text });
  });

  it('answers a directory as JSON with recursive=true, without its tokens', async () => {
    const { body } = await metadata(emulator, 'caller', `${account}/?recursive=true`);
    expect(body).toEqual({
      aliases: ['default'],
      email: emailOf('caller'),
      scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    });
    const { body: project } = await metadata(emulator, 'caller', 'project/?recursive=true');
    expect(project).toMatchObject({ projectId: 'countersign-local', numericProjectId: '100000000001' });
  });

  it.each([
    [`${account}/scopes?alt=json`, ['https://www.googleapis.com/auth/cloud-platform']],
    ['project/project-id?alt=json', 'countersign-local'],
    ['project/?alt=json', ['attributes', 'numeric-project-id', 'project-id']],
  ])('answers %s as JSON', async (path, value) => {
    expect((await metadata(emulator, 'caller', path)).body).toEqual(value);
  });

  it('redirects a directory without its slash', async () => {
    const url = `http://127.0.0.1:${emulator.ports.caller}/computeMetadata/v1/instance?recursive=true`;
    const response = await fetch(url, { headers: { 'metadata-flavor': 'Google' }, redirect: 'manual' });
    expect(response.status).toBe(301);
    expect(response.headers.get('location')).toBe(url.replace('instance', 'instance/'));
  });

  it.each([
    ['no Metadata-Flavor', {}],
    ['another Metadata-Flavor', { 'metadata-flavor': 'Other' }],
    ['X-Forwarded-For', { 'metadata-flavor': 'Google', 'x-forwarded-for': '10.0.0.1' }],
  ])('refuses a request with %s', async (_, headers) => {
    const url = `http://127.0.0.1:${emulator.ports.caller}/computeMetadata/v1/${account}/token`;
    const response = await fetch(url, { headers });
    expect(response.status).toBe(403);
    expect(response.headers.get('metadata-flavor')).toBe('Google');
    expect(await response.text()).not.toContain('ya29');
  });

  it("answers what Google's Python client asks, in its order", async () => {
    const origin = `http://127.0.0.1:${emulator.ports.caller}`;
    const ping = await fetch(`${origin}/`, { headers: { 'metadata-flavor': 'Google' } });
    expect([ping.status, ping.headers.get('metadata-flavor')]).toEqual([200, 'Google']);
    const scopes = encodeURIComponent('https://www.googleapis.com/auth/cloud-platform');
    const asked = [
      'project/project-id',
      `${account}/?recursive=true`,
      `${account}/token?scopes=${scopes}`,
      'universe/universe-domain',
      `${account}/identity?audience=https%3A%2F%2Fa.example.com&format=full`,
    ];
    for (const path of asked) expect((await metadata(emulator, 'caller', path)).status).toBe(200);
  });

  it('answers 404 for what is not there, another account among it', async () => {
    expect((await metadata(emulator, 'caller', 'instance/nothing')).status).toBe(404);
    const other = `instance/service-accounts/${emailOf('signer')}/token`;
    expect((await metadata(emulator, 'caller', other)).status).toBe(404);
  });
});

describe('its tokens', () => {
  it('are access tokens of an hour, the same one while it has 5 minutes left', async () => {
    const { body } = await metadata(emulator, 'caller', `${account}/token`);
    expect(body).toMatchObject({ token_type: 'Bearer' });
    expect(body.expires_in).toBeGreaterThan(3590);
    expect(body.expires_in).toBeLessThanOrEqual(3600);
    expect(await accessToken(emulator, 'caller')).toBe(body.access_token);
    expect(await accessToken(emulator, 'stranger')).not.toBe(body.access_token);
  });

  it('are ID tokens for the audience, without the e-mail by default', async () => {
    const { body } = await metadata(emulator, 'caller', `${account}/identity?audience=https://a.example.com`);
    const { iat = 0, ...claims } = decodeJwt(body);
    expect(claims).toEqual({
      aud: 'https://a.example.com',
      azp: '100000000000000000002',
      exp: iat + 3600,
      iss: 'https://accounts.google.com',
      sub: '100000000000000000002',
    });
  });

  it('carry the e-mail and the instance with format=full', async () => {
    const { body } = await metadata(emulator, 'caller', `${account}/identity?audience=a&format=full`);
    expect(decodeJwt(body)).toMatchObject({
      email: emailOf('caller'),
      email_verified: true,
      google: { compute_engine: { project_id: 'countersign-local' } },
    });
  });

  it('need an audience', async () => {
    const { status, body } = await metadata(emulator, 'caller', `${account}/identity`);
    expect([status, body]).toEqual([400, 'non-empty audience parameter required']);
  });
});
