import { type BatchHosts, batchHosts, type GoogleHosts, googleHosts } from './google/hosts.ts';

/** What both targets run with; see the README for the settings. */
interface CommonConfig {
  policyPath: string;
  policyMaxStaleSeconds: number;
  shadowPolicyPath: string | undefined;
  /** For each caller and instance, counting what reaches IAM; 0 is no limit. */
  signaturesPerMinute: number;
  /** Origin of the metadata server, whose identity the function has; undefined where it has other default credentials. */
  metadataOrigin: string | undefined;
  /** The project that traces are kept in, where it is known. */
  projectId: string | undefined;
  url: string;
  /** Countersign's own audiences, both functions' among them, for which nothing is signed. */
  ownAudiences: string[];
}

/** What the target `countersign` runs with. */
export interface HttpConfig extends CommonConfig {
  audiences: string[];
  hosts: GoogleHosts;
}

/** What the target `countersignBatch` runs with; `url` is the audience of its pushes. */
export interface BatchConfig extends CommonConfig {
  /** Where records of undeliverable batches go; into the log alone where undefined. */
  deadLetterTopic: string | undefined;
  hosts: BatchHosts;
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

/** The emulator's variables that each target needs in local mode; none may be set elsewhere. */
const httpEmulatorVariables = [
  'GCE_METADATA_HOST',
  'IAM_CREDENTIALS_EMULATOR_HOST',
  'COUNTERSIGN_KEYS_EMULATOR_HOST',
];
const batchEmulatorVariables = [
  ...httpEmulatorVariables,
  'PUBSUB_EMULATOR_HOST',
  'SECRET_MANAGER_EMULATOR_HOST',
];
/** All that redirect a call of Google's; the last is another name of the first. */
const emulatorVariables = [...batchEmulatorVariables, 'GCE_METADATA_IP'];
const realMetadataHosts = new Set(['metadata.google.internal', '169.254.169.254']);
const loopback = /^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/;

/** The targets of the one source. */
export type Target = 'countersign' | 'countersignBatch';

/** Which target this process serves: functions-framework reads `--target`, else `FUNCTION_TARGET`. */
export function readTarget(
  environment: Environment = process.env,
  args: readonly string[] = process.argv,
): Target {
  const option = args.findIndex((each) => each === '--target' || each.startsWith('--target='));
  const given = args[option]?.includes('=') ? args[option]?.slice('--target='.length) : args[option + 1];
  const name = option === -1 ? environment.FUNCTION_TARGET : given;
  return name === 'countersignBatch' ? name : 'countersign';
}

/**
 * Reads the settings of the target `countersign`.
 * @throws ConfigError with every mistake at once
 */
export function readHttpConfig(environment: Environment = process.env): HttpConfig {
  return collectMistakes((mistakes) => {
    const isLocal = readLocal(environment, httpEmulatorVariables, mistakes);
    const common = readCommon('COUNTERSIGN_URL', environment, isLocal, mistakes);
    const audiences = readAudiences(environment, mistakes);
    const batchUrl =
      environment.COUNTERSIGN_BATCH_URL &&
      readServiceUrl('COUNTERSIGN_BATCH_URL', environment, isLocal, mistakes);
    return {
      ...common,
      audiences: audiences.length > 0 ? audiences : [common.url],
      ownAudiences: present(common.url, ...audiences, batchUrl),
      hosts: isLocal ? localHosts(environment) : googleHosts,
    };
  });
}

/**
 * Reads the settings of the target `countersignBatch`.
 * @throws ConfigError with every mistake at once
 */
export function readBatchConfig(environment: Environment = process.env): BatchConfig {
  return collectMistakes((mistakes) => {
    const isLocal = readLocal(environment, batchEmulatorVariables, mistakes);
    const common = readCommon('COUNTERSIGN_BATCH_URL', environment, isLocal, mistakes);
    const deadLetterTopic = environment.COUNTERSIGN_DEAD_LETTER_TOPIC || undefined;
    if (!/^(projects\/[^/]+\/topics\/[^/]+)?$/.test(deadLetterTopic ?? '')) {
      mistakes.push('COUNTERSIGN_DEAD_LETTER_TOPIC is no topic: give one such as projects/P/topics/T.');
    }
    return {
      ...common,
      ownAudiences: present(common.url, environment.COUNTERSIGN_URL, ...readAudiences(environment, mistakes)),
      deadLetterTopic,
      hosts: isLocal ? localBatchHosts(environment) : batchHosts,
    };
  });
}

function collectMistakes<Config>(read: (mistakes: string[]) => Config): Config {
  const mistakes: string[] = [];
  const config = read(mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

function readCommon(
  urlName: string,
  environment: Environment,
  isLocal: boolean,
  mistakes: string[],
): Omit<CommonConfig, 'ownAudiences'> {
  const policyPath = environment.COUNTERSIGN_POLICY ?? '';
  if (policyPath === '') mistakes.push('COUNTERSIGN_POLICY is missing: give the path of the policy file.');
  return {
    policyPath,
    url: readServiceUrl(urlName, environment, isLocal, mistakes),
    policyMaxStaleSeconds: readNumber('COUNTERSIGN_POLICY_MAX_STALE_SECONDS', 3600, environment, mistakes),
    shadowPolicyPath: environment.COUNTERSIGN_SHADOW_POLICY || undefined,
    signaturesPerMinute: readNumber('COUNTERSIGN_SIGNATURES_PER_MINUTE', 6000, environment, mistakes),
    metadataOrigin: readMetadataOrigin(environment, isLocal),
    projectId: environment.GOOGLE_CLOUD_PROJECT,
  };
}

/** The metadata server where there is one for sure: in the local cloud, and where the function is deployed. */
function readMetadataOrigin(environment: Environment, isLocal: boolean): string | undefined {
  const { GCE_METADATA_HOST, GOOGLE_APPLICATION_CREDENTIALS, K_SERVICE } = environment;
  if (isLocal) return `http://${GCE_METADATA_HOST}`;
  const isDeployed = K_SERVICE !== undefined && !GOOGLE_APPLICATION_CREDENTIALS;
  return isDeployed ? 'http://169.254.169.254' : undefined;
}

function present(...values: (string | undefined)[]): string[] {
  return values.filter((each) => each !== undefined && each !== '') as string[];
}

/** Whether this is the local cloud's; its variables count only where they can do no harm. */
function readLocal(environment: Environment, needed: readonly string[], mistakes: string[]): boolean {
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
  for (const name of emulatorVariables) {
    const isNeeded = isLocal && needed.includes(name);
    const mistake = checkEmulatorVariable(name, environment[name], { isLocal, isDeployed, isNeeded });
    if (mistake !== undefined) mistakes.push(mistake);
  }
  return isLocal;
}

function checkEmulatorVariable(
  name: string,
  value: string | undefined,
  { isLocal, isDeployed, isNeeded }: Record<'isLocal' | 'isDeployed' | 'isNeeded', boolean>,
): string | undefined {
  if (value === undefined) {
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

function localBatchHosts(environment: Environment): BatchHosts {
  return {
    ...localHosts(environment),
    secretManager: `http://${environment.SECRET_MANAGER_EMULATOR_HOST}`,
    pubsub: `http://${environment.PUBSUB_EMULATOR_HOST}`,
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
