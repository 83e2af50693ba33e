import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accessToken, accountPath, emailOf, get, metadata, signJwt } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(() => emulator.reset());

afterAll(() => emulator.stop());

async function control(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(`${emulator.origin}/emulator/v1${path}`, init);
  return { status: response.status, body: await response.json() };
}

/** The signJwt call itself, for what `fetch` says of damaged connections. */
async function rawSignJwt(token: string, init: RequestInit = {}): Promise<Response> {
  return fetch(emulator.origin + accountPath('signer', 'signJwt'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ payload: '{}' }),
    ...init,
  });
}

describe('the clock', () => {
  it('13 hours ahead moves everything: Date, tokens, signatures', async () => {
    const before = Date.now();
    const token = await accessToken(emulator, 'countersign');
    const { body } = await control('PUT', '/clock', { offsetSeconds: 13 * 3600 });
    expect(body).toMatchObject({ offsetSeconds: 13 * 3600, frozen: false });

    const expired = await rawSignJwt(token);
    expect(expired.status).toBe(401);
    expect(await expired.json()).toMatchObject({ error: { details: [{ reason: 'ACCESS_TOKEN_EXPIRED' }] } });
    const ahead = Math.floor(before / 1000) + 13 * 3600;
    expect(Date.parse(expired.headers.get('date') ?? '')).toBeGreaterThanOrEqual(ahead * 1000 - 1000);

    expect(await accessToken(emulator, 'countersign')).not.toBe(token);
    expect((await signJwt(emulator, { exp: ahead - 3600 })).status).toBe(400);
    expect((await signJwt(emulator, { exp: ahead + 3600 })).status).toBe(200);
  });

  it('can be set, moved and frozen', async () => {
    await control('PUT', '/clock', { time: '2026-06-01T00:00:00Z', frozen: true });
    await control('PUT', '/clock', { advanceSeconds: 90 });
    expect((await control('GET', '/clock')).body).toMatchObject({
      time: '2026-06-01T00:01:30.000Z',
      frozen: true,
    });
  });

  it.each([{ time: 'tomorrow' }, { offsetSeconds: 1e15 }, { offset: 5 }])('refuses %j', async (change) => {
    const { status, body } = await control('PUT', '/clock', change);
    expect([status, body]).toMatchObject([400, { error: { status: 'INVALID_ARGUMENT' } }]);
  });
});

describe('bindings', () => {
  const resource = `projects/countersign-local/serviceAccounts/${emailOf('signer')}`;

  it('can be taken away and given', async () => {
    expect((await signJwt(emulator, {})).status).toBe(200);
    await control('PUT', '/bindings', { [resource]: [] });
    expect((await signJwt(emulator, {})).status).toBe(403);
    const members = [`serviceAccount:${emailOf('stranger')}`];
    const role = 'projects/countersign-local/roles/onlySignJwt';
    await control('PUT', '/roles', { [role]: ['iam.serviceAccounts.signJwt'] });
    await control('PUT', '/bindings', { [resource]: [{ role, members }] });
    expect((await signJwt(emulator, {}, 'stranger')).status).toBe(200);
    expect((await control('GET', '/bindings')).body).toMatchObject({ [resource]: [{ role, members }] });
  });

  it('are those of the seed after a reset', async () => {
    await control('PUT', '/bindings', { [resource]: [] });
    await control('POST', '/reset');
    expect((await signJwt(emulator, {})).status).toBe(200);
  });
});

describe('rotation', () => {
  it('changes the key of the next token', async () => {
    const { body: before } = await signJwt(emulator, {});
    const { body } = await control('POST', '/keys:rotate', { issuer: emailOf('signer'), immediate: true });
    const { body: after } = await signJwt(emulator, {});
    expect(after.keyId).not.toBe(before.keyId);
    expect(body).toMatchObject({ kid: after.keyId });
  });
});

