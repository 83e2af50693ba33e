import type { Kind } from '../../functions/policy/policy.ts';
import { compileCache } from './compile-cache.ts';
import type { Deployment } from './deployment.ts';
import { planBatch } from './plan-batch.ts';
import { gcloud, type Step } from './step.ts';

const permissions: Record<Kind, string> = {
  jwt: 'iam.serviceAccounts.signJwt',
  id_token: 'iam.serviceAccounts.getOpenIdToken',
  signature: 'iam.serviceAccounts.signBlob',
};

const apis = [
  'iamcredentials.googleapis.com',
  'cloudfunctions.googleapis.com',
  'run.googleapis.com',
  'cloudbuild.googleapis.com',
  'artifactregistry.googleapis.com',
  'secretmanager.googleapis.com',
  'pubsub.googleapis.com',
];
const role = 'countersignSigner';
const secret = 'countersign-policy';
const policyPath = '/secrets/countersign/policy.json';
const maxInstances = 20;

/** Every command of a deployment, in order; done twice it changes nothing the second time. Pure. */
export function planDeployment(deployment: Deployment): Step[] {
  const { projectId, selfSigning } = deployment;
  const runtime = runtimeAccount(deployment);
  return [
    {
      why: 'The APIs: IAM Credentials signs, the others build and run the function and keep its policy.',
      command: gcloud(projectId, 'services', 'enable', ...apis),
    },
    ...(selfSigning ? [] : [createAccount(projectId, runtime, 'The account that the function runs as.')]),
    ...deployment.signers
      .filter((signer) => isOf(signer, projectId))
      .map((signer) =>
        createAccount(
          projectId,
          signer,
          'A signer: it holds no role, and nothing but Countersign signs as it.',
        ),
      ),
    ...grantSigning(deployment, runtime),
    ...grantDelegation(deployment, runtime),
    ...keepPolicy(deployment, runtime),
    deployFunction(deployment, runtime),
    {
      why: 'Callers ask their ID tokens for this URL; Cloud Run accepts it as audience whichever of its URLs is called.',
      command: gcloud(
        projectId,
        'run',
        'services',
        'update',
        'countersign',
        `--region=${deployment.region}`,
        `--add-custom-audiences=${serviceUrl(deployment)}`,
      ),
    },
    ...(deployment.pushAccounts.length > 0 ? planBatch(deployment) : []),
  ];
}

/** The URL that Cloud Run gives the service, known ahead (https://cloud.google.com/run/docs/triggering/https-request). */
function serviceUrl({ projectNumber, region }: Deployment): string {
  return `https://countersign-${projectNumber}.${region}.run.app`;
}

function runtimeAccount({ projectId, selfSigning, signers }: Deployment): string {
  const [signer] = signers;
  return selfSigning && signer !== undefined ? signer : `countersign@${projectId}.iam.gserviceaccount.com`;
}

function isOf(email: string, projectId: string): boolean {
  return email.endsWith(`@${projectId}.iam.gserviceaccount.com`);
}

function createAccount(projectId: string, email: string, why: string): Step {
  return {
    why,
    unless: gcloud(projectId, 'iam', 'service-accounts', 'describe', email),
    command: gcloud(projectId, 'iam', 'service-accounts', 'create', email.slice(0, email.indexOf('@'))),
  };
}

/** A custom role of just what the policy's kinds need, on each signer alone. */
function grantSigning({ projectId, signers, kinds, selfSigning }: Deployment, runtime: string): Step[] {
  const needed = [...new Set(kinds)].map((kind) => permissions[kind]).join(',');
  const grantees = selfSigning
    ? 'The function runs as the signer, and so signs as itself.'
    : 'The function may sign as this signer, and as nobody else.';
  return [
    {
      why: 'A role of just what the policy needs: it can not mint access tokens, as Token Creator can.',
      unless: gcloud(projectId, 'iam', 'roles', 'describe', role),
      command: gcloud(
        projectId,
        'iam',
        'roles',
        'create',
        role,
        '--title=Countersign signer',
        `--permissions=${needed}`,
        '--stage=GA',
      ),
    },
    {
      why: 'The same role, should the policy have come to need other permissions.',
      command: gcloud(projectId, 'iam', 'roles', 'update', role, `--permissions=${needed}`),
    },
    ...signers.map((signer) => ({
      why: grantees,
      command: gcloud(
        projectId,
        'iam',
        'service-accounts',
        'add-iam-policy-binding',
        signer,
        `--member=serviceAccount:${runtime}`,
        `--role=projects/${projectId}/roles/${role}`,
        '--condition=None',
      ),
    })),
  ];
}

/** Each account of a delegation chain may lend itself to the one before it, the runtime account being the first. */
function grantDelegation({ projectId, chains }: Deployment, runtime: string): Step[] {
  const links = chains.flatMap((chain) =>
    chain.map((account, index) => [chain[index - 1] ?? runtime, account] as const),
  );
  const distinct = new Map(links.map((link) => [link.join(' '), link]));
  return [...distinct.values()].map(([from, to]) => ({
    why: 'A link of a delegation chain: IAM demands Token Creator on each account of it.',
    command: gcloud(
      projectId,
      'iam',
      'service-accounts',
      'add-iam-policy-binding',
      to,
      `--member=serviceAccount:${from}`,
      '--role=roles/iam.serviceAccountTokenCreator',
      '--condition=None',
    ),
  }));
}

function keepPolicy({ projectId, policyFile }: Deployment, runtime: string): Step[] {
  return [
    {
      why: 'The policy is kept in Secret Manager: who may change it is then decided there.',
      unless: gcloud(projectId, 'secrets', 'describe', secret),
      command: gcloud(projectId, 'secrets', 'create', secret, '--replication-policy=automatic'),
    },
    {
      why: 'The policy as it stands.',
      command: gcloud(projectId, 'secrets', 'versions', 'add', secret, '--data-file=-'),
      input: { file: policyFile, projectId },
    },
    {
      why: 'The function may read its policy, and no other secret.',
      command: gcloud(
        projectId,
        'secrets',
        'add-iam-policy-binding',
        secret,
        `--member=serviceAccount:${runtime}`,
        '--role=roles/secretmanager.secretAccessor',
        '--condition=None',
      ),
    },
  ];
}

function deployFunction(deployment: Deployment, runtime: string): Step {
  const { projectId, region } = deployment;
  return {
    why: 'The function, private: only who holds roles/run.invoker on it gets through to be asked for a policy.',
    command: gcloud(
      projectId,
      'functions',
      'deploy',
      'countersign',
      '--gen2',
      `--region=${region}`,
      '--runtime=nodejs24',
      '--source=.',
      '--entry-point=countersign',
      '--trigger-http',
      '--no-allow-unauthenticated',
      `--service-account=${runtime}`,
      // 80 requests of at most 64 KiB each are far below the memory.
      '--memory=256Mi',
      '--cpu=1',
      '--concurrency=80',
      `--max-instances=${maxInstances}`,
      '--timeout=15s',
      `--set-secrets=${policyPath}=${secret}:latest`,
      `--set-env-vars=NODE_ENV=production,${compileCache.join(',')},GOOGLE_CLOUD_PROJECT=${projectId},COUNTERSIGN_POLICY=${policyPath},COUNTERSIGN_URL=${serviceUrl(deployment)}`,
    ),
  };
}
