import { describe, expect, test } from 'vitest';
import { auditSigners } from '../../../tools/policy/audit/audit-signers.ts';
import type { IamBinding, IamReader, UserManagedKey } from '../../../tools/policy/audit/iam-reader.ts';
import { projectOf } from '../../../tools/policy/audit/project-of.ts';
import { reportAudit } from '../../../tools/policy/audit/report-audit.ts';

const now = Date.parse('2026-03-01T00:00:00Z') / 1000;
const signer = 'signer@acme.iam.gserviceaccount.com';
const runtime = 'serviceAccount:countersign@acme.iam.gserviceaccount.com';
const eve = 'user:eve@acme.example';
const signerRole: IamBinding = { role: 'projects/acme/roles/countersignSigner', members: [runtime] };

interface World {
  account?: IamBinding[];
  project?: IamBinding[];
  roles?: Record<string, string[]>;
  keys?: UserManagedKey[];
  /** Methods of the reader that are refused. */
  refused?: (keyof IamReader)[];
}

async function audit({ account = [signerRole], project = [], roles = {}, keys = [], refused = [] }: World) {
  const known: Record<string, string[]> = { [signerRole.role]: ['iam.serviceAccounts.signJwt'], ...roles };
  const read = <Value>(method: keyof IamReader, value: Value | undefined) =>
    Promise.resolve(refused.includes(method) || value === undefined ? { unread: 'status 403' } : { value });
  const reader: IamReader = {
    accountPolicy: () => read('accountPolicy', account),
    projectPolicy: () => read('projectPolicy', project),
    role: (name) => read('role', known[name]),
    userManagedKeys: () => read('userManagedKeys', keys),
  };
  const found = await auditSigners({
    reader,
    accounts: [signer],
    expectedOf: () => [runtime],
    projectOf,
    now,
  });
  return reportAudit(found);
}

test('finds nobody beside the runtime account', async () => {
  const { lines, exitCode } = await audit({});
  expect(lines.slice(0, 2)).toEqual([signer, `  expected ${runtime}: signJwt (${signerRole.role})`]);
  expect(lines.at(-1)).toBe('Nobody but the expected members can sign as these accounts.');
  expect(exitCode).toBe(0);
});

describe('finds whoever holds', () => {
  test.each([
    [
      'roles/iam.serviceAccountTokenCreator',
      'signJwt, signBlob, getAccessToken, getOpenIdToken, implicitDelegation',
    ],
    ['roles/iam.serviceAccountOpenIdTokenCreator', 'getOpenIdToken'],
    ['roles/iam.workloadIdentityUser', 'getAccessToken, getOpenIdToken'],
    ['roles/iam.serviceAccountUser', 'actAs'],
    ['roles/iam.serviceAccountAdmin', 'setIamPolicy'],
    ['roles/iam.serviceAccountKeyAdmin', 'serviceAccountKeys.create'],
    ['roles/editor', 'actAs, serviceAccountKeys.create'],
    ['roles/owner', 'actAs, setIamPolicy, serviceAccountKeys.create, projects.setIamPolicy'],
    ['projects/acme/roles/own', 'signBlob'],
  ])('%s, on the account or on its project', async (role, can) => {
    const roles = { 'projects/acme/roles/own': ['iam.serviceAccounts.list', 'iam.serviceAccounts.signBlob'] };
    const grant = { role, members: [eve] };
    const onAccount = await audit({ account: [signerRole, grant], roles });
    expect(onAccount.lines).toContain(`  other    ${eve}: ${can} (${role})`);
    expect(onAccount.exitCode).toBe(1);
    const onProject = await audit({ project: [grant], roles });
    expect(onProject.lines).toContain(`  other    ${eve}: ${can} (${role} on projects/acme)`);
    expect(onProject.exitCode).toBe(1);
  });
});

