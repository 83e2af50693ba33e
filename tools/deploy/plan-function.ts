import { createHash } from 'node:crypto';
import { compileCache } from '../build/compile-cache.ts';
import { batchFunction, type Deployment, httpFunction, runtimeAccount, serviceUrl } from './deployment.ts';
import { memberOf } from './found.ts';
import { policyPath, policySecret } from './plan-policy.ts';
import { gcloud, look, type Section, type Step, unknownProjectNumber } from './step.ts';

/** What a function was deployed from and with, noted on it: an equal deployment is left out. */
const label = 'countersign-deployed';

/** The HTTP function, private, under the URL that its callers ask their tokens for. */
export function planFunction(deployment: Deployment): Section {
  const { projectId, region } = deployment;
  const url = serviceUrl(deployment, httpFunction);
  return {
    title: 'The HTTP function',
    steps: [
      keepFunction(
        deployment,
        httpFunction,
        [
          '--entry-point=countersign',
          `--service-account=${runtimeAccount(deployment)}`,
          // 80 requests of at most 64 KiB each are far below the memory.
          ...['--memory=256Mi', '--cpu=1', '--concurrency=80'],
          ...['--min-instances=0', '--max-instances=20', '--timeout=15s'],
        ],
        {
          COUNTERSIGN_URL: url,
          // So that it signs nothing for the other function's audience either.
          ...(deployment.pushAccounts.length > 0 && {
            COUNTERSIGN_BATCH_URL: serviceUrl(deployment, batchFunction),
          }),
        },
        'The function, private: only who holds roles/run.invoker on it gets through to be asked for a policy.',
      ),
      {
        why: 'Callers ask their ID tokens for this URL; Cloud Run accepts it as audience whichever of its URLs is called.',
        looks: [look(projectId, 'run', 'services', 'describe', httpFunction, `--region=${region}`)],
        mend: (found) =>
          String(annotation(found, 'run.googleapis.com/custom-audiences')).includes(`"${url}"`)
            ? []
            : [
                {
                  words: gcloud(
                    projectId,
                    ...['run', 'services', 'update', httpFunction, `--region=${region}`],
                    `--add-custom-audiences=${url}`,
                  ),
                },
              ],
      },
    ],
  };
}

export function annotation(service: unknown, name: string): unknown {
  return memberOf(service, 'metadata', 'annotations', name);
}

/** A function of this source, deployed where it is not there, not well, or was deployed from or with something else. */
export function keepFunction(
  deployment: Deployment,
  name: string,
  flags: readonly string[],
  settings: Record<string, string>,
  why: string,
): Step {
  const { projectId, region, sourceDigests } = deployment;
  const environment = Object.entries({
    NODE_ENV: 'production',
    ...compileCache,
    GOOGLE_CLOUD_PROJECT: projectId,
    COUNTERSIGN_POLICY: policyPath,
    ...settings,
  });
  const words = [
    ...['functions', 'deploy', name, '--gen2', `--region=${region}`, '--runtime=nodejs24', '--source=.'],
    ...['--trigger-http', '--no-allow-unauthenticated', ...flags],
    `--set-secrets=${policyPath}=${policySecret}:latest`,
    `--set-env-vars=${environment.map((each) => each.join('=')).join(',')}`,
  ];
  const digest = digestOf(deployment, sourceDigests.functions, words);
  return {
    why,
    looks: [look(projectId, 'functions', 'describe', name, '--v2', `--region=${region}`)],
    mend: (found) =>
      memberOf(found, 'state') === 'ACTIVE' && memberOf(found, 'labels', label) === digest
        ? []
        : [{ words: gcloud(projectId, ...words, `--update-labels=${label}=${digest}`) }],
  };
}

/**
 * What something was deployed from and with, of at most the 63 characters that a label's value has. It does not depend
 * on whether the project's number was known, so that a plan that was printed and one that was run agree.
 */
export function digestOf(
  { projectNumber }: Deployment,
  sourceDigest: string,
  words: readonly string[],
): string {
  const given = words.map((word) => word.replaceAll(projectNumber, unknownProjectNumber));
  return createHash('sha256')
    .update(JSON.stringify([sourceDigest, given]))
    .digest('hex')
    .slice(0, 40);
}
