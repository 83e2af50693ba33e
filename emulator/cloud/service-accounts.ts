/** A service account as IAM knows it; `uniqueId` is its numeric id, the `sub` of its Google ID tokens. */
export interface ServiceAccount {
  readonly email: string;
  readonly uniqueId: string;
  readonly projectId: string;
  /**
   * Listed in the organisation policy `constraints/iam.allowServiceAccountCredentialLifetimeExtension`, so that
   * its access tokens may live for 12 hours.
   */
  readonly lifetimeExtension: boolean;
}

/** Every service account, found by e-mail or by unique id, as Google's paths name either. */
export class ServiceAccounts {
  readonly #accounts = new Map<string, ServiceAccount>();

  constructor(accounts: Iterable<ServiceAccount>) {
    for (const account of accounts) {
      this.#accounts.set(account.email, account);
      this.#accounts.set(account.uniqueId, account);
    }
  }

  find(emailOrUniqueId: string): ServiceAccount | undefined {
    return this.#accounts.get(emailOrUniqueId);
  }

  all(): ServiceAccount[] {
    return [...new Set(this.#accounts.values())];
  }
}

/** The full resource name under which IAM keeps an account's policy. */
export function resourceName(account: ServiceAccount): string {
  return `projects/${account.projectId}/serviceAccounts/${account.email}`;
}
