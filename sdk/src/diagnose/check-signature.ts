import { explainSignature } from './explain-signature.ts';
import type { Localized, Observation } from './finding.ts';
import { algorithms } from './keys/algorithms.ts';
import type { KeysFound } from './keys/find-keys.ts';
import type { Jwk } from './keys/jwk.ts';
import { verifySignature } from './keys/verify-signature.ts';
import { quote, quoteText } from './quote.ts';
import type { Jws } from './read-token.ts';

/** Of keys that `kid` does not name no more are tried: a set that large belongs to no one issuer. */
const triedKeysLimit = 100;

/** What is known of the token's age, for the text about a key that has been rotated out. */
export interface KeyContext {
  issuedByGoogle: boolean;
  /** Seconds since `iat`, where that can be told. */
  ageSeconds: number | undefined;
  /** The verifier demands a `kid` even where there is but one key. */
  requiresKid: boolean;
}

/** Finds the key by `kid` and verifies with it; on a failure tries the other keys and tells what went wrong. */
export async function checkKeyAndSignature(
  jws: Jws,
  found: KeysFound,
  context: KeyContext,
): Promise<Observation[]> {
  const { header, signature } = jws;
  const unsigned = checkPresence(jws);
  if (found.kind === 'unavailable') {
    const values = { host: hostInWords(found.host) };
    const keys: Observation = { code: 'jwks_unavailable', reason: found.reason, values };
    return unsigned === undefined ? [keys] : [keys, unsigned];
  }
  if (header === null) return unsigned === undefined ? [] : [unsigned];

  const keys = found.keys.slice(0, triedKeysLimit);
  const alg = typeof header.alg === 'string' ? header.alg : '';
  const named = (found.kind === 'key' ? keys : keysOfKid(header.kid, found.keys)).slice(0, triedKeysLimit);
  if (unsigned === undefined && signature !== null) {
    for (const jwk of named) {
      if (await verifySignature(alg, jwk, signature, jws.signingInput)) {
        const kidless = context.requiresKid && header.kid === undefined;
        return kidless ? [{ code: 'kid_missing', claim: 'kid', expected: kidsOf(keys) }] : [];
      }
    }
  }

  const kid = found.kind === 'key' ? undefined : checkKid(header.kid, named, keys, context);
  if (unsigned !== undefined) return kid === undefined ? [unsigned] : [kid, unsigned];
  if (signature === null) return kid === undefined ? [] : [kid];
  const truncated = checkLength(signature, alg, named.length > 0 ? named : keys);
  if (truncated !== undefined) return kid === undefined ? [truncated] : [kid, truncated];
  for (const jwk of keys) {
    if (named.includes(jwk)) continue;
    if (await verifySignature(alg, jwk, signature, jws.signingInput))
      return [verifiedByOther(kid, header.kid, jwk)];
  }
  return explainSignature({ jws, signature, alg, named, keys, kid });
}

function hostInWords(host: string | undefined): Localized {
  const name = host === undefined ? '' : quoteText(host);
  return name === ''
    ? { en: 'The host of the JWK Set', ja: 'JWK Set のホスト' }
    : { en: `The host of the JWK Set, ${name},`, ja: `JWK Set のホスト ${name} ` };
}

function keysOfKid(kid: unknown, keys: readonly Jwk[]): readonly Jwk[] {
  if (kid === undefined) return keys.length === 1 ? keys : [];
  return keys.filter((jwk) => jwk.kid === kid);
}

function checkPresence({ signatureState, header }: Jws): Observation | undefined {
  if (signatureState === 'removed') return { code: 'signature_removed' };
  if (signatureState !== 'missing') return undefined;
  const none = typeof header?.alg === 'string' && header.alg.toLowerCase() === 'none';
  return none ? { code: 'signature_missing', because: 'alg_none' } : { code: 'signature_missing' };
}

function checkKid(
  kid: unknown,
  named: readonly Jwk[],
  keys: readonly Jwk[],
  context: KeyContext,
): Observation | undefined {
  if (named.length > 0) return undefined;
  const finding = { claim: 'kid', actual: quote(kid), expected: kidsOf(keys) };
  if (kid === undefined) return { code: 'kid_missing', ...finding };
  if (typeof kid !== 'string') return { code: 'kid_missing', reason: 'not_a_string', ...finding };
  return { code: 'kid_not_found', reason: reasonOfLostKey(context), ...finding };
}

/** Google publishes a key for at least 12 hours after a signature, and at least 6 hours before the first. */
const publishedSeconds = 12 * 3600;

function reasonOfLostKey({ issuedByGoogle, ageSeconds }: KeyContext): string | undefined {
  if (!issuedByGoogle || ageSeconds === undefined) return undefined;
  return ageSeconds > publishedSeconds ? 'rotated_out' : 'stale_set';
}

function verifiedByOther(kid: Observation | undefined, actual: unknown, jwk: Jwk): Observation {
  const expected = quote(jwk.kid);
  if (kid?.code === 'kid_missing') return { ...kid, expected };
  return { code: 'kid_wrong', claim: 'kid', actual: quote(actual), expected };
}

function checkLength(signature: Uint8Array, alg: string, keys: readonly Jwk[]): Observation | undefined {
  const lengths = keys.map((jwk) => signatureLength(alg, jwk)).filter((length) => length !== undefined);
  const shortest = Math.min(...lengths);
  // DER leaves out leading zeros, so a signature in DER may be a little shorter or longer than the fixed width.
  const der =
    algorithms.get(alg)?.kty === 'EC' && signature[0] === 0x30 && signature[1] === signature.length - 2;
  if (lengths.length === 0 || signature.length >= shortest || der) return undefined;
  return { code: 'signature_truncated', actual: signature.length, expected: shortest };
}

const macLengths: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** Bytes of a signature under the algorithm, or under the key where the algorithm isn't the key's. */
function signatureLength(alg: string, jwk: Jwk): number | undefined {
  const algorithm = algorithms.get(alg);
  if (algorithm === undefined || algorithm.kty !== jwk.kty) return undefined;
  if (algorithm.kty === 'oct') return macLengths[alg];
  if (algorithm.kty === 'OKP') return 64;
  if (algorithm.coordinateSize !== undefined) return algorithm.coordinateSize * 2;
  return Math.floor(((jwk.n?.length ?? 0) * 6) / 8);
}

function kidsOf(keys: readonly Jwk[]): string | null {
  const kids = keys.map((jwk) => jwk.kid).filter((kid) => kid !== undefined);
  if (kids.length === 0) return null;
  const shown = kids.slice(0, 3).map((kid) => String(quote(kid)));
  return kids.length > 3 ? `${shown.join(', ')}, …` : shown.join(', ');
}