describe('a fault', () => {
  it('of three 503s is followed by success', async () => {
    await control('POST', '/faults', { api: 'signJwt', status: 503, count: 3 });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await signJwt(emulator, {})).status);
    expect(statuses).toEqual([503, 503, 503, 200]);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
  });

  it.each([
    [{ status: 503 }, { code: 503, message: 'The service is currently unavailable.', status: 'UNAVAILABLE' }],
    [
      { status: 429 },
      { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ reason: 'RATE_LIMIT_EXCEEDED' }] },
    ],
    [
      { status: 403, reason: 'SERVICE_DISABLED' },
      { code: 403, details: [{ reason: 'SERVICE_DISABLED' }] },
    ],
    [{ status: 418 }, { code: 418, status: 'UNKNOWN' }],
  ])('%j answers as Google would', async (fault, error) => {
    emulator.addFault({ api: 'signJwt', ...fault });
    const { status, body } = await signJwt(emulator, {});
    expect([status, body.error]).toMatchObject([fault.status, error]);
  });

  it('can have a body and headers of its own', async () => {
    emulator.addFault({ api: 'signJwt', status: 200, body: { keyId: 'x' }, headers: { 'retry-after': '7' } });
    const { body, headers } = await signJwt(emulator, {});
    expect([body, headers.get('retry-after')]).toEqual([{ keyId: 'x' }, '7']);
    emulator.addFault({ api: 'signJwt', status: 200, body: '{"signedJ' });
    const token = await accessToken(emulator, 'countersign');
    expect(await (await rawSignJwt(token)).text()).toBe('{"signedJ');
  });

  it('can delay the true answer', async () => {
    emulator.addFault({ api: 'signJwt', latencyMs: 150 });
    const started = performance.now();
    expect((await signJwt(emulator, {})).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(149);
  });

  it('can spread the body over time', async () => {
    emulator.addFault({ api: 'signJwt', slowBodyMs: 200 });
    const token = await accessToken(emulator, 'countersign');
    const response = await rawSignJwt(token);
    const started = performance.now();
    expect(await response.json()).toHaveProperty('signedJwt');
    expect(performance.now() - started).toBeGreaterThan(100);
  });

  it('can reset the connection before an answer', async () => {
    emulator.addFault({ api: 'signJwt', resetAfterBytes: 0 });
    const token = await accessToken(emulator, 'countersign');
    await expect(rawSignJwt(token)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(emulator.requests('signJwt')).toMatchObject([{ status: null, fault: true }]);
  });

  it.each(['resetAfterBytes', 'closeAfterBytes'] as const)('can cut the body: %s', async (cut) => {
    emulator.addFault({ api: 'signJwt', [cut]: 40 });
    const token = await accessToken(emulator, 'countersign');
    const response = await rawSignJwt(token);
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(40);
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await signJwt(emulator, {})).status).toBe(200);
  });

  it('meets only the calls of its API and its identity', async () => {
    const path = 'instance/service-accounts/default/token';
    emulator.addFault({ api: 'metadata.token', identity: 'caller', status: 500, count: 0 });
    expect((await metadata(emulator, 'stranger', path)).status).toBe(200);
    const failed = await metadata(emulator, 'caller', path);
    expect([failed.status, failed.headers.get('metadata-flavor')]).toEqual([500, 'Google']);
    expect(emulator.faults()).toHaveLength(1);
    await control('DELETE', '/faults');
    expect((await metadata(emulator, 'caller', path)).status).toBe(200);
  });

  it.each([
    {},
    { api: 'signJwt', status: 99 },
    { api: 'signJwt', status: 'down' },
    { api: 'signJwt', identity: 'nobody' },
    { api: 'signJwt', latencyMs: -1 },
    { api: 'signJwt', delay: 5 },
  ])('is refused as %j', async (fault) => {
    expect((await control('POST', '/faults', fault)).status).toBe(400);
    expect(emulator.faults()).toEqual([]);
  });
});

