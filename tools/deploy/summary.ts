import {
  batchAccount,
  batchFunction,
  type Deployment,
  examplePolicy,
  httpFunction,
  runtimeAccount,
} from './deployment.ts';
import { alertsOf } from './plan-monitoring.ts';
import { policySecret } from './plan-policy.ts';
import { wrap } from './render.ts';
import type { Section } from './step.ts';

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
