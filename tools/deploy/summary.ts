import {
  batchAccount,
  batchFunction,
  type Deployment,
  examplePolicy,
  httpFunction,
  runtimeAccount,
  serviceUrl,
} from './deployment.ts';
import { alertsOf } from './plan-monitoring.ts';
import { policySecret } from './plan-policy.ts';
import { renderCommand, wrap } from './render.ts';
import { gcloud, type Section } from './step.ts';

/** What an operator is to know before anything is run: what there will be, who can do what, and what is billed. */
export function summarise(deployment: Deployment, sections: readonly Section[]): string {
  const { projectId, region, policyFile, pushAccounts, probeAudience, metrics } = deployment;
  const signers = deployment.signers.join(', ');
  const hasBatches = pushAccounts.length > 0;
  const steps = sections.reduce((total, section) => total + section.steps.length, 0);
  const permits = [
    `${runtimeAccount(deployment)} signs as ${signers} and reads the secret ${policySecret}.`,
    ...(hasBatches
      ? [`${batchAccount(deployment)} does so too, and writes results to what the policy's deliverTo lists.`]
      : []),
    'Nobody may call the HTTP function before run.invoker is granted to them; allUsers is granted nothing.',
  ];
  const makes = [
    `HTTP function     ${httpFunction}, private, at most 20 instances of 256 MiB`,
    ...(hasBatches
      ? [
          `Batch function    ${batchFunction}, internal, at most 5 instances of 1 GiB`,
          `Topics            ${pushAccounts.map(([topic]) => topic.split('/').at(-1)).join(', ')}, each pushed, with a dead-letter topic behind`,
        ]
      : ['Batches           none: the policy has no pushAccounts']),
    probeAudience === undefined
      ? 'Prober            none: no binding of the policy names countersign-prober'
      : `Prober            every ten minutes, for ${probeAudience}`,
    `Policy            ${policyFile}, as the secret ${policySecret}`,
    `Watching          ${metrics.length} log-based metrics, ${alertsOf(deployment).length} alerts`,
  ];
  return [
    `# Countersign in the project ${projectId}, ${region}: ${steps} steps. Nothing is run without --yes.`,
    ...(policyFile === examplePolicy
      ? wrap(
          `It is made for the example policy, ${examplePolicy}: name your own with --policy FILE, which --yes demands.`,
        )
      : []),
    '#',
    '# What there will be',
    ...makes.map((each) => `#   ${each}`),
    '#',
    '# Who can do what',
    ...permits.flatMap((each) =>
      wrap(each, '#     ').map((line, index) => (index === 0 ? `#   - ${line.slice(6)}` : line)),
    ),
    '#',
    '# What is billed',
    ...wrap(
      'Requests and the time that they take (no instance is kept: --min-instances=0); builds and the images they leave; log lines and metrics; secret versions and their reads' +
        (hasBatches ? '; Pub/Sub messages' : '') +
        (probeAudience === undefined ? '' : '; the scheduler and the runs of the prober') +
        '.',
      '#   ',
    ),
    '#',
    ...wrap(
      'With --yes each step first looks at what is there, and is left out where that is as it should be. As a script, this makes it all in a project that has none of it.',
    ),
  ].join('\n');
}

/** What is left for the operator, since it is about accounts and people that a deployment does not know. */
export function renderByHand(deployment: Deployment): string {
  const { projectId, region, callers, pushAccounts, deliverTo } = deployment;
  const url = serviceUrl(deployment, httpFunction);
  const show = (...words: string[]) =>
    renderCommand({ words: gcloud(projectId, ...words) })
      .split('\n')
      .map((line) => `#   ${line}`);
  const secrets = deliverTo.filter(([resource]) => resource.includes('/secrets/'));
  const items = [
    [
      'Let the callers through Cloud Run; the policy then says what each may ask for.',
      ...callers.flatMap((member) =>
        show(
          ...['run', 'services', 'add-iam-policy-binding', httpFunction, `--region=${region}`],
          ...[`--member=${member}`, '--role=roles/run.invoker'],
        ),
      ),
    ],
    ...pushAccounts.map(([topic]) => [
      'Let who asks for batches publish on the topic; whoever may do so asks as the topic.',
      ...show(
        ...['pubsub', 'topics', 'add-iam-policy-binding', topic],
        ...['--member=serviceAccount:PUBLISHER', '--role=roles/pubsub.publisher'],
      ),
    ]),
    ...secrets.map(([secret, binding]) => [
      `Let who gets the results of ${binding} read them, and nobody else.`,
      ...show(
        ...['secrets', 'add-iam-policy-binding', secret.split('/').at(-1) ?? ''],
        ...[
          '--member=serviceAccount:READER',
          '--role=roles/secretmanager.secretAccessor',
          '--condition=None',
        ],
      ),
    ]),
    [
      'Give the alerts somebody to tell: attach notification channels to them in the console, under Monitoring. A later deployment leaves them attached.',
    ],
    [
      'Turn on Data Access audit logs of the IAM Service Account Credentials API, where signing past Countersign would show.',
    ],
    [
      'See that it works, as a caller; a grant takes up to 7 minutes.',
      `#   npm run --silent countersign -- check AUDIENCE --url ${url} --as CALLER`,
    ],
  ];
  return [
    '# By hand, afterwards (docs/operations.md has more)',
    ...items.flatMap(([text = '', ...lines], index) => ['#', ...wrap(`${index + 1}. ${text}`), ...lines]),
  ].join('\n');
}
