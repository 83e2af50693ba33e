import { decode } from '../diagnose/decode.ts';
import type { Expectations } from '../diagnose/expectations.ts';
import { KeysUnavailable } from '../diagnose/keys/key-input.ts';
import type { Surroundings } from './command.ts';
import type { DiagnoseOptions } from './read-options.ts';

/**
 * Google has no keys of the local cloud's accounts: where it was asked for them only since the command line named
 * none, the finding says what to name.
 */
export function knowLocalCloud(
  expectations: Expectations,
  options: DiagnoseOptions,
  token: string,
  env: Surroundings['env'],
): Expectations {
  const { jwks } = expectations;
  const asksGoogle = options.jwks === undefined && !env.COUNTERSIGN_KEYS_EMULATOR_HOST;
  if (!asksGoogle || typeof jwks !== 'function' || !isOfLocalCloud(token)) return expectations;
  return {
    ...expectations,
    jwks: async (issuer) => {
      try {
        return await jwks(issuer);
      } catch (cause) {
        throw new KeysUnavailable('local_cloud', { cause });
      }
    },
  };
}

function isOfLocalCloud(token: string): boolean {
  const kid = decode(token).header?.kid;
  return typeof kid === 'string' && kid.startsWith('emulator-');
}
