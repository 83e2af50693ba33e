import { type Message, readMessage } from '../http/message.ts';
import {
  parseSubscription,
  type SubscriptionConfig,
  subscriptionShape,
} from '../pubsub/subscription-config.ts';
import defaultSeed from '../seed.json' with { type: 'json' };
import { type ClockChange, clockShape } from './clock.ts';
import type { Bindings } from './policies.ts';
import type { Roles } from './roles.ts';
import type { ServiceAccount } from './service-accounts.ts';

/** What the emulator holds when it starts and after a reset. */
export interface Seed {
  readonly projectId: string;
  readonly projectNumber: string;
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly roles: Roles;
  readonly bindings: Bindings;
  readonly secrets: readonly { readonly id: string; readonly labels: Readonly<Record<string, string>> }[];
  /** By full names, like the subscriptions. */
  readonly topics: readonly string[];
  readonly subscriptions: readonly SubscriptionConfig[];
  readonly clock: ClockChange;
  readonly faults: readonly unknown[];
}

export const bindingShape = { role: 'string', members: ['string'] } as const;

const seedShape = {
  projectId: 'string',
  projectNumber: 'string',
  serviceAccounts: [{ email: 'string', uniqueId: 'string', lifetimeExtension: 'bool' }],
  roles: { '*': ['string'] },
  bindings: { '*': [bindingShape] },
  secrets: [{ id: 'string', labels: { '*': 'string' } }],
  topics: ['string'],
  subscriptions: [subscriptionShape],
  clock: clockShape,
  faults: ['value'],
} as const;

/**
 * Reads a seed of the form of seed.json; what is left out is taken from there. Throws an ApiError that names every
 * member that is not as it should be.
 */
export function parseSeed(value: unknown = {}): Seed {
  const base = readMessage(seedShape, defaultSeed);
  const seed = { ...base, ...readMessage(seedShape, value) };
  const projectId = seed.projectId ?? '';
  return {
    projectId,
    projectNumber: seed.projectNumber ?? '',
    serviceAccounts: (seed.serviceAccounts ?? []).map(
      ({ email = '', uniqueId = '', lifetimeExtension = false }) => ({
        email,
        uniqueId,
        projectId,
        lifetimeExtension,
      }),
    ),
    roles: seed.roles ?? {},
    bindings: parseBindings(seed.bindings ?? {}),
    secrets: (seed.secrets ?? []).map(({ id = '', labels = {} }) => ({ id, labels })),
    topics: seed.topics ?? [],
    subscriptions: (seed.subscriptions ?? []).map((message) =>
      parseSubscription(message.name ?? '', message),
    ),
    clock: seed.clock ?? {},
    faults: seed.faults ?? [],
  };
}

/** Fills what a JSON binding may leave out. */
export function parseBindings(bindings: Record<string, Message<typeof bindingShape>[]>): Bindings {
  const entries = Object.entries(bindings).map(([resource, list]) => [
    resource,
    list.map(({ role = '', members = [] }) => ({ role, members })),
  ]);
  return Object.fromEntries(entries);
}
