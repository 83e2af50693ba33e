import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { call, emailOf, get, type Reply } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(() => emulator.reset());

afterAll(() => emulator.stop());

const secrets = '/v1/projects/countersign-local/secrets';
const resource = 'projects/countersign-local/secrets/batch-one';
const shown = 'projects/100000000001/secrets/batch-one';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function add(data: string, identity: 'countersign' | 'stranger' = 'countersign'): Promise<Reply> {
  const body = { payload: { data: base64(data) } };
  return call(emulator, 'POST', `${secrets}/batch-one:addVersion`, { identity, body });
}

describe('a payload', () => {
  it('is stored with its checksum, which is checked', async () => {
    const payload = { data: base64('123456789'), dataCrc32c: String(0xe3069283) };
    const added = await call(emulator, 'POST', `${secrets}/batch-one:addVersion`, { body: { payload } });
    expect([added.status, added.body]).toMatchObject([
      200,
      { state: 'ENABLED', clientSpecifiedPayloadChecksum: true },
    ]);
    const read = await call(emulator, 'GET', `${secrets}/batch-one/versions/1:access`);
    expect(read.body).toEqual({ name: `${shown}/versions/1`, payload });
    const broken = { payload: { ...payload, dataCrc32c: '1' } };
    const refused = await call(emulator, 'POST', `${secrets}/batch-one:addVersion`, { body: broken });
    expect(refused.body).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
    expect((await call(emulator, 'GET', `${secrets}/batch-one/versions`)).body.totalSize).toBe(1);
  });

  it('may have 64 KiB and not one byte more', async () => {
    expect((await add('x'.repeat(65_536))).status).toBe(200);
    expect((await add('x'.repeat(65_537))).body).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining('65536 bytes') },
    });
  });

  it.each([{}, { payload: {} }, { payload: { data: '***' } }, { payload: { data: '', dataCrc32c: 'x' } }])(
    'is refused as %j',
    async (body) => {
      const refused = await call(emulator, 'POST', `${secrets}/batch-one:addVersion`, { body });
      expect(refused.body).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
    },
  );
});

