import type { Kind } from '../../functions/policy/policy.ts';
import { batchAccount, type Deployment, isHere, isOf, projectOf, runtimeAccount } from './deployment.ts';
import { listOf, memberOf } from './found.ts';
import { gcloud, look, type Section, type Step } from './step.ts';

const permissions: Record<Kind, string> = {
  jwt: 'iam.serviceAccounts.signJwt',
  id_token: 'iam.serviceAccounts.getOpenIdToken',
  signature: 'iam.serviceAccounts.signBlob',
};

/** A service account, made where it is not there. */
export function createAccount(projectId: string, email: string, displayName: string, why: string): Step {
  return {
    why,
    looks: [look(projectId, 'iam', 'service-accounts', 'describe', email)],
    mend: (found) =>
      found === undefined
        ? [
            {
              words: gcloud(
                projectId,
                ...['iam', 'service-accounts', 'create', email.slice(0, email.indexOf('@'))],
                `--display-name=${displayName}`,
              ),
            },
          ]
        : [],
  };
}

/** What an IAM policy is set on: the words of gcloud before its name, the name, and its location where it has one. */
export interface Resource {
  kind: readonly string[];
  name: string;
  location?: string;
}

export function serviceAccount(email: string): Resource {
  return { kind: ['iam', 'service-accounts'], name: email };
}

/** A role on one resource for one member, granted where it is not. */
export function grant(
  projectId: string,
  { kind, name, location }: Resource,
  member: string,
  role: string,
  why: string,
): Step {
  const place = location === undefined ? [] : [`--region=${location}`];
  // Neither Pub/Sub's commands nor Cloud Run's for jobs know conditions.
  const unconditional = ['iam', 'secrets'].includes(kind[0] ?? '') ? ['--condition=None'] : [];
  const add = [...kind, 'add-iam-policy-binding', name, ...place, `--member=${member}`, `--role=${role}`];
  return {
    why,
    looks: [look(projectId, ...kind, 'get-iam-policy', name, ...place)],
    mend: (found) =>
      isGranted(found, member, role) ? [] : [{ words: gcloud(projectId, ...add, ...unconditional) }],
  };
}

function isGranted(policy: unknown, member: string, role: string): boolean {
  return listOf(memberOf(policy, 'bindings')).some(
    (binding) =>
      memberOf(binding, 'role') === role &&
      memberOf(binding, 'condition') === undefined &&
      listOf(memberOf(binding, 'members')).includes(member),
  );
}

/** A custom role of just these permissions. */
export function keepRole(
  projectId: string,
  id: string,
  title: string,
  wanted: readonly string[],
  why: string,
): Step {
  const list = `--permissions=${wanted.join(',')}`;
  const update = { words: gcloud(projectId, 'iam', 'roles', 'update', id, list) };
  return {
    why,
    looks: [look(projectId, 'iam', 'roles', 'describe', id)],
    mend: (found) => {
      if (found === undefined) {
        const words = ['iam', 'roles', 'create', id, `--title=${title}`, list, '--stage=GA'];
        return [{ words: gcloud(projectId, ...words) }];
      }
      const held = listOf(memberOf(found, 'includedPermissions'));
      const isAsWanted = held.length === wanted.length && wanted.every((each) => held.includes(each));
      // A deleted role keeps its name for weeks, and can only be taken back.
      const isDeleted = memberOf(found, 'deleted') === true;
      return [
        ...(isDeleted ? [{ words: gcloud(projectId, 'iam', 'roles', 'undelete', id) }] : []),
        ...(isAsWanted ? [] : [update]),
      ];
    },
  };
}

export const signerRole = 'countersignSigner';

/** The custom role of just what the policy needs, in a project of signers. */
export function keepSignerRole(projectId: string, { kinds }: Deployment): Step {
  return keepRole(
    projectId,
    signerRole,
    'Countersign signer',
    [...new Set(kinds)].map((kind) => permissions[kind]),
    'A role of just what the policy needs: it can not mint access tokens, as Token Creator can.',
  );
}

/** The right of our accounts to sign as these signers of one project, by that project's own role. */
export function grantSigning(projectId: string, signers: readonly string[], deployment: Deployment): Step[] {
  const role = `projects/${projectId}/roles/${signerRole}`;
  const grantTo = (account: string, why: string) =>
    signers.map((signer) => grant(projectId, serviceAccount(signer), `serviceAccount:${account}`, role, why));
  return [
    ...grantTo(
      runtimeAccount(deployment),
      deployment.selfSigning
        ? 'The function runs as the signer, and so signs as itself.'
        : 'The function may sign as this signer, and as nobody else.',
    ),
    ...(deployment.pushAccounts.length > 0
      ? grantTo(batchAccount(deployment), 'The batch function may sign as this signer, and as nobody else.')
      : []),
  ];
}

/** The accounts, and the right to sign as the signers of this project: a custom role on each of them alone. */
export function planAccess(deployment: Deployment): Section {
  const { projectId, signers, selfSigning, pushAccounts } = deployment;
  const runtime = runtimeAccount(deployment);
  const batch = batchAccount(deployment);
  const hasBatches = pushAccounts.length > 0;
  const ours = signers.filter((signer) => isHere(projectOf(signer), deployment));
  return {
    title: 'Accounts, and who may sign as whom',
    steps: [
      ...(selfSigning
        ? []
        : [
            createAccount(
              projectId,
              runtime,
              'Countersign (HTTP function)',
              'The account that the function runs as.',
            ),
          ]),
      ...(hasBatches
        ? [
            createAccount(
              projectId,
              batch,
              'Countersign (batch function)',
              'The account that the batch function runs as.',
            ),
          ]
        : []),
      ...signers
        .filter((signer) => isOf(signer, projectId))
        .map((signer) =>
          createAccount(
            projectId,
            signer,
            'Countersign signer',
            selfSigning
              ? 'The signer, which the function runs as: give it no other role.'
              : 'A signer: it holds no role, and nothing but Countersign signs as it.',
          ),
        ),
      ...(ours.length > 0 ? [keepSignerRole(projectId, deployment)] : []),
      ...grantSigning(projectId, ours, deployment),
      ...[runtime, ...(hasBatches ? [batch] : [])].flatMap((account) => grantDelegation(deployment, account)),
    ],
  };
}

/** Each account of a delegation chain may lend itself to the one before it, the runtime account being the first. */
function grantDelegation({ projectId, chains }: Deployment, runtime: string): Step[] {
  const links = chains.flatMap((chain) =>
    chain.map((account, index) => [chain[index - 1] ?? runtime, account] as const),
  );
  const distinct = new Map(links.map((link) => [link.join(' '), link]));
  return [...distinct.values()].map(([from, to]) =>
    grant(
      projectId,
      serviceAccount(to),
      `serviceAccount:${from}`,
      'roles/iam.serviceAccountTokenCreator',
      'A link of a delegation chain: IAM demands Token Creator on each account of it.',
    ),
  );
}
