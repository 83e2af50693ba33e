import type { CallerToken } from '../caller-token.ts';
import { isServiceAccount } from '../diagnose/keys/google-keys.ts';
import { parseServiceUrl } from '../service-url.ts';
import { type Surroundings, UsageError } from './command.ts';
import { loadImpersonation } from './impersonation.ts';
import { readEmulatorHost } from './read-options.ts';

/** What `token` and `check` are told of the service, and of who asks it. */
export interface ServiceOptions {
  /** The service's URL without a final slash. */
  url: string;
  /** The caller's ID token through default credentials; the metadata server's where left out. */
  callerToken?: CallerToken;
}

/** The options `--url` and `--as`, and COUNTERSIGN_URL. Throws UsageError where they make no sense. */
export async function readServiceOptions(
  options: { url?: string | undefined; as?: string | undefined },
  env: Surroundings['env'],
): Promise<ServiceOptions> {
  const url = readUrl(options.url ?? env.COUNTERSIGN_URL ?? '');
  if (options.as === undefined) return { url };
  if (!isServiceAccount(options.as)) throw new UsageError("--as must be a service account's e-mail");
  const iamHost = readEmulatorHost(env, 'IAM_CREDENTIALS_EMULATOR_HOST');
  return { url, callerToken: await loadImpersonation(options.as, iamHost) };
}

function readUrl(text: string): string {
  try {
    return parseServiceUrl(text);
  } catch (cause) {
    throw new UsageError(`--${cause instanceof TypeError ? cause.message : 'url'}`, { cause });
  }
}

/** The one audience that a command is about. Throws UsageError where there is none, or more. */
export function readAudience([aud, ...others]: readonly string[]): string {
  if (aud === undefined || aud === '' || others.length > 0) throw new UsageError('give one audience');
  return aud;
}
