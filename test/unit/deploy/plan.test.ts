import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../tools/deploy/deployment.ts';
import { planDeployment } from '../../../tools/deploy/plan.ts';
import { readDeployment } from '../../../tools/deploy/read-deployment.ts';
import { renderByHand } from '../../../tools/deploy/render-by-hand.ts';
import { filesIn, functionSources } from '../../../tools/deploy/source-digest.ts';
import { exampleDeployment } from '../../support/deployment.ts';
import { root } from '../../support/imports.ts';

/** The commands that a deployment to an empty project runs. */
function commandsOf(deployment: Deployment): string[][] {
  return planDeployment(deployment)
    .flatMap(({ steps }) => steps)
    .flatMap(({ looks, mend }) => mend(...looks.map(() => undefined)))
    .map(({ words }) => [...words]);
}

const deployment = await exampleDeployment();
const commands = commandsOf(deployment);
const find = (...words: string[]) => commands.filter((each) => words.every((word) => each.includes(word)));
const flagOf = (command: string[] | undefined, name: string) =>
  command?.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

const agent = '--member=serviceAccount:service-42@gcp-sa-pubsub.iam.gserviceaccount.com';
const batchUrl = 'https://countersign-batch-42.europe-west1.run.app';

describe.each([
  ['countersign', 64 * 1024, 'functions/tokens/parse-json.ts', 'export const maxRequestBytes = 64 * 1024;'],
  ['countersign-batch', 14_400_000, 'functions/events/handle-push.ts', 'const maxBytes = 14_400_000;'],
])('the function %s', (name, maxBytes, file, line) => {
  const [command] = find('functions', 'deploy', name);

  test('is private, built from source without a Dockerfile, in production, and bounded in instances', () => {
    expect(command).toContain('--no-allow-unauthenticated');
    expect(command).toContain('--source=.');
    expect(readdirSync(root)).not.toContain('Dockerfile');
    expect(flagOf(command, 'set-env-vars')).toMatch(/^NODE_ENV=production,/);
    expect(Number(flagOf(command, 'max-instances'))).toBeGreaterThan(0);
  });

  test('holds all the bodies that it takes at once in half of its memory', () => {
    expect(readFileSync(file, 'utf8')).toContain(line);
    const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(flagOf(command, 'memory') ?? '') ?? [];
    const bytes = Number(amount) * 1024 ** (unit === 'Gi' ? 3 : 2);
    expect(Number(flagOf(command, 'concurrency')) * maxBytes).toBeLessThan(bytes / 2);
  });

  test('mounts the policy’s secret where COUNTERSIGN_POLICY says', () => {
    const path = '/secrets/countersign/policy.json';
    expect(flagOf(command, 'set-secrets')).toBe(`${path}=countersign-policy:latest`);
    expect(flagOf(command, 'set-env-vars')).toContain(`COUNTERSIGN_POLICY=${path}`);
  });

  test('knows both URLs, so that nothing is signed for either', () => {
    const settings = flagOf(command, 'set-env-vars')?.split(',');
    expect(settings).toContain('COUNTERSIGN_URL=https://countersign-42.europe-west1.run.app');
    expect(settings).toContain(`COUNTERSIGN_BATCH_URL=${batchUrl}`);
  });
});

test('nobody unknown is let in anywhere', () => {
  expect(commands.flat().join('\n')).not.toMatch(/allUsers|allAuthenticatedUsers|--allow-unauthenticated/);
});

test('the batch function is reached from inside alone, its platform’s check off, and no grant made for it', () => {
  expect(find('functions', 'deploy', 'countersign-batch')[0]).toContain('--ingress-settings=internal-only');
  expect(find('run', 'services', 'update', 'countersign-batch', '--no-invoker-iam-check')).toHaveLength(1);
});

test('the push subscription carries the account’s token for the batch function, and ends at a dead-letter topic', () => {
  const [command] = find('subscriptions', 'create', 'countersign-token-requests');
  const deadLetter = 'projects/acme-signing/topics/countersign-dead-letter';
  expect(command).toEqual(
    expect.arrayContaining([
      `--push-endpoint=${batchUrl}`,
      `--push-auth-token-audience=${batchUrl}`,
      '--push-auth-service-account=countersign-push@acme-signing.iam.gserviceaccount.com',
      ...['--ack-deadline=60', '--min-retry-delay=10s', '--max-retry-delay=600s'],
      `--dead-letter-topic=${deadLetter}`,
    ]),
  );
});

test('Pub/Sub’s service agent gets what dead-lettering and the push’s token need', () => {
  expect(find(agent).map((command) => flagOf(command, 'role'))).toEqual([
    'roles/pubsub.publisher',
    'roles/iam.serviceAccountTokenCreator',
    'roles/pubsub.subscriber',
  ]);
});

test('the batch function may deliver to the policy’s secrets, labelled for their binding, and read no payload', () => {
  const [secret] = find('secrets', 'create', 'nightly-batch-tokens');
  expect(secret).toContain('--labels=countersign=nightly-batch');
  const [role] = find('roles', 'create', 'countersignBatchDelivery');
  expect(flagOf(role, 'permissions')).not.toContain('versions.access');
  expect(find('add-iam-policy-binding', 'nightly-batch-tokens')).toHaveLength(1);
});

