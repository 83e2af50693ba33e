import { compileCache } from './compile-cache.ts';
import type { Deployment } from './deployment.ts';
import { gcloud, type Step } from './step.ts';

type BatchDeployment = Pick<
  Deployment,
  'projectId' | 'projectNumber' | 'region' | 'signers' | 'pushAccounts' | 'deliverTo'
>;

const functionName = 'countersign-batch';
const role = 'countersignBatchDelivery';
/** What delivering needs of a secret; never `versions.access`: no payload is read. */
const permissions = [
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
  'secretmanager.versions.add',
  'secretmanager.versions.list',
  'secretmanager.versions.destroy',
].join(',');
const policySecret = 'countersign-policy';
const policyPath = '/secrets/countersign/policy.json';

/** The batch function, its account, and for each topic that the policy names the push subscription that feeds it. */
export function planBatch(deployment: BatchDeployment): Step[] {
  const { projectId, signers, pushAccounts, deliverTo } = deployment;
  const runtime = `${functionName}@${projectId}.iam.gserviceaccount.com`;
  const deadLetter = `projects/${projectId}/topics/countersign-dead-letter`;
  const run = (...words: string[]) => gcloud(projectId, ...words);
  const member = `--member=serviceAccount:${runtime}`;
  return [
    createAccount(projectId, runtime, 'The account that the batch function runs as.'),
    ...signers.map((signer) => ({
      why: 'The batch function may sign as this signer, and as nobody else.',
      command: run(
        ...['iam', 'service-accounts', 'add-iam-policy-binding', signer, member],
        ...[`--role=projects/${projectId}/roles/countersignSigner`, '--condition=None'],
      ),
    })),
    {
      why: 'The batch function may read its policy, and no other secret.',
      command: run(
        ...['secrets', 'add-iam-policy-binding', policySecret, member],
        ...['--role=roles/secretmanager.secretAccessor', '--condition=None'],
      ),
    },
    {
      why: 'A role to deliver to secrets: add and destroy versions and note what is done, never read one.',
      unless: run('iam', 'roles', 'describe', role),
      command: run(
        ...['iam', 'roles', 'create', role, '--title=Countersign batch delivery'],
        ...[`--permissions=${permissions}`, '--stage=GA'],
      ),
    },
    ...deliverTo.map((resource) => grantDelivery(projectId, resource, member)),
    {
      why: 'Where records of undeliverable batches go, and messages that fail again and again.',
      unless: run('pubsub', 'topics', 'describe', deadLetter),
      command: run('pubsub', 'topics', 'create', deadLetter),
    },
    {
      why: 'What comes to a topic without a subscription is lost: this one keeps it.',
      unless: run('pubsub', 'subscriptions', 'describe', 'countersign-dead-letter'),
      command: run('pubsub', 'subscriptions', 'create', 'countersign-dead-letter', `--topic=${deadLetter}`),
    },
    publisherOn(
      projectId,
      deadLetter,
      `serviceAccount:${runtime}`,
      'The batch function writes its records there.',
    ),
    publisherOn(
      projectId,
      deadLetter,
      `serviceAccount:${serviceAgent(deployment)}`,
      'Pub/Sub itself moves messages there.',
    ),
    deployBatch(deployment, runtime, deadLetter),
    ...pushAccounts.flatMap(([topic, account]) => subscribe(deployment, topic, account, deadLetter)),
  ];
}

/** Pub/Sub's own account in the project (https://cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions). */
function serviceAgent({ projectNumber }: BatchDeployment): string {
  return `service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

function batchUrl({ projectNumber, region }: BatchDeployment): string {
  return `https://${functionName}-${projectNumber}.${region}.run.app`;
}

function createAccount(projectId: string, email: string, why: string): Step {
  return {
    why,
    unless: gcloud(projectId, 'iam', 'service-accounts', 'describe', email),
    command: gcloud(projectId, 'iam', 'service-accounts', 'create', email.slice(0, email.indexOf('@'))),
  };
}

function publisherOn(projectId: string, topic: string, member: string, why: string): Step {
  const words = ['pubsub', 'topics', 'add-iam-policy-binding', topic, `--member=${member}`];
  return { why, command: gcloud(projectId, ...words, '--role=roles/pubsub.publisher') };
}

