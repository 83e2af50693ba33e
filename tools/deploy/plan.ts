import type { Deployment } from './deployment.ts';
import { includes, listOf } from './found.ts';
import { planAccess } from './plan-access.ts';
import { planBatch } from './plan-batch.ts';
import { planFunction } from './plan-function.ts';
import { planMonitoring } from './plan-monitoring.ts';
import { planPolicy } from './plan-policy.ts';
import { planProbe } from './plan-probe.ts';
import { gcloud, look, type Section } from './step.ts';

const apis = [
  'iamcredentials.googleapis.com',
  'iam.googleapis.com',
  'cloudfunctions.googleapis.com',
  'run.googleapis.com',
  'cloudbuild.googleapis.com',
  'artifactregistry.googleapis.com',
  'secretmanager.googleapis.com',
  'logging.googleapis.com',
  'monitoring.googleapis.com',
];

/** A whole deployment, in order; done twice it changes nothing the second time. Pure. */
export function planDeployment(deployment: Deployment): Section[] {
  const hasBatches = deployment.pushAccounts.length > 0;
  const { probeAudience } = deployment;
  return [
    planApis(deployment),
    planAccess(deployment),
    planPolicy(deployment),
    planFunction(deployment),
    ...(hasBatches ? [planBatch(deployment)] : []),
    ...(probeAudience === undefined ? [] : [planProbe(deployment, probeAudience)]),
    planMonitoring(deployment),
  ];
}

function planApis({ projectId, pushAccounts, probeAudience }: Deployment): Section {
  const needed = [
    ...apis,
    ...(pushAccounts.length > 0 ? ['pubsub.googleapis.com'] : []),
    ...(probeAudience === undefined ? [] : ['cloudscheduler.googleapis.com']),
  ];
  return {
    title: 'APIs',
    steps: [
      {
        why: 'IAM Credentials signs; the others build and run the functions, keep the policy, and watch.',
        looks: [look(projectId, 'services', 'list', '--enabled')],
        mend: (found) => {
          const isEnabled = (api: string) =>
            listOf(found).some((service) => includes(service, { config: { name: api } }));
          const missing = needed.filter((api) => !isEnabled(api));
          return missing.length === 0 ? [] : [{ words: gcloud(projectId, 'services', 'enable', ...missing) }];
        },
      },
    ],
  };
}
