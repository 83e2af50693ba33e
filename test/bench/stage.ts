import { once } from 'node:events';
import { connect } from 'node:net';
import {
  type RunningProcess,
  root,
  startProcess,
  untilServing,
} from '../../tools/local-cloud/child-process.ts';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';

/** The audience of the callers' tokens, whatever port a function is on. */
const serviceUrl = 'https://countersign.example.com';

/** The local cloud and an IAM of no cost, as processes of their own, for functions that are measured. */
export interface Stage {
  /** What a function that serves here needs in its environment. */
  env: Record<string, string>;
  /** An ID token of the caller, for any function of this stage. */
  idToken: string;
  /** Port of the IAM that is asked. */
  iamPort: number;
  stop: () => Promise<void>;
}

/** @param iamMilliseconds how long IAM takes to answer */
export async function setStage(iamMilliseconds: number): Promise<Stage> {
  const emulatorPort = await findFreePorts(5);
  const iamPort = await findFreePorts(1);
  const emulator = `127.0.0.1:${emulatorPort}`;
  const running = await Promise.all([
    startProcess({
      name: 'The emulator',
      folder: root,
      args: ['emulator/main.ts'],
      env: { EMULATOR_PORT: String(emulatorPort) },
      isReady: () => untilServing(`http://${emulator}/oauth2/v3/certs`),
      output: 'keep',
    }),
    startProcess({
      name: 'The IAM stub',
      folder: root,
      args: ['test/bench/iam-stub.ts', String(iamPort), String(iamMilliseconds)],
      env: {},
      isReady: () => untilListening(iamPort),
      output: 'keep',
    }),
  ]);
  const identity = `http://127.0.0.1:${emulatorPort + 1}/computeMetadata/v1/instance/service-accounts/default/identity`;
  const answer = await fetch(`${identity}?format=full&audience=${serviceUrl}`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  return {
    env: {
      NODE_ENV: 'production',
      COUNTERSIGN_LOCAL: 'true',
      COUNTERSIGN_POLICY: `${root}tools/policies/local.json`,
      COUNTERSIGN_URL: serviceUrl,
      COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
      GCE_METADATA_HOST: emulator,
      COUNTERSIGN_KEYS_EMULATOR_HOST: emulator,
      IAM_CREDENTIALS_EMULATOR_HOST: `127.0.0.1:${iamPort}`,
    },
    idToken: await answer.text(),
    iamPort,
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
    },
  };
}

/** A function under functions-framework, in a process whose standard output is a pipe that is read. */
export async function startFunction(
  { folder = root, source, target }: { folder?: string; source?: string; target: string },
  env: Record<string, string>,
): Promise<RunningProcess & { port: number }> {
  const port = await findFreePorts(1);
  const running = await startProcess({
    name: target,
    folder,
    args: [
      'node_modules/.bin/functions-framework',
      ...(source ? [`--source=${source}`] : []),
      `--target=${target}`,
      `--port=${port}`,
    ],
    env,
    isReady: () => untilListening(port),
    output: () => undefined,
  });
  return { ...running, port };
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
