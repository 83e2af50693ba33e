import { type RunningProcess, root, startProcess, untilServing } from './child-process.ts';
import { findFreePorts, requireFree } from './ports.ts';

export interface LocalCloudOptions {
  /** Ports of the function and of the emulator; free ones where left out. */
  ports?: { port: number; emulatorPort: number };
  /** Path of the policy file; the local policy where left out. */
  policy?: string;
  /** Folder of a function as it is deployed, built and with dependencies of its own; these sources where left out. */
  deployedFolder?: string;
  /** Whom the function runs as: `countersign`, or the signer itself, which then signs as itself. */
  runsAs?: 'countersign' | 'signer';
  /** Added to the function's environment. */
  functionEnv?: Record<string, string>;
  output: 'inherit' | 'keep';
}

/** The emulator's identities, in the order of their ports. */
const identities = ['countersign', 'caller', 'stranger', 'pubsub-push', 'signer'] as const;
export type Identity = (typeof identities)[number];

export interface LocalCloud {
  /** The function's URL, the audience of its callers. */
  url: string;
  /** The emulator's origin, as seen by the account that the function runs as. */
  emulatorUrl: string;
  /** Environment of a process that runs as this identity of the local cloud. */
  envOf: (identity: Identity) => Record<string, string>;
  function: RunningProcess;
  /** Resolves once any of the processes has ended. */
  ended: Promise<void>;
  stop: () => Promise<void>;
}

const localPolicy = `${root}tools/policies/local.json`;

/**
 * Starts the emulator and the function as processes of their own, and waits until both serve.
 * @throws PortTaken, or Error with what a process wrote that did not come to serve
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { port, emulatorPort } = options.ports ?? {
    port: await findFreePorts(1),
    emulatorPort: await findFreePorts(identities.length),
  };
  await requireFree([
    ['PORT', port],
    ...identities.map((_each, index): [string, number] => ['EMULATOR_PORT', emulatorPort + index]),
  ]);
  const { output, deployedFolder } = options;
  const envOf = (identity: Identity) => environmentOf(identity, emulatorPort);
  const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
  const emulator = await startProcess({
    name: 'The emulator',
    folder: root,
    args: ['emulator/main.ts'],
    env: { EMULATOR_PORT: String(emulatorPort) },
    isReady: () => untilServing(`${emulatorUrl}/oauth2/v3/certs`),
    output,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    const target = await startProcess({
      name: 'The function',
      folder: deployedFolder ?? root,
      args: [
        'node_modules/.bin/functions-framework',
        ...(deployedFolder === undefined ? ['--source=functions/index.ts'] : []),
        '--target=countersign',
        `--port=${port}`,
      ],
      env: {
        ...envOf(options.runsAs ?? 'countersign'),
        COUNTERSIGN_LOCAL: 'true',
        COUNTERSIGN_URL: url,
        COUNTERSIGN_POLICY: options.policy ?? localPolicy,
        COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
        // As in the cloud: the framework then says nothing of its own about a fault.
        NODE_ENV: 'production',
        ...options.functionEnv,
      },
      isReady: () => untilServing(`${url}/health`),
      output,
    });
    return {
      url,
      emulatorUrl,
      envOf,
      function: target,
      ended: Promise.race([emulator.ended, target.ended]),
      stop: async () => {
        await Promise.all([emulator.stop(), target.stop()]);
      },
    };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}

function environmentOf(identity: Identity, emulatorPort: number): Record<string, string> {
  const emulator = `127.0.0.1:${emulatorPort}`;
  return {
    GCE_METADATA_HOST: `127.0.0.1:${emulatorPort + identities.indexOf(identity)}`,
    METADATA_SERVER_DETECTION: 'assume-present',
    IAM_CREDENTIALS_EMULATOR_HOST: emulator,
    COUNTERSIGN_KEYS_EMULATOR_HOST: emulator,
  };
}