describe('the request log', () => {
  it('shows what was asked, by whom, and how it ended', async () => {
    await signJwt(emulator, { aud: 'a' });
    await signJwt(emulator, {}, 'stranger');
    await get(emulator, '/oauth2/v3/certs?x=1');
    const { body } = await control('GET', '/requests?api=signJwt');
    const path = accountPath('signer', 'signJwt');
    const common = { api: 'signJwt', method: 'POST', path, identity: 'countersign', fault: false };
    expect((body as { requests: object[] }).requests).toMatchObject([
      { ...common, caller: emailOf('countersign'), body: { payload: '{"aud":"a"}' }, status: 200 },
      { ...common, caller: emailOf('stranger'), body: { payload: '{}' }, status: 403 },
    ]);
    expect(emulator.requests('certs')).toMatchObject([{ caller: null, query: { x: '1' }, body: null }]);
    await control('DELETE', '/requests');
    expect(emulator.requests()).toEqual([]);
  });

  it('counts the calls that are under way at once', async () => {
    emulator.addFault({ api: 'signJwt', latencyMs: 100, count: 0 });
    const token = await accessToken(emulator, 'countersign');
    const calls = Promise.all(Array.from({ length: 5 }, () => rawSignJwt(token)));
    await Promise.all((await calls).map((response) => response.text()));
    expect(emulator.stats().signJwt).toEqual({ calls: 5, inFlight: 0, maxInFlight: 5 });
  });

  it('holds no request at the controls, which answer on every port', async () => {
    const response = await fetch(`http://127.0.0.1:${emulator.ports.signer}/emulator/v1/clock`);
    expect(response.status).toBe(200);
    expect(emulator.requests()).toEqual([]);
    expect((await control('GET', '/nothing')).status).toBe(404);
  });
});

describe('the ports', () => {
  it('are named in the variables of each identity', () => {
    const { ports, origin } = emulator;
    expect(origin).toBe(`http://127.0.0.1:${ports.countersign}`);
    expect(emulator.env('caller')).toEqual({
      GCE_METADATA_HOST: `127.0.0.1:${ports.caller}`,
      METADATA_SERVER_DETECTION: 'assume-present',
      IAM_CREDENTIALS_EMULATOR_HOST: `127.0.0.1:${ports.countersign}`,
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${ports.countersign}`,
      SECRET_MANAGER_EMULATOR_HOST: `127.0.0.1:${ports.countersign}`,
      COUNTERSIGN_KEYS_EMULATOR_HOST: `127.0.0.1:${ports.countersign}`,
    });
  });

  it('follow one another from a given one', async () => {
    // Five free ports in a row are found by trying: someone else on the machine may hold one of them.
    const tries = Array.from({ length: 20 }, (_, index) => 21_000 + index * 100);
    let own: Emulator | undefined;
    for (const port of tries) own ??= await startEmulator({ port }).catch(() => undefined);
    await own?.stop();
    const first = own?.ports.countersign ?? 0;
    expect(tries).toContain(first);
    expect(own?.ports).toEqual({
      countersign: first,
      caller: first + 1,
      stranger: first + 2,
      'pubsub-push': first + 3,
      signer: first + 4,
    });
  });
});

describe('a seed', () => {
  it('changes what it names and keeps the rest', async () => {
    const seeded = await startEmulator({
      seed: { bindings: {}, clock: { time: '2026-06-01T00:00:00Z' }, faults: [{ api: 'jwk', status: 503 }] },
    });
    expect((await signJwt(seeded, {})).status).toBe(403);
    const path = `/service_accounts/v1/jwk/${emailOf('signer')}`;
    const statuses = [(await get(seeded, path)).status, (await get(seeded, path)).status];
    await seeded.stop();
    expect(statuses).toEqual([503, 200]);
    expect(seeded.clock().time).toMatch(/^2026-06-01T/);
  });

  it('is refused with all its faults at once', async () => {
    const seed = { projectID: 'x', serviceAccounts: [{ email: 5 }] };
    await expect(startEmulator({ seed })).rejects.toThrow(
      'Unknown name "projectID": Cannot find field.\nInvalid value at \'service_accounts[0].email\' (TYPE_STRING), 5',
    );
  });
});
