import nock from 'nock';
import { expect, test } from 'vitest';
import { googleAccess } from '../../../tools/policy/audit/google-access.ts';
import { CredentialsError, createIamReader } from '../../../tools/policy/audit/iam-reader.ts';

const { hosts } = googleAccess({});
const reader = createIamReader({ hosts, authorize: async () => new Headers({ authorization: 'Bearer t' }) });
const email = 'signer@acme.iam.gserviceaccount.com';
const account = `/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}`;
const reqheaders = { authorization: 'Bearer t' };
const iam = () => nock('https://iam.googleapis.com', { reqheaders });

test('reads an account’s policy with its conditions, by an empty body', async () => {
  const bindings = [{ role: 'roles/owner', members: [], condition: { expression: 'true' } }];
  iam()
    .post(`${account}:getIamPolicy?options.requestedPolicyVersion=3`, '')
    .reply(200, { version: 3, bindings });
  expect(await reader.accountPolicy(email)).toEqual({ value: bindings });
});

test('reads a project’s policy from Resource Manager', async () => {
  nock('https://cloudresourcemanager.googleapis.com', { reqheaders })
    .post('/v1/projects/acme:getIamPolicy', { options: { requestedPolicyVersion: 3 } })
    .reply(200, { etag: 'ACAB' });
  expect(await reader.projectPolicy('acme')).toEqual({ value: [] });
});

test('reads a role’s permissions, and the keys that users manage', async () => {
  const keys = [{ name: 'k', validAfterTime: '2026-01-01T00:00:00Z' }];
  iam()
    .get('/v1/organizations/1/roles/own')
    .reply(200, { includedPermissions: ['a.b.c'] });
  iam().get(`${account}/keys?keyTypes=USER_MANAGED`).reply(200, { keys });
  expect(await reader.role('organizations/1/roles/own')).toEqual({ value: ['a.b.c'] });
  expect(await reader.userManagedKeys(email)).toEqual({ value: keys });
});

test('says which permission is missing, and nothing of the answer', async () => {
  iam()
    .get('/v1/projects/acme/roles/own')
    .reply(403, { error: { message: 'secret' } });
  const unread = 'status 403: these credentials need iam.roles.get';
  expect(await reader.role('projects/acme/roles/own')).toEqual({ unread });
});

test('says why there is no answer', async () => {
  iam()
    .get('/v1/roles/a')
    .replyWithError(Object.assign(new Error('secret'), { code: 'ECONNRESET' }));
  iam().get('/v1/roles/b').reply(200, 'no JSON');
  expect(await reader.role('roles/a')).toEqual({ unread: 'no answer (ECONNRESET)' });
  expect(await reader.role('roles/b')).toEqual({ unread: 'no answer (SyntaxError)' });
  const without = createIamReader({ hosts, authorize: () => Promise.reject(new CredentialsError('none')) });
  expect(await without.role('roles/c')).toEqual({ unread: 'none' });
});

test('follows no redirect with the credentials', async () => {
  iam().get('/v1/roles/moved').reply(302, '', { location: 'https://iam.googleapis.com/v1/roles/other' });
  expect(await reader.role('roles/moved')).toHaveProperty('unread');
});

test.each([
  [{ IAM_CREDENTIALS_EMULATOR_HOST: '127.0.0.1:1' }, 'without COUNTERSIGN_LOCAL=true'],
  [{ COUNTERSIGN_LOCAL: 'true' }, 'must be loopback'],
  [
    {
      COUNTERSIGN_LOCAL: 'true',
      IAM_CREDENTIALS_EMULATOR_HOST: 'evil.example:1',
      GCE_METADATA_HOST: '127.0.0.1:1',
    },
    'must be loopback',
  ],
])('refuses the local cloud’s variables %o', (environment, message) => {
  expect(() => googleAccess(environment)).toThrow(message);
});
