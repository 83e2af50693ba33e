import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FilePolicySource } from '../../../functions/issuance/policy-source.ts';
import { binding, now, policyText } from '../../support/fixtures.ts';

let folder = '';
let path = '';
let time = now;
let runtime: string | undefined;
let reports: { digest?: string; mistakes?: string }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  path = join(folder, 'policy.json');
  time = now;
  runtime = 'countersign@acme.iam.gserviceaccount.com';
  reports = [];
});

afterEach(() => rm(folder, { recursive: true }));

function source() {
  return new FilePolicySource({
    path,
    maxStaleSeconds: 600,
    runtimeAccount: async () => runtime,
    report: (outcome) => reports.push(outcome),
    now: () => time,
  });
}

/** Looks at the file, and waits until what it says is in force. */
async function lookAgain(policies: FilePolicySource) {
  time += 5;
  await policies.current().catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

const idOf = async (policies: FilePolicySource) => (await policies.current()).policy.bindings[0]?.id;

test('a new policy takes the place of the old one, without a restart', async () => {
  await writeFile(path, policyText(binding({ id: 'old' })));
  const policies = source();
  expect(await idOf(policies)).toBe('old');
  await writeFile(path, policyText(binding({ id: 'a-new-one' })));
  expect(await idOf(policies)).toBe('old');
  await lookAgain(policies);
  expect(await idOf(policies)).toBe('a-new-one');
  expect(reports).toHaveLength(2);
});

test('no policy at start is policy_unavailable, never open', async () => {
  const policies = source();
  await expect(policies.current()).rejects.toMatchObject({ code: 'policy_unavailable' });
  await writeFile(path, '{"bindings": [}');
  await lookAgain(policies);
  await expect(policies.current()).rejects.toMatchObject({ code: 'policy_unavailable' });
  await writeFile(path, policyText(binding()));
  await lookAgain(policies);
  expect(await idOf(policies)).toBe('reports');
});

test('a broken new policy is reported, and the good one stays for the stated time', async () => {
  await writeFile(path, policyText(binding()));
  const policies = source();
  await policies.current();
  await writeFile(path, JSON.stringify({ bindings: [{ id: 'broken' }] }));
  await lookAgain(policies);
  expect(await idOf(policies)).toBe('reports');
  expect(reports.at(-1)?.mistakes).toContain('/bindings/0/members');
  time += 601;
  await expect(policies.current()).rejects.toMatchObject({ code: 'policy_unavailable' });
});

test('a policy mended in time is in force as if nothing had been', async () => {
  await writeFile(path, policyText(binding()));
  const policies = source();
  await policies.current();
  await writeFile(path, '{');
  await lookAgain(policies);
  await writeFile(path, policyText(binding()));
  await lookAgain(policies);
  time += 10_000;
  expect(await idOf(policies)).toBe('reports');
});

test('a policy that names the runtime account is broken, also where that account is learnt later', async () => {
  runtime = undefined;
  await writeFile(
    path,
    policyText(binding({ members: ['serviceAccount:countersign@acme.iam.gserviceaccount.com'] })),
  );
  const policies = source();
  expect(await idOf(policies)).toBe('reports');
  runtime = 'countersign@acme.iam.gserviceaccount.com';
  await lookAgain(policies);
  expect(reports.at(-1)?.mistakes).toContain('/bindings/0/members/0');
});

test('requests that come while the first policy is loaded wait for it, all of them', async () => {
  await writeFile(path, policyText(binding({ claims: { properties: { team: { type: 'string' } } } })));
  const policies = source();
  const first = policies.current();
  const later: Promise<unknown>[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    later.push(policies.current());
  }
  const loaded = await first;
  expect(await Promise.all(later)).toEqual(Array(50).fill(loaded));
});

test('a file that was gone for a while and came back as it was is in force as if nothing had been', async () => {
  await writeFile(path, policyText(binding()));
  const policies = source();
  await policies.current();
  await rm(path);
  await lookAgain(policies);
  expect(reports.at(-1)?.mistakes).toContain('ENOENT');
  await writeFile(path, policyText(binding()));
  await lookAgain(policies);
  time += 10_000;
  await lookAgain(policies);
  expect(await idOf(policies)).toBe('reports');
});

test('a broken policy is reported once, not at every look', async () => {
  await writeFile(path, policyText(binding()));
  const policies = source();
  await policies.current();
  await writeFile(path, '{');
  for (let looks = 0; looks < 4; looks += 1) await lookAgain(policies);
  expect(reports.filter(({ mistakes }) => mistakes !== undefined)).toHaveLength(1);
});
