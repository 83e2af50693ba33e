import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCloud } from './cloud/cloud.ts';
import { parseSeed } from './cloud/seed.ts';
import { createListener } from './http/listener.ts';
import type { Route } from './http/route.ts';
import { iamCredentialsRoutes } from './iam-credentials/routes.ts';
import { type Identity, identities } from './identity.ts';
import { metadataRoutes } from './metadata/routes.ts';
import { publicKeyRoutes } from './public-keys/routes.ts';

export type { Identity } from './identity.ts';

export interface EmulatorOptions {
  /** The first of the five ports, one for each identity; 0, the default, gives each a free one. */
  readonly port?: number;
  /** Where to listen; 127.0.0.1 unless told otherwise. */
  readonly host?: string;
  /** What to hold at the start, in the form of seed.json; what it leaves out is taken from there. */
  readonly seed?: unknown;
}

export interface Emulator {
  /** The port at which each identity finds its metadata server; every API answers on all of them. */
  readonly ports: Readonly<Record<Identity, number>>;
  /** The base URL of the port of `countersign`. */
  readonly origin: string;
  /** The variables that make a process which runs as the identity speak to this emulator. */
  env(identity: Identity): Record<string, string>;
  /** Closes the ports and every connection. */
  stop(): Promise<void>;
}

/** Starts the local cloud and answers once all its ports serve. Rejects when one of them is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', seed } = options;
  const cloud = createCloud(parseSeed(seed));
  const routes: Route[] = [
    ...iamCredentialsRoutes(cloud),
    ...publicKeyRoutes(cloud),
    ...metadataRoutes(cloud),
  ];
  const servers: Server[] = [];
  const stop = async () => void (await Promise.all(servers.map(close)));
  const ports: Partial<Record<Identity, number>> = {};
  try {
    for (const [index, identity] of identities.entries()) {
      const server = createServer(createListener({ clock: cloud.clock, identity, routes }));
      servers.push(server);
      ports[identity] = await listen(server, port === 0 ? 0 : port + index, host);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  cloud.googleKeys.warm();
  const reachableHost = host === '0.0.0.0' ? '127.0.0.1' : host;
  const addressOf = (identity: Identity) => `${reachableHost}:${ports[identity]}`;
  return {
    ports: ports as Record<Identity, number>,
    origin: `http://${addressOf('countersign')}`,
    env: (identity) => ({
      GCE_METADATA_HOST: addressOf(identity),
      METADATA_SERVER_DETECTION: 'assume-present',
      IAM_CREDENTIALS_EMULATOR_HOST: addressOf('countersign'),
      COUNTERSIGN_KEYS_EMULATOR_HOST: addressOf('countersign'),
    }),
    stop,
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
