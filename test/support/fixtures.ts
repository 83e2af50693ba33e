import type { Binding } from '../../functions/contract/generated/types.ts';

/** The frozen time of tests that freeze it: 2026-01-01T00:00:00Z, a NumericDate. */
export const now = 1_767_225_600;

export const signer = 'signer@acme.iam.gserviceaccount.com';
export const otherSigner = 'other-signer@acme.iam.gserviceaccount.com';
export const caller = 'serviceAccount:reports@acme.iam.gserviceaccount.com';
export const audience = 'https://reports.example.com';

/** A binding that allows `caller` a generic token for `audience` as `signer`; `changes` change it. */
export function binding(changes: Partial<Binding> = {}): Binding {
  return { id: 'reports', members: [caller], audiences: [audience], serviceAccounts: [signer], ...changes };
}

/** The text of a policy of these bindings. */
export function policyText(...bindings: Binding[]): string {
  return JSON.stringify({ bindings });
}
