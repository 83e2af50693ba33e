import { type Deployment, httpFunction, isOf, serviceUrl } from './deployment.ts';
import { planElsewhere } from './plan-elsewhere.ts';
import { learnProjectNumber, quote, renderCommand, wrap } from './render.ts';
import { type Command, gcloud, unknownProjectNumber } from './step.ts';

/** What is left for the operator, since it is about accounts and people that a deployment does not know. */
export function renderByHand(deployment: Deployment): string {
  const { projectId, region, callers, pushAccounts, deliverTo } = deployment;
  const { caller, audience } = deployment.trial ?? { caller: 'CALLER', audience: 'AUDIENCE' };
  const check = [
    ...['npm', 'run', '--silent', 'countersign', '--', 'check', audience],
    ...['--url', serviceUrl(deployment, httpFunction), '--as', caller],
  ];
  const show = (...words: string[]) => showCommand({ words: gcloud(projectId, ...words) });
  const secrets = deliverTo.filter(([resource]) => resource.includes('/secrets/'));
  const items = [
    ...planElsewhere(deployment).map(({ project, steps }) => [
      `Have who administers the project ${project} run this, without which nothing is signed or delivered there: a custom role can be granted in its own project alone. A secret there needs its binding's label countersign, too.`,
      ...steps.flatMap(({ looks, mend }) => mend(...looks.map(() => undefined)).flatMap(showCommand)),
    ]),
    [
      'Let the callers through Cloud Run; the policy then says what each may ask for.',
      ...callers.flatMap((member) => [
        ...createFirst(projectId, member),
        ...show(
          ...['run', 'services', 'add-iam-policy-binding', httpFunction, `--region=${region}`],
          ...[`--member=${member}`, '--role=roles/run.invoker'],
        ),
      ]),
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
      ...showCommand({
        words: gcloud(
          secret.split('/')[1] ?? '',
          ...['secrets', 'add-iam-policy-binding', secret.split('/').at(-1) ?? ''],
          '--member=serviceAccount:READER',
          ...['--role=roles/secretmanager.secretAccessor', '--condition=None'],
        ),
      }),
    ]),
    [
      'Give the alerts somebody to tell: attach notification channels to them in the console, under Monitoring. A later deployment leaves them attached.',
    ],
    [
      'Turn on Data Access audit logs of the IAM Service Account Credentials API, where signing past Countersign would show.',
    ],
    [
      'See that it works, as a caller; a grant takes up to 7 minutes. For --as you need roles/iam.serviceAccountOpenIdTokenCreator on the caller.',
      ...(deployment.projectNumber === unknownProjectNumber ? [`#   ${learnProjectNumber(projectId)}`] : []),
      `#   ${check.map(quote).join(' ')}`,
    ],
  ];
  return [
    '# By hand, afterwards (docs/operations.md has more)',
    ...items.flatMap(([text = '', ...lines], index) => ['#', ...wrap(`${index + 1}. ${text}`), ...lines]),
  ].join('\n');
}

/** How to make a caller's account that is one of this project: what runs as it is none of the deployment's. */
function createFirst(projectId: string, member: string): string[] {
  const [kind, email = ''] = member.split(':', 2);
  if (kind !== 'serviceAccount' || !isOf(email, projectId)) return [];
  const [name = ''] = email.split('@');
  return [
    `#   # Create ${name} first if it is not there:`,
    ...showCommand({ words: gcloud(projectId, 'iam', 'service-accounts', 'create', name) }),
  ];
}

function showCommand(command: Command): string[] {
  return renderCommand(command)
    .split('\n')
    .map((line) => `#   ${line}`);
}
