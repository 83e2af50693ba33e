import type { Kind } from '../../functions/policy/policy.ts';

/** What is to be deployed, and where. */
export interface Deployment {
  projectId: string;
  /** The project's number, by which Cloud Run names a service's URL ahead of its deployment. */
  projectNumber: string;
  region: string;
  policyFile: string;
  /** The policy as it is to be kept, the project's ID in its place. */
  policyText: string;
  /** E-mails of the signers that the policy names. */
  signers: readonly string[];
  /** What the policy's bindings may ask for. */
  kinds: readonly Kind[];
  /** Delegation chains of the policy, each with the signer that it ends at. */
  chains: readonly (readonly string[])[];
  /** Service accounts and users that bindings name, as IAM members. */
  callers: readonly string[];
  /** A caller, by its e-mail, and an audience that it may ask a JWT for: what to try first. Undefined where none is named in full. */
  trial: { caller: string; audience: string } | undefined;
  /** The topics that batches are asked on, each with its push account. */
  pushAccounts: readonly (readonly [topic: string, account: string])[];
  /** Secrets and topics that batches are delivered to, each with the binding that allows it. */
  deliverTo: readonly (readonly [resource: string, binding: string])[];
  /** What the prober asks for, where the policy has a binding for it. */
  probeAudience: string | undefined;
  /** Whether the function runs as the signer itself, which then needs no account of its own. */
  selfSigning: boolean;
  /** Digests of what is uploaded, by which a function that runs it already is told. */
  sourceDigests: { functions: string; probe: string };
  metrics: readonly MonitoringFile[];
  alerts: readonly MonitoringFile[];
}

/** A log-based metric or an alert policy, as its file has it. */
export interface MonitoringFile {
  /** The file's name without its extension, by which it is known in the project. */
  id: string;
  file: string;
  config: Record<string, unknown>;
}

/** The URL that Cloud Run gives a service, known ahead (https://cloud.google.com/run/docs/triggering/https-request). */
export function serviceUrl({ projectNumber, region }: Deployment, service: string): string {
  return `https://${service}-${projectNumber}.${region}.run.app`;
}

/** What a plan is made for where no policy is named: to be read, and not to be run. */
export const examplePolicy = 'tools/policies/example.json';
export const httpFunction = 'countersign';
export const batchFunction = 'countersign-batch';

/** Whom the HTTP function runs as. */
export function runtimeAccount({ projectId, selfSigning, signers }: Deployment): string {
  const [signer] = signers;
  return selfSigning && signer !== undefined ? signer : accountOf(projectId, httpFunction);
}

/** Whom the batch function runs as. */
export function batchAccount({ projectId }: Deployment): string {
  return accountOf(projectId, batchFunction);
}

/** Whom the prober runs as; a policy gets a prober by naming it in a binding. */
export function proberAccount(projectId: string): string {
  return accountOf(projectId, 'countersign-prober');
}

export function accountOf(projectId: string, name: string): string {
  return `${name}@${projectId}.iam.gserviceaccount.com`;
}

/** Whether the account is one of this project, that a deployment here may make. */
export function isOf(email: string, projectId: string): boolean {
  return email.endsWith(`@${projectId}.iam.gserviceaccount.com`);
}

/** The project of a service account by its e-mail; a number, or a placeholder, where the e-mail tells no ID. */
export function projectOf(email: string): string {
  const [name = '', domain = ''] = email.split('@');
  if (domain === 'appspot.gserviceaccount.com') return name;
  if (domain === 'developer.gserviceaccount.com') return name.replace(/-compute$/, '');
  const [id, ...organisation] = domain.replace(/\.iam\.gserviceaccount\.com$/, '').split('.');
  if (!domain.endsWith('.iam.gserviceaccount.com')) return `PROJECT_OF_${name}`;
  return organisation.length === 0 ? `${id}` : `${organisation.join('.')}:${id}`;
}

/** Whether what is in that project is in the one that is deployed to. */
export function isHere(project: string, { projectId, projectNumber }: Deployment): boolean {
  return project === projectId || project === projectNumber;
}
