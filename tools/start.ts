import { resolve } from 'node:path';
import { localPolicy, startLocalCloud } from './local-cloud/local-cloud.ts';
import { PortTaken } from './local-cloud/ports.ts';
import { PolicyUnusable, readPolicy } from './local-cloud/read-policy.ts';
import { watchStarter } from './local-cloud/watch-starter.ts';

/** `npm start`: the local cloud and both functions, left running for local development. */
let stop: (() => void) | undefined;
const ports = {
  port: readPort('PORT', 8080),
  batchPort: readPort('BATCH_PORT', 8081),
  emulatorPort: readPort('EMULATOR_PORT', 8090),
};

// Until all serve there is nothing to finish: what was started goes with this process.
const end = () => (stop ?? (() => process.exit(1)))();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
watchStarter(end);

try {
  const { COUNTERSIGN_POLICY } = process.env;
  const policy = resolve(COUNTERSIGN_POLICY ?? localPolicy);
  const policyLine = await readPolicy(policy);
  const cloud = await startLocalCloud({ ports, output: 'inherit', policy });
  const { GCE_METADATA_HOST } = cloud.envOf('caller');
  console.log(`ready ${cloud.url}
batch ${cloud.batchUrl}
policy ${policyLine}
As the local cloud's caller, in another terminal:
export COUNTERSIGN_URL=${cloud.url} GCE_METADATA_HOST=${GCE_METADATA_HOST}`);
  stop = () => void cloud.stop();
  await cloud.ended;
  await cloud.stop();
} catch (error) {
  if (!(error instanceof PortTaken || error instanceof PolicyUnusable)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function readPort(name: string, otherwise: number): number {
  const port = Number(process.env[name] ?? otherwise);
  if (Number.isInteger(port) && port > 0 && port < 65_532) return port;
  console.error(`${name} is no port: give a number from 1 to 65531.`);
  process.exit(1);
}
