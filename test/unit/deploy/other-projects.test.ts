import { expect, test } from 'vitest';
import { type Deployment, projectOf } from '../../../tools/deploy/deployment.ts';
import { planDeployment } from '../../../tools/deploy/plan.ts';
import { renderByHand } from '../../../tools/deploy/render-by-hand.ts';
import { deployTo, exampleDeployment } from '../../support/deployment.ts';
import { RecordingGcloud } from '../../support/gcloud/recording-gcloud.ts';

const example = await exampleDeployment();
const ours = example.signers[0] ?? '';
const theirs = 'signer@other-project.iam.gserviceaccount.com';
const secret = 'projects/vault-project/secrets/results';

/** The example with a signer and a secret of other projects beside its own. */
const deployment: Deployment = {
  ...example,
  signers: [ours, theirs],
  deliverTo: [...example.deliverTo, [secret, 'nightly-batch'] as const],
};
/** The commands by hand, each on one line. */
const byHand = (of = deployment) =>
  renderByHand(of)
    .replaceAll(/ \\\n# +/g, ' ')
    .split('\n');

test('a custom role is granted on nothing that another project owns', async () => {
  const gcloud = new RecordingGcloud();
  await deployTo(gcloud, deployment);
  const words = gcloud.calls.map((call) => call.words.join(' '));
  expect(words.filter((each) => /other-project|vault-project/.test(each))).toEqual([]);
  const granted = words.filter((each) => each.includes(`add-iam-policy-binding ${ours}`));
  expect(granted.length).toBeGreaterThan(0);
  for (const each of granted) expect(each).toContain('--role=projects/acme-signing/roles/countersignSigner');
});

test('what a signer of another project needs is left to its administrator: a role there, and its grants', () => {
  const lines = byHand().filter((line) => line.includes('--project=other-project'));
  expect(lines).toEqual([
    expect.stringMatching(/gcloud iam roles create countersignSigner .*--permissions=\S*signJwt/),
    ...['countersign', 'countersign-batch'].map((account) =>
      expect.stringContaining(
        `add-iam-policy-binding ${theirs} --member=serviceAccount:${account}@acme-signing.iam.gserviceaccount.com --role=projects/other-project/roles/countersignSigner --condition=None`,
      ),
    ),
  ]);
});

test('and what a secret of another project needs', () => {
  const lines = byHand().filter((line) => line.includes('--project=vault-project'));
  expect(lines).toEqual([
    expect.stringMatching(
      /gcloud iam roles create countersignBatchDelivery .*--permissions=\S*versions\.add/,
    ),
    expect.stringContaining(
      'secrets add-iam-policy-binding results --member=serviceAccount:countersign-batch@acme-signing.iam.gserviceaccount.com --role=projects/vault-project/roles/countersignBatchDelivery',
    ),
    expect.stringContaining('--member=serviceAccount:READER --role=roles/secretmanager.secretAccessor'),
  ]);
});

test('where all signers are of other projects, no role of this one is made for them', () => {
  const steps = planDeployment({ ...deployment, signers: [theirs] }).flatMap((section) => section.steps);
  expect(steps.filter(({ looks }) => looks.flat().includes('countersignSigner'))).toEqual([]);
});

test('where all is in this project, nothing is said of others', () => {
  expect(byHand(example).join('\n')).not.toContain('administers');
});

test.each([
  ['signer@acme-signing.iam.gserviceaccount.com', 'acme-signing'],
  ['signer@tools.example.com.iam.gserviceaccount.com', 'example.com:tools'],
  ['42-compute@developer.gserviceaccount.com', '42'],
  ['acme-signing@appspot.gserviceaccount.com', 'acme-signing'],
])('%s is of the project %s', (email, project) => {
  expect(projectOf(email)).toBe(project);
});