test('shows the condition of a grant, and counts it', async () => {
  const condition = { title: 'until May', expression: 'request.time < timestamp("2026-05-01T00:00:00Z")' };
  const grant = { role: 'roles/iam.serviceAccountUser', members: [eve], condition };
  const { lines, exitCode } = await audit({ account: [grant] });
  expect(lines).toContain(`  other    ${eve}: actAs (${grant.role}) if ${condition.expression}`);
  expect(exitCode).toBe(1);
});

test.each([
  ['a role that gives none of it', { role: 'roles/viewer', members: [eve] }],
  ['a principal that was deleted', { role: 'roles/owner', members: [`deleted:${eve}?uid=1`] }],
  [
    'the account itself',
    { role: 'roles/iam.serviceAccountTokenCreator', members: [`serviceAccount:${signer}`] },
  ],
])('does not count %s', async (_, grant) => {
  const { exitCode } = await audit({
    account: [grant],
    roles: { 'roles/viewer': ['iam.serviceAccounts.get'] },
  });
  expect(exitCode).toBe(0);
});

test('finds user-managed keys with their age, and counts those that sign', async () => {
  const key = (id: string, changes = {}): UserManagedKey => ({
    name: `projects/acme/serviceAccounts/${signer}/keys/${id}`,
    validAfterTime: '2026-02-01T00:00:00Z',
    validBeforeTime: '9999-12-31T23:59:59Z',
    ...changes,
  });
  const expired = key('expired', { validBeforeTime: '2026-02-02T00:00:00Z' });
  const live = await audit({ keys: [key('live'), key('off', { disabled: true }), expired] });
  expect(live.lines).toContain(
    '  other    user-managed key live, 28 days old: whoever holds it signs anything',
  );
  expect(live.lines.join('\n')).toContain('disabled user-managed key off');
  expect(live.lines.at(-1)).toBe('1 other way to sign as these accounts: key live.');
  expect((await audit({ keys: [key('off', { disabled: true }), expired] })).exitCode).toBe(0);
});

describe('could not tell', () => {
  test.each<[keyof IamReader, string]>([
    ['accountPolicy', `the IAM policy of ${signer}`],
    ['projectPolicy', 'the IAM policy of projects/acme'],
    ['userManagedKeys', `the user-managed keys of ${signer}`],
  ])('where %s is refused', async (method, what) => {
    const { lines, exitCode } = await audit({ refused: [method] });
    expect(lines).toContain(`not read: ${what}: status 403`);
    expect(exitCode).toBe(3);
  });

  test('where another member’s role can’t be read', async () => {
    const role = 'organizations/1/roles/unknown';
    const { lines, exitCode } = await audit({ account: [{ role, members: [eve] }] });
    expect(lines).toContain(`  other    ${eve}: permissions unknown (${role})`);
    expect(lines).toContain(`not read: the role ${role}: status 403`);
    expect(exitCode).toBe(3);
  });

  test('but not where it is the runtime account’s', async () => {
    const { lines, exitCode } = await audit({ refused: ['role'] });
    expect(lines).toContain(`  expected ${runtime}: permissions unknown (${signerRole.role})`);
    expect(exitCode).toBe(0);
  });

  test('yet others were found', async () => {
    const account = [{ role: 'roles/iam.serviceAccountUser', members: [eve] }];
    expect((await audit({ account, refused: ['projectPolicy'] })).exitCode).toBe(1);
  });
});

test('says what it does not look at', async () => {
  expect((await audit({})).lines.at(-2)).toContain('grants on folders and on the organisation');
});

test.each([
  ['signer@acme.iam.gserviceaccount.com', 'acme'],
  ['signer@acme.example.com.iam.gserviceaccount.com', 'example.com:acme'],
  ['acme@appspot.gserviceaccount.com', 'acme'],
  ['123456-compute@developer.gserviceaccount.com', '123456'],
  ['service-1@gcp-sa-pubsub.iam.gserviceaccount.com', 'gcp-sa-pubsub'],
  ['someone@example.com', undefined],
])('the project of %s is %s', (email, expected) => {
  expect(projectOf(email)).toBe(expected);
});
