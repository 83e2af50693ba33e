import { createCloud, warmKeys } from './cloud/cloud.ts';
import { parseSeed } from './cloud/seed.ts';
import { type Controls, createControls } from './controls/controls.ts';
import { controlRoutes } from './controls/routes.ts';
import { googleRoutes } from './google-routes.ts';
import { serveIdentities } from './http/serve-identities.ts';
import type { Identity } from './identity.ts';
import { PushLog } from './pubsub/push-log.ts';
import { Pusher } from './pubsub/pusher.ts';
import { Faults } from './traffic/faults.ts';
import { RequestLog } from './traffic/request-log.ts';

export type { Identity } from './identity.ts';

export interface EmulatorOptions {
  /** The first of the five ports, one for each identity; 0, the default, gives each a free one. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** What to hold at the start, in the form of seed.json; what it leaves out is taken from there. */
  readonly seed?: unknown;
  /** Where token-requests is pushed to, the URL of the batch function; without one nothing is pushed. */
  readonly pushEndpoint?: string | undefined;
}

export interface Emulator extends Controls {
  /** The port at which each identity finds its metadata server; every API answers on all of them. */
  readonly ports: Readonly<Record<Identity, number>>;
  /** The base URL of the port of `countersign`. */
  readonly origin: string;
  /** The variables that make a process which runs as the identity speak to this emulator. */
  env(identity: Identity): Record<string, string>;
  /** Closes the ports and every connection. */
  stop(): Promise<void>;
}

/**
 * Starts the local cloud and answers once all its ports serve. Rejects when one of them is taken or the seed is not
 * well formed.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', seed: seedValue, pushEndpoint } = options;
  const seed = parseSeed(seedValue);
  const cloud = createCloud(seed);
  const faults = new Faults();
  const log = new RequestLog();
  const pushLog = new PushLog();
  const pusher = new Pusher({ cloud, faults, log: pushLog });
  const initialDelivery = pushEndpoint ? { pushEndpoint } : {};
  const controls = createControls({ cloud, faults, log, pushLog, seed, initialDelivery });
  controls.reset();
  const traffic = { cloud, faults, log, routes: googleRoutes(cloud), controls: controlRoutes(controls) };
  const { ports, stop } = await serveIdentities({ port, host, traffic });
  warmKeys(cloud);
  const reachableHost = host === '0.0.0.0' ? '127.0.0.1' : host;
  const addressOf = (identity: Identity) => `${reachableHost}:${ports[identity]}`;
  return {
    ...controls,
    ports,
    origin: `http://${addressOf('countersign')}`,
    env: (identity) => ({
      GCE_METADATA_HOST: addressOf(identity),
      METADATA_SERVER_DETECTION: 'assume-present',
      IAM_CREDENTIALS_EMULATOR_HOST: addressOf('countersign'),
      PUBSUB_EMULATOR_HOST: addressOf('countersign'),
      SECRET_MANAGER_EMULATOR_HOST: addressOf('countersign'),
      COUNTERSIGN_KEYS_EMULATOR_HOST: addressOf('countersign'),
    }),
    stop: async () => {
      pusher.stop();
      await stop();
    },
  };
}