function grantDelivery(projectId: string, resource: string, member: string): Step {
  const isTopic = resource.includes('/topics/');
  if (isTopic) {
    return publisherOn(
      projectId,
      resource,
      member.slice('--member='.length),
      'Encrypted results go to this topic.',
    );
  }
  return {
    why: 'Results go to this secret; it also needs the label countersign=BINDING_ID.',
    command: gcloud(
      ...([projectId, 'secrets', 'add-iam-policy-binding', resource, member] as const),
      ...[`--role=projects/${projectId}/roles/${role}`, '--condition=None'],
    ),
  };
}

function deployBatch(deployment: BatchDeployment, runtime: string, deadLetter: string): Step {
  const { projectId, region } = deployment;
  const environment = [
    'NODE_ENV=production',
    ...compileCache,
    `GOOGLE_CLOUD_PROJECT=${projectId}`,
    `COUNTERSIGN_POLICY=${policyPath}`,
    `COUNTERSIGN_BATCH_URL=${batchUrl(deployment)}`,
    `COUNTERSIGN_DEAD_LETTER_TOPIC=${deadLetter}`,
  ];
  return {
    why: 'The batch function. Cloud Run’s own check might strip the token that Pub/Sub sends: it is off, ingress is internal, and the function verifies alone.',
    command: gcloud(
      ...([projectId, 'functions', 'deploy', functionName, '--gen2', `--region=${region}`] as const),
      ...['--runtime=nodejs24', '--source=.', '--entry-point=countersignBatch', '--trigger-http'],
      ...['--allow-unauthenticated', '--ingress-settings=internal-only', `--service-account=${runtime}`],
      // A message has 10 MB, and eight of them with what they come to stay below the memory.
      ...['--memory=1Gi', '--cpu=1', '--concurrency=8', '--max-instances=5', '--timeout=60s'],
      `--set-secrets=${policyPath}=${policySecret}:latest`,
      `--set-env-vars=${environment.join(',')}`,
    ),
  };
}

/** A push subscription of our own: an Eventarc trigger without retry would drop what fails. */
function subscribe(deployment: BatchDeployment, topic: string, account: string, deadLetter: string): Step[] {
  const { projectId } = deployment;
  const name = `countersign-${topic.split('/').at(-1)}`;
  const run = (...words: string[]) => gcloud(projectId, ...words);
  return [
    {
      why: 'The topic that batches are asked on; who may publish there may ask as it.',
      unless: run('pubsub', 'topics', 'describe', topic),
      command: run('pubsub', 'topics', 'create', topic),
    },
    ...(account.endsWith(`@${projectId}.iam.gserviceaccount.com`)
      ? [
          createAccount(
            projectId,
            account,
            'The account whose token the push carries: it stands for the topic.',
          ),
        ]
      : []),
    {
      why: 'Pub/Sub may make tokens of that account.',
      command: run(
        ...['iam', 'service-accounts', 'add-iam-policy-binding', account],
        ...[`--member=serviceAccount:${serviceAgent(deployment)}`],
        ...['--role=roles/iam.serviceAccountTokenCreator', '--condition=None'],
      ),
    },
    {
      why: 'The push: a minute to acknowledge, back-off from 10 s to 600 s, and 20 attempts before the dead-letter topic.',
      unless: run('pubsub', 'subscriptions', 'describe', name),
      command: run(
        ...['pubsub', 'subscriptions', 'create', name, `--topic=${topic}`],
        ...[`--push-endpoint=${batchUrl(deployment)}`, `--push-auth-service-account=${account}`],
        ...[`--push-auth-token-audience=${batchUrl(deployment)}`, '--ack-deadline=60'],
        ...['--min-retry-delay=10s', '--max-retry-delay=600s', '--expiration-period=never'],
        ...[`--dead-letter-topic=${deadLetter}`, '--max-delivery-attempts=20'],
      ),
    },
    {
      why: 'To move a message to the dead-letter topic, Pub/Sub has to acknowledge it here.',
      command: run(
        ...['pubsub', 'subscriptions', 'add-iam-policy-binding', name],
        ...[`--member=serviceAccount:${serviceAgent(deployment)}`, '--role=roles/pubsub.subscriber'],
      ),
    },
  ];
}
