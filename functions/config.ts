import { type GoogleHosts, googleHosts } from './google/hosts.ts';

/** What the HTTP target runs with; see the README for the settings. */
export interface HttpConfig {
  policyPath: string;
  policyMaxStaleSeconds: number;
  shadowPolicyPath: string | undefined;
  /** For each caller and instance, counting what reaches IAM; 0 is no limit. */
  signaturesPerMinute: number;
  /** The project that traces are kept in, where it is known. */
  projectId: string | undefined;
  audiences: string[];
  /** Countersign's own audiences, the batch function's among them, for which nothing is signed. */
  ownAudiences: string[];
  hosts: GoogleHosts;
}

/** Settings that can't be run with: every mistake in them, a sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: string[];

  constructor(mistakes: string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

type Environment = Record<string, string | undefined>;

const emulatorVariables = [
  'GCE_METADATA_HOST',
  'IAM_CREDENTIALS_EMULATOR_HOST',
  'COUNTERSIGN_KEYS_EMULATOR_HOST',
] as const;
const optionalEmulatorVariables = [
  'GCE_METADATA_IP',
  'PUBSUB_EMULATOR_HOST',
  'SECRET_MANAGER_EMULATOR_HOST',
] as const;
const realMetadataHosts = new Set(['metadata.google.internal', '169.254.169.254']);
const loopback = /^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

/**
 * Reads the HTTP target's settings.
 * @throws ConfigError with every mistake at once
 */
export function readHttpConfig(environment: Environment = process.env): HttpConfig {
  const mistakes: string[] = [];
  const isLocal = readLocal(environment, mistakes);
  const policyPath = environment.COUNTERSIGN_POLICY ?? '';
  if (policyPath === '') mistakes.push('COUNTERSIGN_POLICY is missing: give the path of the policy file.');
  const url = readServiceUrl('COUNTERSIGN_URL', environment, isLocal, mistakes);
  const audiences = readAudiences(environment, mistakes);
  const config: HttpConfig = {
    policyPath,
    policyMaxStaleSeconds: readNumber('COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600, environment, mistakes),
    shadowPolicyPath: environment.COUNTERSIGN_SHADOW_POLICY || undefined,
    signaturesPerMinute: readNumber('COUNTERSIGN_SIGNATURES_PER_MINUTE', 6000, environment, mistakes),
    projectId: environment.GOOGLE_CLOUD_PROJECT,
    audiences: audiences.length > 0 ? audiences : [url],
    ownAudiences: [url, ...audiences, environment.COUNTERSIGN_BATCH_URL ?? ''].filter((each) => each !== ''),
    hosts: isLocal ? localHosts(environment) : googleHosts,
  };
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

/** Whether this is the local cloud's; its variables count only where they can do no harm. */
function readLocal(environment: Environment, mistakes: string[]): boolean {
  const asked = environment.COUNTERSIGN_LOCAL ?? '';
  if (!['', 'true', 'false'].includes(asked)) {
    mistakes.push(
      'COUNTERSIGN_LOCAL is neither true nor false: set it to true for the local cloud, or leave it out.',
    );
  }
  const isLocal = asked === 'true';
  const isDeployed = environment.K_SERVICE !== undefined;
  if (isLocal && isDeployed) {
    mistakes.push(
      'COUNTERSIGN_LOCAL is true where K_SERVICE is set: a deployed function never runs on the local cloud.',
    );
  }
  for (const name of [...emulatorVariables, ...optionalEmulatorVariables]) {
    const mistake = checkEmulatorVariable(name, environment[name], { isLocal, isDeployed });
    if (mistake !== undefined) mistakes.push(mistake);
  }
  return isLocal;
}

function checkEmulatorVariable(
  name: string,
  value: string | undefined,
  { isLocal, isDeployed }: { isLocal: boolean; isDeployed: boolean },
): string | undefined {
  if (value === undefined) {
    const isNeeded = isLocal && (emulatorVariables as readonly string[]).includes(name);
    return isNeeded
      ? `${name} is missing: with COUNTERSIGN_LOCAL it names the local cloud's HOST:PORT.`
      : undefined;
  }
  if (name.startsWith('GCE_METADATA_') && !isLocal && realMetadataHosts.has(value)) return undefined;
  if (isDeployed)
    return `${name} is set where K_SERVICE is: a deployed function talks to Google, not to an emulator.`;
  if (!isLocal) return `${name} is set without COUNTERSIGN_LOCAL=true: add it, or unset ${name}.`;
  return loopback.test(value)
    ? undefined
    : `${name} is not a loopback HOST:PORT: the local cloud is on this machine.`;
}

function localHosts(environment: Environment): GoogleHosts {
  return {
    iamCredentials: `http://${environment.IAM_CREDENTIALS_EMULATOR_HOST}`,
    keys: `http://${environment.COUNTERSIGN_KEYS_EMULATOR_HOST}`,
    isLocal: true,
  };
}

function readServiceUrl(
  name: string,
  environment: Environment,
  isLocal: boolean,
  mistakes: string[],
): string {
  const value = environment[name] ?? '';
  if (value === '') {
    mistakes.push(`${name} is missing: give the service's URL, which its callers ask their ID tokens for.`);
  } else if (!URL.canParse(value) || /[?#\\\s]/.test(value)) {
    mistakes.push(`${name} is no URL without query: give one such as https://countersign-abc.run.app.`);
  } else {
    const { protocol, host, username, password } = new URL(value);
    const isLoopback = protocol === 'http:' && isLocal && loopback.test(host);
    if ((protocol !== 'https:' && !isLoopback) || username !== '' || password !== '') {
      mistakes.push(`${name} is not https: only the local cloud's loopback URL may be http.`);
    }
  }
  // Callers ask their ID tokens for the URL as it is mostly written, without a final slash.
  return value.replace(/\/$/, '');
}

function readAudiences(environment: Environment, mistakes: string[]): string[] {
  const value = environment.COUNTERSIGN_AUDIENCES;
  if (value === undefined) return [];
  const audiences = value.split(',').map((each) => each.trim());
  if (audiences.includes(''))
    mistakes.push('COUNTERSIGN_AUDIENCES has an empty entry: separate audiences by one comma.');
  return audiences;
}

function readNumber(name: string, otherwise: number, environment: Environment, mistakes: string[]): number {
  const value = environment[name];
  if (value === undefined) return otherwise;
  if (!/^\d{1,7}$/.test(value)) mistakes.push(`${name} is no whole number: give one, such as ${otherwise}.`);
  return Number(value);
}
