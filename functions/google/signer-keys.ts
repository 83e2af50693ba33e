import { Problem } from '../contract/problem.ts';
import type { SignerKeys } from '../issuance/ports.ts';
import type { GoogleHosts } from './hosts.ts';
import { HttpFailure } from './http-client.ts';
import { type KeyReport, RemoteKeySet } from './key-sets.ts';

/** The public keys of service accounts, at Google's fixed host; the caller sees to it that only signers are asked for. */
export function createSignerKeys({ keys }: GoogleHosts, report?: KeyReport): SignerKeys {
  const sets = new Map<string, RemoteKeySet>();
  return {
    async jwkSetOf(serviceAccount, deadline) {
      const url = `${keys}/service_accounts/v1/jwk/${encodeURIComponent(serviceAccount)}`;
      const set = sets.get(serviceAccount) ?? new RemoteKeySet(url, report);
      sets.set(serviceAccount, set);
      try {
        return await set.get(deadline);
      } catch (error) {
        throw toProblem(error, serviceAccount);
      }
    },
  };
}

function toProblem(error: unknown, serviceAccount: string): Problem {
  if (!(error instanceof HttpFailure)) throw error;
  if (error.isTimeout) {
    return new Problem('deadline_exceeded', `The keys of ${serviceAccount} did not come in time. Try again.`);
  }
  const detail = `The keys of ${serviceAccount} could not be fetched: ${error.reason}. Try again.`;
  return new Problem('signer_unavailable', detail, { retryAfterSeconds: 5 });
}
