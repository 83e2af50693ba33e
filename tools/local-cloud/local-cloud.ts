import {
  type ProcessOutput,
  type RunningProcess,
  root,
  startProcess,
  untilServing,
} from './child-process.ts';
import { findFreePorts, requireFree, startOnFreePorts } from './ports.ts';

export interface LocalCloudOptions {
  /** Ports of the two functions and of the emulator; free ones where left out. */
  ports?: { port: number; batchPort: number; emulatorPort: number };
  /** Path of the policy file; the local policy where left out. */
  policy?: string;
  /** Folder of a function as it is deployed, built and with dependencies of its own; these sources where left out. */
  deployedFolder?: string;
  /** Whom the function runs as: `countersign`, or the signer itself, which then signs as itself. */
  runsAs?: 'countersign' | 'signer';
  /** Added to the function's environment. */
  functionEnv?: Record<string, string>;
  output: ProcessOutput;
}

/** The emulator's identities, in the order of their ports. */
const identities = ['countersign', 'caller', 'stranger', 'pubsub-push', 'signer'] as const;
export type Identity = (typeof identities)[number];

export interface LocalCloud {
  /** The function's URL, the audience of its callers. */
  url: string;
  /** The batch function's URL, the audience of Pub/Sub's pushes. */
  batchUrl: string;
  /** The emulator's origin, as seen by the account that the function runs as. */
  emulatorUrl: string;
  /** Environment of a process that runs as this identity of the local cloud. */
  envOf: (identity: Identity) => Record<string, string>;
  function: RunningProcess;
  batchFunction: RunningProcess;
  /** Resolves once any of the processes has ended. */
  ended: Promise<unknown>;
  stop: () => Promise<void>;
}

/** The policy that allows the local cloud's caller what the examples ask for. */
export const localPolicy = `${root}tools/policies/local.json`;

/**
 * Starts the emulator and both functions as processes of their own, and waits until all serve.
 * @throws PortTaken, or Error with what a process wrote that did not come to serve
 */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  if (options.ports !== undefined) return startOn(options, options.ports);
  return startOnFreePorts(freePorts, (ports) => startOn(options, ports));
}

type Ports = NonNullable<LocalCloudOptions['ports']>;

async function startOn(
  options: LocalCloudOptions,
  { port, batchPort, emulatorPort }: Ports,
): Promise<LocalCloud> {
  await requireFree([
    ['PORT', port],
    ['BATCH_PORT', batchPort],
    ...identities.map((_each, index): [string, number] => ['EMULATOR_PORT', emulatorPort + index]),
  ]);
  const emulatorUrl = `http://127.0.0.1:${emulatorPort}`;
  const url = `http://127.0.0.1:${port}`;
  const batchUrl = `http://127.0.0.1:${batchPort}`;
  const started: RunningProcess[] = [];
  const stop = async () => {
    await Promise.all(started.map((each) => each.stop()));
  };
  try {
    started.push(
      await startProcess({
        name: 'The emulator',
        folder: root,
        args: ['emulator/main.ts'],
        env: { EMULATOR_PORT: String(emulatorPort), EMULATOR_PUSH_ENDPOINT: batchUrl },
        isReady: () => untilServing(`${emulatorUrl}/oauth2/v3/certs`),
        output: options.output,
      }),
    );
    const start = async (target: FunctionPlace['target']) => {
      const running = await startFunction(options, { target, port, batchPort, emulatorPort });
      started.push(running);
      return running;
    };
    const functions = [start('countersign'), start('countersignBatch')] as const;
    // Where one does not start, the other is waited for, so that it is stopped with the rest.
    await Promise.allSettled(functions);
    const [target, batchFunction] = await Promise.all(functions);
    return {
      url,
      batchUrl,
      emulatorUrl,
      envOf: (identity) => environmentOf(identity, emulatorPort),
      function: target,
      batchFunction,
      ended: Promise.race(started.map((each) => each.ended)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function freePorts(): Promise<Ports> {
  const port = await findFreePorts(2);
  return { port, batchPort: port + 1, emulatorPort: await findFreePorts(identities.length) };
}

interface FunctionPlace {
  target: 'countersign' | 'countersignBatch';
  port: number;
  batchPort: number;
  emulatorPort: number;
}

/** One of the two targets under functions-framework, with the settings of both: each reads its own. */
async function startFunction(
  { deployedFolder, runsAs = 'countersign', policy = localPolicy, output, functionEnv }: LocalCloudOptions,
  { target, port, batchPort, emulatorPort }: FunctionPlace,
): Promise<RunningProcess> {
  const ownPort = target === 'countersign' ? port : batchPort;
  return startProcess({
    name: `The function ${target}`,
    folder: deployedFolder ?? root,
    args: [
      'node_modules/.bin/functions-framework',
      ...(deployedFolder === undefined ? ['--source=functions/index.ts'] : []),
      `--target=${target}`,
      `--port=${ownPort}`,
    ],
    env: {
      ...environmentOf(runsAs, emulatorPort),
      COUNTERSIGN_LOCAL: 'true',
      COUNTERSIGN_URL: `http://127.0.0.1:${port}`,
      COUNTERSIGN_BATCH_URL: `http://127.0.0.1:${batchPort}`,
      COUNTERSIGN_DEAD_LETTER_TOPIC: 'projects/countersign-local/topics/token-dead-letter',
      COUNTERSIGN_POLICY: policy,
      COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
      // As in the cloud: the framework then says nothing of its own about a fault.
      NODE_ENV: 'production',
      ...functionEnv,
    },
    isReady: () => untilServing(`http://127.0.0.1:${ownPort}/health`),
    output,
  });
}

function environmentOf(identity: Identity, emulatorPort: number): Record<string, string> {
  const emulator = `127.0.0.1:${emulatorPort}`;
  return {
    GCE_METADATA_HOST: `127.0.0.1:${emulatorPort + identities.indexOf(identity)}`,
    METADATA_SERVER_DETECTION: 'assume-present',
    IAM_CREDENTIALS_EMULATOR_HOST: emulator,
    COUNTERSIGN_KEYS_EMULATOR_HOST: emulator,
    SECRET_MANAGER_EMULATOR_HOST: emulator,
    PUBSUB_EMULATOR_HOST: emulator,
  };
}
