import { batchAccount, type Deployment, isHere, projectOf } from './deployment.ts';
import { grantSigning, keepSignerRole } from './plan-access.ts';
import { grantDelivery, keepDeliveryRole } from './plan-batch.ts';
import type { Step } from './step.ts';

/** What is to be done in a project that is not deployed to, by whoever administers it. */
export interface Elsewhere {
  project: string;
  steps: readonly Step[];
}

/**
 * What signers and secrets of other projects need: a custom role there and its grants, since a project's custom role
 * can not be granted on what another project owns (https://cloud.google.com/iam/docs/understanding-custom-roles).
 */
export function planElsewhere(deployment: Deployment): Elsewhere[] {
  const member = `serviceAccount:${batchAccount(deployment)}`;
  const signers = Map.groupBy(deployment.signers, projectOf);
  const listed = deployment.pushAccounts.length > 0 ? deployment.deliverTo : [];
  const names = new Set(listed.map(([resource]) => resource).filter((each) => each.includes('/secrets/')));
  const secrets = Map.groupBy(names, (secret) => secret.split('/')[1] ?? '');
  return [...new Set([...signers.keys(), ...secrets.keys()])]
    .filter((project) => project !== deployment.projectId)
    .map((project) => {
      const here = isHere(project, deployment);
      const ownSigners = here ? [] : (signers.get(project) ?? []);
      const ownSecrets = secrets.get(project) ?? [];
      return {
        project,
        steps: [
          ...(ownSigners.length > 0 ? [keepSignerRole(project, deployment)] : []),
          ...grantSigning(project, ownSigners, deployment),
          ...(ownSecrets.length > 0 ? [keepDeliveryRole(project)] : []),
          ...ownSecrets.map((secret) => grantDelivery(project, secret.split('/').at(-1) ?? '', member)),
        ],
      };
    })
    .filter(({ steps }) => steps.length > 0);
}
