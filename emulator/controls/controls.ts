import type { ClockChange, ClockState } from '../cloud/clock.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { Rotation } from '../cloud/key-ring.ts';
import type { Bindings } from '../cloud/policies.ts';
import type { Roles } from '../cloud/roles.ts';
import type { Seed } from '../cloud/seed.ts';
import { invalidArgument } from '../http/api-error.ts';
import type { DeliveryOptions } from '../pubsub/delivery-options.ts';
import type { LoggedPush, PushLog } from '../pubsub/push-log.ts';
import type { Staleness } from '../secret-manager/secrets.ts';
import { type Fault, parseFault } from '../traffic/fault.ts';
import type { Faults } from '../traffic/faults.ts';
import type { ApiStats, LoggedRequest, RequestLog } from '../traffic/request-log.ts';

/** The `iss` of Google's ID tokens, by which `rotate` knows Google's own keys. */
const googleIssuer = 'https://accounts.google.com';

interface RotateOptions {
  /** A service account's e-mail or unique id, or https://accounts.google.com: whose tokens it is that change key. */
  readonly issuer: string;
  /** Breaks Google's promise that a key is published 6 hours before its first use. */
  readonly immediate?: boolean;
}

/** A fault as it is asked for; `count` is 1 unless told otherwise. */
export type FaultOptions = Omit<Fault, 'count'> & { readonly count?: number };

/** What a test may do to the local cloud; `/emulator/v1` offers the same over HTTP. */
export interface Controls {
  clock(): ClockState;
  /** Moves or freezes the clock that all time in the emulator follows. */
  setClock(change: ClockChange): ClockState;
  /** Starts a key rotation with Google's overlap; answers which key takes over and when. */
  rotate(options: RotateOptions): Rotation;
  roles(): Roles;
  /** Sets the permissions of custom roles; other roles stay. */
  setRoles(roles: Roles): void;
  bindings(): Bindings;
  /** Replaces the bindings of the named resources; others stay. An empty list takes every permission away. */
  setBindings(bindings: Bindings): void;
  staleness(): Staleness;
  /** Makes Secret Manager's lists, or its `latest`, miss the versions of the last seconds. */
  setStaleness(change: Partial<Staleness>): Staleness;
  delivery(): DeliveryOptions;
  /** Says where Pub/Sub pushes to and in which form, and how it disturbs deliveries; what is left out stays. */
  setDelivery(change: DeliveryOptions): DeliveryOptions;
  /** How many messages each subscription holds that are not acknowledged. */
  backlog(): Record<string, number>;
  /** The last 10,000 attempts to push, oldest first, each once it has ended. */
  pushes(): LoggedPush[];
  faults(): Fault[];
  addFault(fault: FaultOptions): void;
  clearFaults(): void;
  /** The last 10,000 requests at Google's paths, oldest first; of one API where one is named. */
  requests(api?: string): LoggedRequest[];
  stats(): Record<string, ApiStats>;
  clearRequests(): void;
  /** Back to the seed, with an empty log. Keys and the access tokens that were issued stay. */
  reset(): void;
}

interface ControlsOptions {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly pushLog: PushLog;
  readonly seed: Seed;
  /** What a reset goes back to. */
  readonly initialDelivery: DeliveryOptions;
}

/** The controls over one cloud and its traffic. What they are given is checked; they throw INVALID_ARGUMENT. */
export function createControls(options: ControlsOptions): Controls {
  const { cloud, faults, log, pushLog, seed, initialDelivery } = options;
  const { clock, policies, secrets, pubsub } = cloud;
  const setClock = (change: ClockChange) => {
    clock.change(change);
    return clock.state();
  };
  const addFault = (fault: unknown) => faults.add(parseFault(fault));
  return {
    clock: () => clock.state(),
    setClock,
    rotate: ({ issuer, immediate = false }) => keysOf(cloud, issuer).rotate(clock.now(), { immediate }),
    roles: () => policies.roles(),
    setRoles: (roles) => policies.setRoles(roles),
    bindings: () => policies.all(),
    setBindings: (bindings) => {
      for (const [resource, list] of Object.entries(bindings)) policies.set(resource, list);
    },
    staleness: () => secrets.staleness(),
    setStaleness: (change) => {
      secrets.setStaleness(change);
      return secrets.staleness();
    },
    delivery: () => pubsub.delivery(),
    setDelivery: (change) => {
      pubsub.setDelivery(change);
      return pubsub.delivery();
    },
    backlog: () =>
      Object.fromEntries(pubsub.subscriptions().map(({ config, backlog }) => [config.name, backlog.size])),
    pushes: () => pushLog.all(),
    faults: () => faults.all(),
    addFault,
    clearFaults: () => faults.clear(),
    requests: (api) => log.all(api),
    stats: () => log.stats(),
    clearRequests: () => {
      log.clear();
      pushLog.clear();
    },
    reset: () => {
      clock.reset();
      clock.change(seed.clock);
      policies.load(seed.roles, seed.bindings);
      secrets.load(seed.secrets);
      pubsub.load(seed.topics, seed.subscriptions, initialDelivery);
      faults.clear();
      seed.faults.forEach(addFault);
      log.clear();
      pushLog.clear();
    },
  };
}

function keysOf(cloud: Cloud, issuer: string) {
  if (issuer === googleIssuer) return cloud.googleKeys;
  const account = cloud.serviceAccounts.find(issuer);
  if (!account) throw invalidArgument(`issuer: "${issuer}" is neither a service account nor ${googleIssuer}`);
  return cloud.keysOf(account);
}
