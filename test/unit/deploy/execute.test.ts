import { beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '../../../tools/deploy/deployment.ts';
import { DeployError } from '../../../tools/deploy/execute.ts';
import { deployTo, exampleDeployment } from '../../support/deployment.ts';
import { RecordingGcloud } from '../../support/gcloud/recording-gcloud.ts';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await exampleDeployment();
});

/** A project that the example is deployed to, its calls forgotten. */
async function deployed(): Promise<RecordingGcloud> {
  const gcloud = new RecordingGcloud();
  await deployTo(gcloud, deployment);
  gcloud.calls.length = 0;
  return gcloud;
}

/** What there is in the project but for the names that Google gives. */
const settled = ({ state }: RecordingGcloud) => ({
  ...state,
  services: state.services.toSorted(),
  bindings: Object.fromEntries(Object.entries(state.bindings).map(([key, all]) => [key, all.toSorted()])),
});

test('makes it all in an empty project, each command after what it needs', async () => {
  const gcloud = new RecordingGcloud();
  const { changes } = await deployTo(gcloud, deployment);
  // Building the prober is the one command that is not gcloud's.
  expect(changes).toBe(gcloud.changes().length + 1);
  const kinds = Object.keys(gcloud.state.resources).map((key) => key.split('/')[0]);
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  expect({ functions: count('functions'), roles: count('roles'), accounts: count('accounts') }).toEqual({
    functions: 2,
    roles: 2,
    accounts: 5,
  });
  expect([count('metrics'), count('alerts')]).toEqual([deployment.metrics.length, deployment.alerts.length]);
  expect(gcloud.state.payloads['countersign-policy']).toEqual([deployment.policyText]);
});

test('makes no change the second time', async () => {
  const gcloud = await deployed();
  const { changes, printed, paused } = await deployTo(gcloud, deployment);
  expect(gcloud.changes()).toEqual([]);
  expect([changes, paused]).toEqual([0, []]);
  expect(printed).not.toContain('changing');
});

test('wherever it broke off, running it again completes it, and then there is nothing to do', async () => {
  const whole = await deployed();
  const reference = new RecordingGcloud();
  await deployTo(reference, deployment);
  const total = reference.changes().length;
  for (let broken = 0; broken < total; broken += 1) {
    const gcloud = new RecordingGcloud();
    gcloud.failWith = () => (gcloud.changes().length > broken ? 'INTERNAL: an internal error' : undefined);
    await expect(deployTo(gcloud, deployment)).rejects.toThrow(DeployError);
    gcloud.failWith = () => undefined;
    await deployTo(gcloud, deployment);
    expect(settled(gcloud).bindings).toEqual(settled(whole).bindings);
    expect(Object.keys(gcloud.state.resources).sort()).toEqual(Object.keys(whole.state.resources).sort());
    gcloud.calls.length = 0;
    expect((await deployTo(gcloud, deployment)).changes).toBe(0);
    expect(gcloud.changes()).toEqual([]);
  }
  expect(total).toBeGreaterThan(30);
});

describe('changes what is not as it is to be, and nothing else:', () => {
  const changesAfter = async (gcloud: RecordingGcloud, wanted = deployment) => {
    await deployTo(gcloud, wanted);
    return gcloud.changes().map((words) => words.filter((word) => !word.startsWith('--')).join(' '));
  };

  test('another policy is one more version', async () => {
    const gcloud = await deployed();
    const policyText = deployment.policyText.replace('"maxTtlSeconds": 300', '"maxTtlSeconds": 240');
    expect(await changesAfter(gcloud, { ...deployment, policyText })).toEqual([
      'secrets versions add countersign-policy',
      'secrets update countersign-policy',
    ]);
    expect(gcloud.state.payloads['countersign-policy']).toEqual([deployment.policyText, policyText]);
  });

  test('a version that somebody added by hand gives way to the policy', async () => {
    const gcloud = await deployed();
    gcloud.state.payloads['countersign-policy']?.push('{"bindings": []}');
    expect(await changesAfter(gcloud)).toContain('secrets versions add countersign-policy');
    expect(gcloud.state.payloads['countersign-policy']?.at(-1)).toBe(deployment.policyText);
  });

  test('another source redeploys both functions, and sets anew what that puts back', async () => {
    const gcloud = await deployed();
    const sourceDigests = { ...deployment.sourceDigests, functions: 'other' };
    expect(await changesAfter(gcloud, { ...deployment, sourceDigests })).toEqual([
      'functions deploy countersign',
      'run services update countersign',
      'functions deploy countersign-batch',
      'run services update countersign-batch',
    ]);
  });

  test('a function whose deployment failed is deployed again', async () => {
    const gcloud = await deployed();
    Object.assign(gcloud.state.resources['functions/countersign'] ?? {}, { state: 'FAILED' });
    expect(await changesAfter(gcloud)).toContain('functions deploy countersign');
  });

  test.each([
    ['wider', ['iam.serviceAccounts.signJwt', 'iam.serviceAccounts.getAccessToken']],
    ['narrower', []],
  ])('a role that is %s', async (_how, includedPermissions) => {
    const gcloud = await deployed();
    Object.assign(gcloud.state.resources['roles/countersignSigner'] ?? {}, { includedPermissions });
    expect(await changesAfter(gcloud)).toEqual(['iam roles update countersignSigner']);
  });

  test('a role that was deleted', async () => {
    const gcloud = await deployed();
    Object.assign(gcloud.state.resources['roles/countersignSigner'] ?? {}, { deleted: true });
    expect(await changesAfter(gcloud)).toEqual(['iam roles undelete countersignSigner']);
  });

  test('a grant that was taken away', async () => {
    const gcloud = await deployed();
    gcloud.state.bindings['secrets/countersign-policy'] = [];
    expect(await changesAfter(gcloud)).toHaveLength(2);
  });

  test('a push subscription that was changed by hand', async () => {
    const gcloud = await deployed();
    Object.assign(gcloud.state.resources['subscriptions/countersign-token-requests'] ?? {}, {
      ackDeadlineSeconds: 10,
    });
    expect(await changesAfter(gcloud)).toEqual(['pubsub subscriptions update countersign-token-requests']);
  });

  test('an alert, which keeps the channels that were attached to it', async () => {
    const gcloud = await deployed();
    const [alert] = Object.entries(gcloud.state.resources).find(([key]) => key.startsWith('alerts/')) ?? [];
    const held = gcloud.state.resources[alert ?? ''] ?? {};
    Object.assign(held, { notificationChannels: ['projects/42/notificationChannels/1'], combiner: 'AND' });
    expect(await changesAfter(gcloud)).toEqual([`monitoring policies update ${held.name}`]);
    expect(held).toMatchObject({
      combiner: 'OR',
      notificationChannels: ['projects/42/notificationChannels/1'],
    });
  });

  test('nothing where Google keeps the labels of a metric in another order', async () => {
    const gcloud = await deployed();
    const held = gcloud.state.resources['metrics/countersign-requests'] ?? {};
    (held.metricDescriptor as { labels: object[] }).labels.reverse();
    expect(await changesAfter(gcloud)).toEqual([]);
  });

  test('a metric', async () => {
    const gcloud = await deployed();
    const key = `metrics/${deployment.metrics[0]?.id}`;
    Object.assign(gcloud.state.resources[key] ?? {}, { filter: 'severity>=ERROR' });
    expect(await changesAfter(gcloud)).toEqual([`logging metrics update ${deployment.metrics[0]?.id}`]);
  });
});

