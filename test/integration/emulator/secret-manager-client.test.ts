import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { emailOf } from '../../support/emulator-client.ts';

let emulator: Emulator;
let client: SecretManagerServiceClient;

const project = 'projects/countersign-local';
const batchOne = `${project}/secrets/batch-one`;

/** CRC-32C of `123456789`, by which every implementation of it is checked. */
const checkValue = 0xe3069283;

// The client's default transport is gRPC, which this part of the emulator does not speak; `fallback` is the same over REST.
beforeAll(async () => {
  emulator = await startEmulator();
  for (const [key, value] of Object.entries(emulator.env('countersign'))) vi.stubEnv(key, value);
  const [apiEndpoint, port] = emulator.env('countersign').SECRET_MANAGER_EMULATOR_HOST?.split(':') ?? [];
  const options = { fallback: true, protocol: 'http', apiEndpoint: `${apiEndpoint}`, port: Number(port) };
  client = new SecretManagerServiceClient(options);
});

beforeEach(() => emulator.reset());

afterAll(async () => {
  await client.close();
  vi.unstubAllEnvs();
  await emulator.stop();
});

describe('SecretManagerServiceClient over REST', () => {
  it('adds a version and reads it back by number, latest and alias', async () => {
    const data = Buffer.from('123456789');
    const [added] = await client.addSecretVersion({ parent: batchOne, payload: { data } });
    expect(added).toMatchObject({
      name: 'projects/100000000001/secrets/batch-one/versions/1',
      state: 'ENABLED',
      clientSpecifiedPayloadChecksum: false,
    });
    await client.updateSecret({
      secret: { name: batchOne, versionAliases: { current: 1 } },
      updateMask: { paths: ['version_aliases'] },
    });
    for (const version of ['1', 'latest', 'current']) {
      const [{ payload }] = await client.accessSecretVersion({ name: `${batchOne}/versions/${version}` });
      expect(Buffer.from(payload?.data as Uint8Array)).toEqual(data);
      expect(Number(payload?.dataCrc32c)).toBe(checkValue);
    }
    expect(emulator.requests('secrets.addVersion')).toMatchObject([
      { caller: emailOf('countersign'), query: { $alt: 'json;enum-encoding=int' } },
    ]);
  });

  it('lists the seeded secrets and pages through versions, newest first', async () => {
    const [secrets] = await client.listSecrets({ parent: project });
    const seeded = ['batch-demo', 'batch-one', 'batch-two', 'batch-three', 'unlabelled'];
    expect(secrets.map(({ name }) => name?.split('/').at(-1)).sort()).toEqual(seeded.sort());
    for (let count = 0; count < 5; count += 1) {
      await client.addSecretVersion({ parent: batchOne, payload: { data: Buffer.of(count) } });
    }
    const numbers = [];
    for await (const { name } of client.listSecretVersionsAsync({ parent: batchOne, pageSize: 2 })) {
      numbers.push(Number(name?.split('/').at(-1)));
    }
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
    expect(emulator.requests('versions.list')).toHaveLength(3);
  });

  it('disables, enables and destroys a version by its etag', async () => {
    const [added] = await client.addSecretVersion({ parent: batchOne, payload: { data: Buffer.from('x') } });
    const name = `${batchOne}/versions/1`;
    const [disabled] = await client.disableSecretVersion({ name, etag: added.etag ?? '' });
    expect(disabled.state).toBe('DISABLED');
    await expect(client.accessSecretVersion({ name })).rejects.toThrow('is in DISABLED state');
    await expect(client.enableSecretVersion({ name, etag: added.etag ?? '' })).rejects.toThrow('etag');
    expect((await client.enableSecretVersion({ name }))[0].state).toBe('ENABLED');
    const [destroyed] = await client.destroySecretVersion({ name });
    expect(destroyed).toMatchObject({ state: 'DESTROYED', destroyTime: { seconds: expect.anything() } });
    await expect(client.destroySecretVersion({ name })).rejects.toThrow('already DESTROYED');
    await expect(client.enableSecretVersion({ name })).rejects.toThrow('already DESTROYED');
  });

  it('notes annotations under an etag, of which one of two writers wins', async () => {
    const [{ etag, labels }] = await client.getSecret({ name: batchOne });
    expect(labels).toEqual({ countersign: 'local' });
    const annotate = (value: string) =>
      client.updateSecret({
        secret: { name: batchOne, etag: etag ?? '', annotations: { request: value } },
        updateMask: { paths: ['annotations'] },
      });
    const outcomes = await Promise.allSettled([annotate('one'), annotate('two')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [after] = await client.getSecret({ name: batchOne });
    expect(after.labels).toEqual({ countersign: 'local' });
    expect(['one', 'two']).toContain(after.annotations?.request);
  });

  it('creates and deletes a secret, and reads and writes its policy', async () => {
    const [created] = await client.createSecret({
      parent: project,
      secretId: 'new-one',
      secret: { replication: { automatic: {} }, labels: { team: 'blue' } },
    });
    expect(created).toMatchObject({ labels: { team: 'blue' }, replication: { automatic: {} } });
    const name = `${project}/secrets/new-one`;
    const members = [`serviceAccount:${emailOf('countersign')}`];
    const [{ etag }] = await client.getIamPolicy({ resource: name });
    const bindings = [{ role: 'roles/secretmanager.admin', members }];
    await client.setIamPolicy({ resource: name, policy: { bindings, etag: etag ?? '' } });
    expect((await client.getIamPolicy({ resource: name }))[0].bindings).toMatchObject(bindings);
    const permissions = ['secretmanager.versions.add', 'secretmanager.secrets.nonsense'];
    const [held] = await client.testIamPermissions({ resource: name, permissions });
    expect(held.permissions).toEqual(['secretmanager.versions.add']);
    await client.deleteSecret({ name });
    await expect(client.getSecret({ name })).rejects.toMatchObject({
      code: 5,
      message: expect.stringContaining('Secret [projects/100000000001/secrets/new-one] not found.'),
    });
  });
});
