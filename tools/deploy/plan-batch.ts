import {
  batchAccount,
  batchFunction,
  type Deployment,
  httpFunction,
  isOf,
  serviceUrl,
} from './deployment.ts';
import { includes } from './found.ts';
import { createAccount, grant, keepRole, serviceAccount } from './plan-access.ts';
import { annotation, keepFunction } from './plan-function.ts';
import { gcloud, look, type Section, type Step } from './step.ts';

const role = 'countersignBatchDelivery';
/** What delivering needs of a secret; never `versions.access`: no payload is read. */
const permissions = [
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
  'secretmanager.versions.add',
  'secretmanager.versions.list',
  'secretmanager.versions.destroy',
];

/** The custom role to deliver to secrets, in a project of such secrets. */
export function keepDeliveryRole(projectId: string): Step {
  return keepRole(
    projectId,
    role,
    'Countersign batch delivery',
    permissions,
    'A role to deliver to secrets: add and destroy versions and note what is done, never read one.',
  );
}

/** The right to deliver to a secret, by the role of the secret's own project. */
export function grantDelivery(projectId: string, secret: string, member: string): Step {
  return grant(
    projectId,
    { kind: ['secrets'], name: secret },
    member,
    `projects/${projectId}/roles/${role}`,
    'Results go to this secret; the function can not read what is in it.',
  );
}

/** The batch function, what it delivers to, and for each topic that the policy names the push subscription. */
export function planBatch(deployment: Deployment): Section {
  const { projectId, pushAccounts, deliverTo } = deployment;
  const member = `serviceAccount:${batchAccount(deployment)}`;
  const deadLetter = `projects/${projectId}/topics/countersign-dead-letter`;
  return {
    title: 'Batches through Pub/Sub',
    steps: [
      keepDeliveryRole(projectId),
      ...deliverTo.flatMap(([resource, binding]) => deliver(projectId, resource, binding, member)),
      createTopic(
        projectId,
        deadLetter,
        'Where records of undeliverable batches go, and messages that fail again and again.',
      ),
      createPull(
        projectId,
        deadLetter,
        'countersign-dead-letter',
        'What comes to a topic without a subscription is lost: this one keeps it.',
      ),
      publisherOn(projectId, deadLetter, member, 'The batch function writes its records there.'),
      publisherOn(projectId, deadLetter, pubsubAgent(deployment), 'Pub/Sub itself moves messages there.'),
      ...deployBatch(deployment, deadLetter),
      ...pushAccounts.flatMap(([topic, account]) => subscribe(deployment, topic, account, deadLetter)),
    ],
  };
}

