import { readFile } from 'node:fs/promises';
import type { Expectations } from '../diagnose/expectations.ts';
import { parseJwks } from '../diagnose/keys/fetch-jwks.ts';
import { fetchGoogleKeys } from '../diagnose/keys/google-keys.ts';
import type { KeyInput } from '../diagnose/keys/key-input.ts';
import { type DiagnosisProfileName, profiles } from '../generated/profiles.ts';
import { type Surroundings, UsageError } from './command.ts';

/** The options of `diagnose` as the command line has them. */
export interface DiagnoseOptions {
  jwks?: string | undefined;
  key?: string | undefined;
  issuer?: string[] | undefined;
  audience?: string[] | undefined;
  subject?: string | undefined;
  alg?: string[] | undefined;
  'clock-tolerance'?: string | undefined;
  at?: string | undefined;
  profile?: string | undefined;
}

const fileLimit = 1_048_576;

/** Turns options into expectations; without keys, those of Google's issuers are looked up at Google. */
export async function readExpectations(
  options: DiagnoseOptions,
  env: Surroundings['env'],
): Promise<Expectations> {
  if (options.jwks !== undefined && options.key !== undefined) {
    throw new UsageError('give --jwks or --key, not both');
  }
  return {
    issuer: options.issuer,
    audience: options.audience,
    subject: options.subject,
    algorithms: options.alg,
    clockToleranceSeconds: readNumber('--clock-tolerance', options['clock-tolerance']),
    at: readNumber('--at', options.at),
    profile: readProfile(options.profile),
    ...(await readKeyOptions(options, env)),
  };
}

async function readKeyOptions(options: DiagnoseOptions, env: Surroundings['env']): Promise<Expectations> {
  const { jwks, key } = options;
  if (key !== undefined) return { key: readKeyBytes(await readOptionFile('--key', key)) };
  if (jwks === undefined) {
    const emulatorHost = readEmulatorHost(env, 'COUNTERSIGN_KEYS_EMULATOR_HOST');
    return { jwks: (issuer) => fetchGoogleKeys(issuer, { emulatorHost }) };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(jwks)) return { jwks };
  const text = (await readOptionFile('--jwks', jwks)).toString('utf8');
  return { jwks: () => parseJwks(text) };
}

async function readOptionFile(option: string, path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new UsageError(`${option}: the file can't be read`, { cause });
  }
  if (bytes.length > fileLimit) throw new UsageError(`${option}: the file is larger than 1 MiB`);
  return bytes;
}

/** Text without the line break that editors put at a file's end; bytes where it is no text. */
function readKeyBytes(bytes: Buffer): KeyInput {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    return new Uint8Array(bytes);
  }
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}(\.\d+)?$/.test(text)) throw new UsageError(`${option} must be a number of seconds`);
  return Number(text);
}

function readProfile(name: string | undefined): DiagnosisProfileName | undefined {
  if (name === undefined) return undefined;
  if (!Object.hasOwn(profiles, name)) {
    throw new UsageError(`--profile must be one of ${Object.keys(profiles).join(', ')}`);
  }
  return name as DiagnosisProfileName;
}

/** A host of Google's may be an emulator, but only on this machine and where that was asked for. */
export function readEmulatorHost(
  env: Surroundings['env'],
  name: 'COUNTERSIGN_KEYS_EMULATOR_HOST' | 'IAM_CREDENTIALS_EMULATOR_HOST',
): string | undefined {
  const host = env[name];
  if (host === undefined || host === '') return undefined;
  if (env.COUNTERSIGN_LOCAL !== 'true' || env.K_SERVICE !== undefined) {
    throw new UsageError(`${name} needs COUNTERSIGN_LOCAL=true`);
  }
  if (!/^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/.test(host)) {
    throw new UsageError(`${name} must be a loopback host and port`);
  }
  return host;
}