test('the prober runs as an account of its own that may call and no more, on the policy’s own audience', () => {
  const prober = 'countersign-prober@acme-signing.iam.gserviceaccount.com';
  expect(find(`--member=serviceAccount:${prober}`).map((command) => flagOf(command, 'role'))).toEqual([
    'roles/run.invoker',
    'roles/run.invoker',
  ]);
  const [job] = find('run', 'jobs', 'deploy');
  expect(flagOf(job, 'set-env-vars')).toContain('PROBE_AUDIENCE=https://probe.example,');
  expect(flagOf(find('scheduler')[0], 'oauth-service-account-email')).toBe(prober);
});

test('a policy without batches and prober has none of their functions, accounts and alerts', async () => {
  const plain = commandsOf({ ...deployment, pushAccounts: [], deliverTo: [], probeAudience: undefined });
  expect(plain.flat().join(' ')).not.toMatch(/batch(?!es)|pubsub|prob/);
});

test('signing as oneself needs one account, which may sign as itself', () => {
  const own = commandsOf({ ...deployment, selfSigning: true, pushAccounts: [], probeAudience: undefined });
  const [signer] = deployment.signers;
  const accounts = own.filter((words) => words.includes('create') && words.includes('service-accounts'));
  expect(accounts.map((words) => words[4])).toEqual(['countersign-signer']);
  const grant = own.find((words) => words.includes('service-accounts') && words.includes(signer ?? ''));
  expect(grant).toContain(`--member=serviceAccount:${signer}`);
});

test('what is digested is what is uploaded', () => {
  const git = (args: string[], input?: string) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8', input }).stdout.trim().split('\n');
  const files = git(['ls-files', '--cached', '--others', '--exclude-standard']);
  const asked = ['-c', 'core.excludesFile=.gcloudignore', 'check-ignore', '--no-index', '--stdin'];
  const ignored = new Set(git(asked, files.join('\n')));
  const present = new Set(
    execFileSync('git', ['ls-files', '--deleted'], { cwd: root, encoding: 'utf8' }).split('\n'),
  );
  const uploaded = files.filter((file) => !ignored.has(file) && !present.has(file));
  expect(functionSources.flatMap((path) => filesIn(root, path)).sort()).toEqual(uploaded.sort());
});

describe('what to try first, and what the prober asks for', () => {
  const known = async (member: string, binding: object) => {
    const file = join(mkdtempSync(join(tmpdir(), 'plan-')), 'policy.json');
    const audiences = ['https://*.example.com', 'https://a.example.com'];
    const serviceAccounts = ['signer@acme-signing.iam.gserviceaccount.com'];
    const bindings = [{ id: 'one', members: [member], audiences, serviceAccounts, ...binding }];
    writeFileSync(file, JSON.stringify({ bindings }));
    const where = { project: 'acme-signing', region: 'europe-west1', selfSigning: false };
    const read = await readDeployment({ ...where, policy: file });
    return { read, byHand: renderByHand(read) };
  };
  const caller = 'reports@acme-signing.iam.gserviceaccount.com';
  const prober = 'countersign-prober@acme-signing.iam.gserviceaccount.com';

  test('is a service account and an audience without a wildcard', async () => {
    const { read, byHand } = await known(`serviceAccount:${caller}`, {});
    expect(read.trial).toEqual({ caller, audience: 'https://a.example.com' });
    expect(byHand).toContain(`check https://a.example.com --url`);
    expect((await known(`serviceAccount:${prober}`, {})).read.probeAudience).toBe('https://a.example.com');
  });

  test.each([
    ['a person, whom nobody can stand in for', 'user:ann@acme.example', {}],
    ['wildcards alone', `serviceAccount:${caller}`, { audiences: ['https://*.example.com'] }],
    ['no JWT', `serviceAccount:${caller}`, { kinds: ['id_token'] }],
  ])('is left to fill in where the policy has %s', async (_what, member, binding) => {
    const { read, byHand } = await known(member, binding);
    expect(read.trial).toBeUndefined();
    expect(byHand).toMatch(/check AUDIENCE --url .* --as CALLER$/);
  });

  test('is nothing for the prober where its binding allows no JWT, which is what it asks for', async () => {
    const { read } = await known(`serviceAccount:${prober}`, { kinds: ['id_token'] });
    expect(read.probeAudience).toBeUndefined();
  });

  test('a caller of another project is not to be made in this one', async () => {
    const { byHand } = await known('serviceAccount:other@elsewhere.iam.gserviceaccount.com', {});
    expect(byHand).toContain('--member=serviceAccount:other@elsewhere');
    expect(byHand).not.toContain('service-accounts create');
  });
});

describe('options that make no sense are refused before anything is done:', () => {
  const options = {
    project: 'acme-signing',
    region: 'europe-west1',
    policy: 'tools/policies/example.json',
    selfSigning: false,
  };

  test.each([
    ['no project', { project: undefined }, '--project is missing'],
    ['a project that is a command', { project: '$(rm -rf ~)' }, '--project is missing, or is no project ID'],
    ['no region', { region: '' }, '--region is missing'],
    ['a zone for a region', { region: 'europe-west1-b' }, 'no region such as europe-west1'],
    [
      'a policy that is not there',
      { policy: 'nowhere.json' },
      '--policy nowhere.json can not be read: ENOENT',
    ],
  ])('%s', async (_what, change, message) => {
    await expect(readDeployment({ ...options, ...change })).rejects.toThrow(message);
  });
});