/** Pub/Sub's own account in the project (https://cloud.google.com/pubsub/docs/dead-letter-topics#grant_forwarding_permissions). */
function pubsubAgent({ projectNumber }: Deployment): string {
  return `serviceAccount:service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
}

function createTopic(projectId: string, topic: string, why: string): Step {
  return {
    why,
    looks: [look(projectId, 'pubsub', 'topics', 'describe', topic)],
    mend: (found) =>
      found === undefined ? [{ words: gcloud(projectId, 'pubsub', 'topics', 'create', topic) }] : [],
  };
}

function createPull(projectId: string, topic: string, name: string, why: string): Step {
  const words = ['pubsub', 'subscriptions', 'create', name, `--topic=${topic}`, '--expiration-period=never'];
  return {
    why,
    looks: [look(projectId, 'pubsub', 'subscriptions', 'describe', name)],
    mend: (found) => (found === undefined ? [{ words: gcloud(projectId, ...words) }] : []),
  };
}

function publisherOn(projectId: string, topic: string, member: string, why: string): Step {
  return grant(projectId, { kind: ['pubsub', 'topics'], name: topic }, member, 'roles/pubsub.publisher', why);
}

/** A place of the policy's where results go, made where it is one of this project. */
function deliver(projectId: string, resource: string, binding: string, member: string): Step[] {
  const isOurs = resource.startsWith(`projects/${projectId}/`);
  if (resource.includes('/topics/')) {
    return [
      ...(isOurs ? [createTopic(projectId, resource, 'A topic that encrypted results go to.')] : []),
      publisherOn(projectId, resource, member, 'Encrypted results go to this topic.'),
    ];
  }
  // The custom role holds in its own project alone: plan-elsewhere.ts has the secrets of others.
  if (!isOurs) return [];
  const name = resource.split('/').at(-1) ?? '';
  const create = ['secrets', 'create', name, '--replication-policy=automatic'];
  return [
    {
      why: 'A secret that results go to, with the label of its binding, without which nothing is written.',
      looks: [look(projectId, 'secrets', 'describe', name)],
      mend: (found: unknown) =>
        found === undefined
          ? [{ words: gcloud(projectId, ...create, `--labels=countersign=${binding}`) }]
          : includes(found, { labels: { countersign: binding } })
            ? []
            : [
                {
                  words: gcloud(
                    projectId,
                    'secrets',
                    'update',
                    name,
                    `--update-labels=countersign=${binding}`,
                  ),
                },
              ],
    },
    grantDelivery(projectId, name, member),
  ];
}

function deployBatch(deployment: Deployment, deadLetter: string): Step[] {
  const { projectId, region } = deployment;
  const update = ['run', 'services', 'update', batchFunction, `--region=${region}`];
  return [
    keepFunction(
      deployment,
      batchFunction,
      [
        ...['--entry-point=countersignBatch', '--ingress-settings=internal-only'],
        `--service-account=${batchAccount(deployment)}`,
        // A message has 10 MB, and eight of them with what they come to stay below the memory.
        ...['--memory=1Gi', '--cpu=1', '--concurrency=8'],
        ...['--min-instances=0', '--max-instances=5', '--timeout=60s'],
      ],
      {
        COUNTERSIGN_BATCH_URL: serviceUrl(deployment, batchFunction),
        COUNTERSIGN_URL: serviceUrl(deployment, httpFunction),
        COUNTERSIGN_DEAD_LETTER_TOPIC: deadLetter,
      },
      'The batch function, reached from inside Google Cloud alone, as Pub/Sub is.',
    ),
    {
      why: 'Cloud Run’s own check might strip the token that Pub/Sub sends: it is off, nobody is granted anything, and the function verifies every push alone.',
      looks: [look(projectId, 'run', 'services', 'describe', batchFunction, `--region=${region}`)],
      mend: (found) =>
        annotation(found, 'run.googleapis.com/invoker-iam-disabled') === 'true'
          ? []
          : [{ words: gcloud(projectId, ...update, '--no-invoker-iam-check') }],
    },
  ];
}

/** A push subscription of our own: an Eventarc trigger without retry would drop what fails. */
function subscribe(deployment: Deployment, topic: string, account: string, deadLetter: string): Step[] {
  const { projectId } = deployment;
  const name = `countersign-${topic.split('/').at(-1)}`;
  const subscription = { kind: ['pubsub', 'subscriptions'], name };
  return [
    createTopic(projectId, topic, 'A topic that batches are asked on; who may publish there may ask as it.'),
    ...(isOf(account, projectId)
      ? [
          createAccount(
            projectId,
            account,
            'Countersign push',
            'The account whose token the push carries: it stands for the topic.',
          ),
        ]
      : []),
    grant(
      projectId,
      serviceAccount(account),
      pubsubAgent(deployment),
      'roles/iam.serviceAccountTokenCreator',
      'Pub/Sub may make tokens of that account.',
    ),
    keepPush(deployment, name, topic, account, deadLetter),
    grant(
      projectId,
      subscription,
      pubsubAgent(deployment),
      'roles/pubsub.subscriber',
      'To move a message to the dead-letter topic, Pub/Sub has to acknowledge it here.',
    ),
  ];
}

function keepPush(
  deployment: Deployment,
  name: string,
  topic: string,
  account: string,
  deadLetter: string,
): Step {
  const { projectId } = deployment;
  const url = serviceUrl(deployment, batchFunction);
  const flags = [
    ...[`--push-endpoint=${url}`, `--push-auth-service-account=${account}`],
    ...[`--push-auth-token-audience=${url}`, '--ack-deadline=60'],
    ...['--min-retry-delay=10s', '--max-retry-delay=600s', '--expiration-period=never'],
    ...[`--dead-letter-topic=${deadLetter}`, '--max-delivery-attempts=20'],
  ];
  const wanted = {
    ackDeadlineSeconds: 60,
    pushConfig: { pushEndpoint: url, oidcToken: { serviceAccountEmail: account, audience: url } },
    retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
    deadLetterPolicy: { deadLetterTopic: deadLetter, maxDeliveryAttempts: 20 },
  };
  return {
    why: 'The push: a minute to acknowledge, back-off from 10 s to 600 s, and 20 attempts before the dead-letter topic.',
    looks: [look(projectId, 'pubsub', 'subscriptions', 'describe', name)],
    mend: (found) => {
      if (includes(found, wanted)) return [];
      const change = found === undefined ? ['create', name, `--topic=${topic}`] : ['update', name];
      return [{ words: gcloud(projectId, 'pubsub', 'subscriptions', ...change, ...flags) }];
    },
  };
}
