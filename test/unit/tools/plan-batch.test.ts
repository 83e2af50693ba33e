import { expect, test } from 'vitest';
import { planBatch } from '../../../tools/deploy/plan-batch.ts';
import { render } from '../../../tools/deploy/step.ts';

const topic = 'projects/acme/topics/token-requests';
const secret = 'projects/acme/secrets/batch-reports';
const push = 'pubsub-push@acme.iam.gserviceaccount.com';
const plan = planBatch({
  projectId: 'acme',
  projectNumber: '42',
  region: 'europe-west1',
  signers: ['signer@acme.iam.gserviceaccount.com'],
  pushAccounts: [[topic, push]],
  deliverTo: [secret, 'projects/acme/topics/token-replies'],
})
  .map(render)
  .join('\n');

test('the push subscription carries the account’s token for the batch function, and ends at a dead-letter topic', () => {
  const [line] = plan
    .split('\n')
    .filter((each) => each.includes('subscriptions create countersign-token-requests'));
  expect(line).toContain('--push-endpoint=https://countersign-batch-42.europe-west1.run.app');
  expect(line).toContain('--push-auth-token-audience=https://countersign-batch-42.europe-west1.run.app');
  expect(line).toContain(`--push-auth-service-account=${push}`);
  expect(line).toMatch(/--ack-deadline=60 --min-retry-delay=10s --max-retry-delay=600s/);
  expect(line).toContain('--dead-letter-topic=projects/acme/topics/countersign-dead-letter');
});

test('Pub/Sub’s service agent gets what dead-lettering and the push’s token need', () => {
  const agent = plan
    .split('\n')
    .filter((each) => each.includes('service-42@gcp-sa-pubsub.iam.gserviceaccount.com'));
  expect(agent.map((each) => /--role=(\S+)/.exec(each)?.[1])).toEqual([
    'roles/pubsub.publisher',
    'roles/iam.serviceAccountTokenCreator',
    'roles/pubsub.subscriber',
  ]);
});

test('the function may deliver to the policy’s secrets and topics, and read no secret’s payload', () => {
  expect(plan).toContain(`add-iam-policy-binding ${secret}`);
  expect(plan).toContain('add-iam-policy-binding projects/acme/topics/token-replies');
  expect(plan).not.toContain('versions.access');
  expect(plan).toContain('--entry-point=countersignBatch');
});