describe('what does not exist or does not fit', () => {
  it.each([
    ['GET', '/nothing', undefined, 'NOT_FOUND', 'Secret [projects/100000000001/secrets/nothing] not found.'],
    [
      'GET',
      '/batch-one/versions/7',
      undefined,
      'NOT_FOUND',
      `Secret Version [${shown}/versions/7] not found.`,
    ],
    ['GET', '/batch-one/versions/latest:access', undefined, 'NOT_FOUND', 'not found or has no versions.'],
    ['GET', '/batch-one/versions/toString', undefined, 'NOT_FOUND', 'versions/toString] not found.'],
    ['POST', '?secretId=batch-one', { replication: { automatic: {} } }, 'ALREADY_EXISTS', 'already exists.'],
    ['POST', '?secretId=a.b', { replication: { automatic: {} } }, 'INVALID_ARGUMENT', 'Secret ID [a.b]'],
    ['POST', '?secretId=a', {}, 'INVALID_ARGUMENT', '[secret.replication] is required'],
    ['POST', '?secretId=a', { ttl: '60s', replication: { automatic: {} } }, 'INVALID_ARGUMENT', 'secret.ttl'],
    ['GET', '?filter=labels.a:b', undefined, 'INVALID_ARGUMENT', 'does not filter'],
    ['GET', '?pageSize=-1', undefined, 'INVALID_ARGUMENT', 'page size'],
    ['GET', '/batch-one/versions?pageToken=x', undefined, 'INVALID_ARGUMENT', 'page token'],
    ['PATCH', '/batch-one', { labels: {} }, 'INVALID_ARGUMENT', '[update_mask] is required'],
    ['PATCH', '/batch-one?updateMask=name', {}, 'INVALID_ARGUMENT', 'Path [name]'],
    ['PATCH', '/batch-one?updateMask=labels', { labels: { A: 'b' } }, 'INVALID_ARGUMENT', 'Label key [A]'],
    [
      'PATCH',
      '/batch-one?updateMask=annotations',
      { annotations: { a: 'x'.repeat(16_383) } },
      'INVALID_ARGUMENT',
      '16384 bytes',
    ],
    [
      'PATCH',
      '/batch-one?updateMask=versionAliases',
      { versionAliases: { latest: 1 } },
      'INVALID_ARGUMENT',
      'Version alias [latest]',
    ],
    [
      'PATCH',
      '/batch-one?updateMask=labels',
      { etag: '"0"', labels: {} },
      'FAILED_PRECONDITION',
      'does not match the current etag',
    ],
    ['DELETE', '/batch-one?etag=%220%22', undefined, 'FAILED_PRECONDITION', 'does not match'],
    ['POST', '/batch-one/versions/latest:destroy', {}, 'INVALID_ARGUMENT', 'by its number'],
  ])('%s %s %j is %s', async (method, path, body, status, message) => {
    const { body: answer } = await call(emulator, method, secrets + path, { body });
    expect(answer.error).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('is refused without an access token of this emulator', async () => {
    expect((await get(emulator, `${secrets}/batch-one`)).body.error.details).toMatchObject([
      { reason: 'CREDENTIALS_MISSING', metadata: { service: 'secretmanager.googleapis.com' } },
    ]);
    const foreign = await get(emulator, `${secrets}/batch-one`, { authorization: 'Bearer ya29.foreign' });
    expect(foreign.status).toBe(401);
  });

  it('is a 403 in a project that is not here', async () => {
    const { body } = await call(emulator, 'GET', '/v1/projects/other/secrets/batch-one');
    expect(body.error).toMatchObject({ code: 403, status: 'PERMISSION_DENIED' });
    expect((await call(emulator, 'GET', `/v1/${shown}`)).body).toMatchObject({ name: shown });
  });
});

describe('bindings', () => {
  it('let everyone pass until some are set, then nobody else', async () => {
    expect((await add('x', 'stranger')).status).toBe(200);
    const members = [`serviceAccount:${emailOf('countersign')}`];
    const role = 'projects/countersign-local/roles/batchWriter';
    const permissions = ['secretmanager.versions.add', 'secretmanager.versions.list'];
    emulator.setRoles({ [role]: permissions });
    emulator.setBindings({ [resource]: [{ role, members }] });
    expect((await add('x')).status).toBe(200);
    expect((await add('x', 'stranger')).body.error).toMatchObject({
      code: 403,
      message: `Permission 'secretmanager.versions.add' denied for resource '${resource}' (or it may not exist).`,
      details: [{ reason: 'IAM_PERMISSION_DENIED' }],
    });
    expect((await call(emulator, 'GET', `${secrets}/batch-one/versions/1:access`)).status).toBe(403);
    expect((await call(emulator, 'GET', `${secrets}/batch-two`)).status).toBe(200);
  });
});

describe('on demand', () => {
  it('lists and latest are stale, access by number is not', async () => {
    emulator.setClock({ time: '2026-06-01T00:00:00Z', frozen: true });
    await add('old');
    emulator.setClock({ advanceSeconds: 60 });
    const body = { listSeconds: 30, latestSeconds: 30, metadataSeconds: 0 };
    const control = await fetch(`${emulator.origin}/emulator/v1/staleness`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    expect(await control.json()).toEqual(body);
    await add('new');
    const numbers = async () => {
      const { body: list } = await call(emulator, 'GET', `${secrets}/batch-one/versions`);
      return list.versions.map(({ name }: { name: string }) => name.split('/').at(-1));
    };
    const latest = async () =>
      (await call(emulator, 'GET', `${secrets}/batch-one/versions/latest`)).body.name;
    expect([await numbers(), await latest()]).toEqual([['1'], `${shown}/versions/1`]);
    const second = await call(emulator, 'GET', `${secrets}/batch-one/versions/2:access`);
    expect(second.body.payload.data).toBe(base64('new'));
    emulator.setClock({ advanceSeconds: 30 });
    expect([await numbers(), await latest()]).toEqual([['2', '1'], `${shown}/versions/2`]);
  });

  it('a secret tells its metadata late, and a change is held against the etag of now', async () => {
    emulator.setClock({ time: '2026-06-01T00:00:00Z', frozen: true });
    emulator.setStaleness({ metadataSeconds: 30 });
    const annotate = (n: string, etag: string) =>
      call(emulator, 'PATCH', `${secrets}/batch-one?updateMask=annotations`, {
        body: { annotations: { n }, etag },
      });
    const read = async () => (await call(emulator, 'GET', `${secrets}/batch-one`)).body;
    const { etag: first } = await read();
    const { body: written } = await annotate('1', first);
    expect(written.annotations).toEqual({ n: '1' });
    expect(await read()).toMatchObject({ etag: first });
    expect((await annotate('2', first)).body.error.status).toBe('FAILED_PRECONDITION');
    expect((await annotate('2', written.etag)).status).toBe(200);
    emulator.setClock({ advanceSeconds: 30 });
    expect((await read()).annotations).toEqual({ n: '2' });
  });

  it('a write quota is exceeded, in Secret Manager’s name', async () => {
    emulator.addFault({ api: 'secrets.addVersion', status: 429 });
    expect((await add('x')).body.error).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      details: [{ metadata: { service: 'secretmanager.googleapis.com' } }],
    });
    expect((await add('x')).body.name).toBe(`${shown}/versions/1`);
  });
});
