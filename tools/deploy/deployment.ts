import type { Kind } from '../../functions/policy/policy.ts';

/** What is to be deployed, and where. */
export interface Deployment {
  projectId: string;
  /** The project's number, by which Cloud Run names a service's URL ahead of its deployment. */
  projectNumber: string;
  region: string;
  policyFile: string;
  /** E-mails of the signers that the policy names. */
  signers: readonly string[];
  /** What the policy's bindings may ask for. */
  kinds: readonly Kind[];
  /** Delegation chains of the policy, each with the signer that it ends at. */
  chains: readonly (readonly string[])[];
  /** The topics that batches are asked on, each with its push account. */
  pushAccounts: readonly (readonly [topic: string, account: string])[];
  /** Secrets and topics that batches are delivered to. */
  deliverTo: readonly string[];
  /** Whether the function runs as the signer itself, which then needs no account of its own. */
  selfSigning: boolean;
}
