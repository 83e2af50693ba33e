import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accessToken, accountPath, emailOf, get, post, signJwt } from '../../support/emulator-client.ts';

let emulator: Emulator;

const resource = `projects/countersign-local/serviceAccounts/${emailOf('signer')}`;
const admin = { role: 'roles/iam.securityAdmin', members: [`serviceAccount:${emailOf('caller')}`] };

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(() => {
  emulator.reset();
  emulator.setBindings({ [resource]: [admin] });
});

afterAll(() => emulator.stop());

const setPolicy = (policy: unknown) =>
  post(emulator, 'caller', accountPath('signer', 'setIamPolicy'), { policy });
const getPolicy = () => post(emulator, 'caller', accountPath('signer', 'getIamPolicy'), {});

describe('setIamPolicy', () => {
  it('grants a permission, which the next call has', async () => {
    expect((await signJwt(emulator, {}, 'stranger')).status).toBe(403);
    const { body: policy } = await getPolicy();
    expect(policy).toEqual({ version: 1, etag: policy.etag, bindings: [admin] });
    const creator = {
      role: 'roles/iam.serviceAccountTokenCreator',
      members: [`serviceAccount:${emailOf('stranger')}`],
    };
    const { status, body } = await setPolicy({ ...policy, bindings: [admin, creator] });
    expect([status, body.bindings]).toEqual([200, [admin, creator]]);
    expect(body.etag).not.toBe(policy.etag);
    expect((await signJwt(emulator, {}, 'stranger')).status).toBe(200);
  });

  it('changes nothing with an etag of the past', async () => {
    const { body: old } = await getPolicy();
    await setPolicy({ bindings: [admin], etag: old.etag });
    const { status, body } = await setPolicy({ bindings: [], etag: old.etag });
    expect([status, body.error.status]).toEqual([409, 'ABORTED']);
    expect((await getPolicy()).body.bindings).toEqual([admin]);
  });

  it.each([
    ['a role that does not exist', { role: 'roles/nothing', members: [] }],
    ['a service account that does not exist', { ...admin, members: ['serviceAccount:nobody@example.com'] }],
    ['a condition', { ...admin, condition: { expression: 'true' } }],
  ])('refuses %s', async (_, binding) => {
    const { status, body } = await setPolicy({ bindings: [binding] });
    expect([status, body.error.status]).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('needs its permission', async () => {
    const { status, body } = await post(emulator, 'stranger', accountPath('signer', 'setIamPolicy'), {
      policy: {},
    });
    expect([status, body.error.details[0].metadata]).toEqual([
      403,
      { permission: 'iam.serviceAccounts.setIamPolicy' },
    ]);
  });
});

describe('a service account that does not exist', () => {
  it.each([
    ['403 with the wildcard', '-', 403],
    ['404 in a project', 'countersign-local', 404],
  ])('is a %s', async (_, project, expected) => {
    const path = `/v1/projects/${project}/serviceAccounts/nobody@example.com:getIamPolicy`;
    expect((await post(emulator, 'caller', path, {})).status).toBe(expected);
  });
});

describe('a project', () => {
  const project = 'projects/countersign-local';
  const grant = (role: string) =>
    emulator.setBindings({ [project]: [{ role, members: [`serviceAccount:${emailOf('stranger')}`] }] });

  it('grants on every account in it', async () => {
    grant('roles/iam.serviceAccountTokenCreator');
    expect((await signJwt(emulator, {}, 'stranger')).status).toBe(200);
  });

  it('shows its policy to whom it grants that', async () => {
    const policy = () => post(emulator, 'stranger', `/v1/${project}:getIamPolicy`, {});
    expect((await policy()).status).toBe(403);
    grant('roles/iam.securityReviewer');
    expect((await policy()).body.bindings).toEqual(emulator.bindings()[project]);
  });
});

describe('roles.get', () => {
  const role = async (name: string, identity: 'countersign' | 'stranger' = 'stranger') =>
    get(emulator, `/v1/${name}`, { authorization: `Bearer ${await accessToken(emulator, identity)}` });

  it('shows a predefined role to everyone, and a custom one to whom its project grants that', async () => {
    const { body } = await role('roles/iam.serviceAccountOpenIdTokenCreator');
    expect(body.includedPermissions).toEqual(['iam.serviceAccounts.getOpenIdToken']);
    const custom = 'projects/countersign-local/roles/countersignSelfSigner';
    expect((await role(custom)).status).toBe(403);
    expect((await role(custom, 'countersign')).body).toMatchObject({ name: custom, stage: 'GA' });
  });

  it('knows no role that does not exist', async () => {
    expect((await role('roles/nothing')).status).toBe(404);
  });
});

describe('keys.list', () => {
  const list = async (search = '') => {
    const authorization = `Bearer ${await accessToken(emulator, 'caller')}`;
    return get(emulator, `/v1/${resource}/keys${search}`, { authorization });
  };

  it('lists the published keys with their times', async () => {
    const { body } = await list('?keyTypes=SYSTEM_MANAGED');
    const { body: jwks } = await get(emulator, `/service_accounts/v1/jwk/${emailOf('signer')}`);
    const kids = jwks.keys.map(({ kid }: { kid: string }) => `${resource}/keys/${kid}`);
    expect(body.keys.map(({ name }: { name: string }) => name)).toEqual(kids);
    expect(body.keys[0]).toMatchObject({
      keyAlgorithm: 'KEY_ALG_RSA_2048',
      keyOrigin: 'GOOGLE_PROVIDED',
      keyType: 'SYSTEM_MANAGED',
      validAfterTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  it('knows no user-managed keys, and no other type', async () => {
    expect((await list('?keyTypes=USER_MANAGED')).body).toEqual({});
    expect((await list('?keyTypes=OTHER')).status).toBe(400);
  });
});
