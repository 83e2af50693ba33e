import type { Expectations, JwksFinder } from '../expectations.ts';
import { fetchJwks, HostUnreachable } from './fetch-jwks.ts';
import { type Jwk, wellFormedJwks } from './jwk.ts';
import { isJwkSet, KeysUnavailable, readKeys } from './key-input.ts';

/** The keys to verify with, or why there are none. */
export type KeysFound =
  /** `set`: keys of a JWK Set, of which `kid` picks one; `key`: one that was named, whatever `kid` says. */
  { kind: 'set' | 'key'; keys: readonly Jwk[] } | { kind: 'unavailable'; reason: string; host?: string };

/** Finds the keys that the expectations name, for the issuer where they name a function. Never throws. */
export async function findKeys(expectations: Expectations, issuer: string | undefined): Promise<KeysFound> {
  const { jwks, key } = expectations;
  try {
    if (jwks !== undefined) return usable(await readSet(jwks, issuer));
    if (key === undefined) return { kind: 'unavailable', reason: 'none_given' };
    const keys = wellFormedJwks(await readKeys(key));
    if (keys.length === 0) return { kind: 'unavailable', reason: 'not_a_key' };
    return keys.length === 1 ? { kind: 'key', keys } : usable(keys);
  } catch (error) {
    const reason = error instanceof KeysUnavailable ? error.reason : 'unreachable';
    return { kind: 'unavailable', reason, ...(error instanceof HostUnreachable && { host: error.host }) };
  }
}

function usable(set: readonly Jwk[]): KeysFound {
  const all = wellFormedJwks(set);
  const keys = all.some(isForEncryption) ? all.filter((jwk) => !isForEncryption(jwk)) : all;
  return keys.length === 0 ? { kind: 'unavailable', reason: 'empty' } : { kind: 'set', keys };
}

function isForEncryption(jwk: Jwk): boolean {
  return jwk.use === 'enc';
}

async function readSet(
  jwks: NonNullable<Expectations['jwks']>,
  issuer: string | undefined,
): Promise<readonly Jwk[]> {
  if (typeof jwks === 'string' || jwks instanceof URL) return (await fetchJwks(jwks)).keys;
  const set: unknown = typeof jwks === 'function' ? await (jwks satisfies JwksFinder)(issuer) : jwks;
  if (!isJwkSet(set)) throw new KeysUnavailable('not_a_jwk_set');
  return set.keys;
}
