import { createHash } from 'node:crypto';
import { batchAccount, type Deployment, runtimeAccount } from './deployment.ts';
import { memberOf } from './found.ts';
import { grant } from './plan-access.ts';
import { gcloud, look, type Section, type Step } from './step.ts';

export const policySecret = 'countersign-policy';
export const policyPath = '/secrets/countersign/policy.json';
/** Notes on the secret which version holds which policy, so that nobody has to read one to know. */
const note = 'countersign-deployed';

/** The policy in Secret Manager, from where Cloud Run mounts it into the functions. */
export function planPolicy(deployment: Deployment): Section {
  const { projectId, pushAccounts } = deployment;
  const reads = (account: string, who: string) =>
    grant(
      projectId,
      { kind: ['secrets'], name: policySecret },
      `serviceAccount:${account}`,
      'roles/secretmanager.secretAccessor',
      `${who} may read its policy, and no other secret.`,
    );
  return {
    title: 'The policy, as a secret that is mounted',
    steps: [
      {
        why: 'The policy is kept in Secret Manager: who may change it is then decided there.',
        looks: [look(projectId, 'secrets', 'describe', policySecret)],
        mend: (found) =>
          found === undefined
            ? [
                {
                  words: gcloud(
                    projectId,
                    ...['secrets', 'create', policySecret, '--replication-policy=automatic'],
                  ),
                },
              ]
            : [],
      },
      keepVersion(deployment),
      reads(runtimeAccount(deployment), 'The function'),
      ...(pushAccounts.length > 0 ? [reads(batchAccount(deployment), 'The batch function')] : []),
    ],
  };
}

/**
 * A new version where the latest is not this policy. What the latest holds is told by the note: its number and the
 * policy's digest. A version that someone adds by hand has another number, and is replaced.
 */
function keepVersion({ projectId, policyFile, policyText }: Deployment): Step {
  const digest = createHash('sha256').update(policyText).digest('hex');
  return {
    why: 'The policy as it stands, and a note of which version has it: an equal one is not stored again.',
    looks: [
      look(projectId, 'secrets', 'describe', policySecret),
      look(projectId, 'secrets', 'versions', 'describe', 'latest', `--secret=${policySecret}`),
    ],
    mend: (secret, latest) => {
      const number = Number(
        String(memberOf(latest, 'name') ?? '/0')
          .split('/')
          .at(-1),
      );
      const isEnabled = memberOf(latest, 'state') === 'ENABLED';
      if (isEnabled && memberOf(secret, 'annotations', note) === `${number}-${digest}`) return [];
      const add = ['secrets', 'versions', 'add', policySecret, '--data-file=-'];
      const noted = `--update-annotations=${note}=${number + 1}-${digest}`;
      return [
        {
          words: gcloud(projectId, ...add),
          input: { file: policyFile, projectId, text: policyText },
        },
        { words: gcloud(projectId, 'secrets', 'update', policySecret, noted) },
      ];
    },
  };
}