describe('when a command fails', () => {
  const failure = async (said: string, command = 'secrets create') => {
    const gcloud = new RecordingGcloud();
    gcloud.failWith = (name) => (name === command ? said : undefined);
    return deployTo(gcloud, deployment).then(
      () => '',
      (error: Error) => error.message,
    );
  };

  test('it shows the command, what gcloud said, and what to do', async () => {
    const message = await failure('PERMISSION_DENIED: Permission secretmanager.secrets.create denied');
    expect(message).toContain('gcloud secrets create countersign-policy');
    expect(message).toContain('Permission secretmanager.secrets.create denied');
    expect(message).toContain('docs/operations.md lists the roles');
    expect(message).toContain('run the same command again');
  });

  test.each([
    ['You do not currently have an active account selected.', 'gcloud auth login'],
    ['Billing account for project is not found.', 'has no billing account'],
    ["Invalid choice: 'policies'.", 'gcloud components update'],
    ['Build failed: missing permission on the build service account.', 'roles/cloudbuild.builds.builder'],
    ['constraints/iam.disableServiceAccountCreation', 'organisation policy'],
    ['spawnSync gcloud ENOENT', 'not on the PATH'],
    ['something that nobody has seen', 'Mend the cause that it names.'],
  ])('it knows the remedy for: %s', async (said, remedy) => {
    expect(await failure(said)).toContain(remedy);
  });

  test('a look that may not look is no sign that nothing is there', async () => {
    const gcloud = await deployed();
    gcloud.failWith = (name) => (name === 'secrets describe' ? 'PERMISSION_DENIED: denied' : undefined);
    await expect(deployTo(gcloud, deployment)).rejects.toThrow('secrets describe');
    expect(gcloud.changes()).toEqual([]);
  });

  test('an answer that can not be read is told, and nothing is done on it', async () => {
    const gcloud = await deployed();
    const run = gcloud.run.bind(gcloud);
    gcloud.run = (words, input) =>
      words.includes('describe') ? { status: 0, stdout: 'WARNING: x\n{}', stderr: '' } : run(words, input);
    await expect(deployTo(gcloud, deployment)).rejects.toThrow('Its answer is no JSON: WARNING: x');
    expect(gcloud.changes()).toEqual([]);
  });

  test('it waits for what takes a moment: an account that is new, an API, a metric', async () => {
    const gcloud = new RecordingGcloud();
    let isSettled = false;
    gcloud.failWith = (name) =>
      name === 'iam service-accounts add-iam-policy-binding' && !isSettled
        ? 'INVALID_ARGUMENT: Service account countersign@ does not exist.'
        : undefined;
    const { paused } = await deployTo(gcloud, deployment, () => {
      isSettled = true;
    });
    expect(paused).toEqual([5]);
  });

  test('it waits ten minutes for a metric and not for ever', async () => {
    const gcloud = new RecordingGcloud();
    let seconds = 0;
    gcloud.failWith = (name) =>
      name === 'monitoring policies create' ? 'NOT_FOUND: Cannot find metric(s) that match type' : undefined;
    const run = deployTo(gcloud, deployment, () => {
      seconds += 1;
    });
    await expect(run).rejects.toThrow('can take ten minutes');
    expect(seconds).toBeGreaterThan(10);
  });
});
