import { readFileSync } from 'node:fs';
import { type Emulator, startEmulator } from './emulator.ts';
import { identities } from './identity.ts';

const { EMULATOR_PORT = '8090', EMULATOR_HOST = '127.0.0.1', EMULATOR_SEED, BATCH_PORT } = process.env;

/** The batch function's URL: as given, or on loopback at the port that it is given. */
const pushEndpoint =
  process.env.EMULATOR_PUSH_ENDPOINT || (BATCH_PORT && `http://127.0.0.1:${BATCH_PORT}`) || undefined;

/** The command line: starts the emulator from the environment and runs until it is told to stop. */
async function main(): Promise<void> {
  const port = Number(EMULATOR_PORT);
  if (!/^\d+$/.test(EMULATOR_PORT) || port > 65_531) {
    throw new Error(`EMULATOR_PORT is "${EMULATOR_PORT}"; it must be a port from 0 to 65531`);
  }
  const emulator = await startEmulator({ port, host: EMULATOR_HOST, seed: readSeed(), pushEndpoint });
  announce(emulator);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void emulator.stop());
}

function readSeed(): unknown {
  if (!EMULATOR_SEED) return undefined;
  try {
    return JSON.parse(readFileSync(EMULATOR_SEED, 'utf8'));
  } catch (error) {
    throw new Error(`EMULATOR_SEED: ${(error as Error).message}`);
  }
}

function announce({ origin, ports }: Emulator): void {
  console.log(
    'This is an emulator of Google Cloud. Its keys are worthless; nothing it signs proves anything.',
  );
  for (const identity of identities) console.log(`metadata server of ${identity}: port ${ports[identity]}`);
  console.log(`emulator ${origin}`);
}

try {
  await main();
} catch (error) {
  console.error(`emulator: ${explain(error)}`);
  process.exitCode = 1;
}

function explain(error: unknown): string {
  const { code, port, message } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') {
    return `port ${port} is taken; stop what listens there, or set EMULATOR_PORT (five ports from it are used)`;
  }
  return message;
}
