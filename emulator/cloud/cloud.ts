import { PubSub } from '../pubsub/pubsub.ts';
import { Secrets } from '../secret-manager/secrets.ts';
import { AccessTokens } from './access-tokens.ts';
import { Clock } from './clock.ts';
import { KeyRing } from './key-ring.ts';
import { Policies } from './policies.ts';
import type { Seed } from './seed.ts';
import { resourceName, type ServiceAccount, ServiceAccounts } from './service-accounts.ts';

/** All that the emulated Google Cloud knows; every API reads and changes this one state. */
export interface Cloud {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly clock: Clock;
  readonly serviceAccounts: ServiceAccounts;
  readonly policies: Policies;
  readonly accessTokens: AccessTokens;
  readonly secrets: Secrets;
  readonly pubsub: PubSub;
  /** Google's own keys, which sign its ID tokens. */
  readonly googleKeys: KeyRing;
  /** An account's system-managed keys. */
  readonly keysOf: (account: ServiceAccount) => KeyRing;
}

/** Builds the accounts that the seed describes, without bindings, secrets or topics. Keys are made when they are first needed. */
export function createCloud(seed: Seed): Cloud {
  const clock = new Clock();
  const policies = new Policies();
  const serviceAccounts = new ServiceAccounts(seed.serviceAccounts);
  const rings = new Map(serviceAccounts.all().map(({ email }) => [email, new KeyRing(clock.now())]));
  return {
    projectId: seed.projectId,
    projectNumber: seed.projectNumber,
    clock,
    serviceAccounts,
    policies,
    accessTokens: new AccessTokens(),
    secrets: new Secrets(clock, seed.projectNumber),
    pubsub: new PubSub({ clock, policies, projectNumber: seed.projectNumber }),
    googleKeys: new KeyRing(clock.now()),
    keysOf: ({ email }) => rings.get(email) as KeyRing,
  };
}

/** Begins to make the keys of Google and of every account that someone may sign with; waits for none. */
export function warmKeys(cloud: Cloud): void {
  cloud.googleKeys.warm();
  for (const account of cloud.serviceAccounts.all()) {
    if (cloud.policies.get(resourceName(account)).bindings.length > 0) cloud.keysOf(account).warm();
  }
}
