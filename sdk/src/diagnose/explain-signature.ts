import { decodeBase64Url, encodeBase64 } from './base64url.ts';
import type { Observation } from './finding.ts';
import { algorithms, fits } from './keys/algorithms.ts';
import { ecdsaFromDer } from './keys/der.ts';
import type { Jwk } from './keys/jwk.ts';
import { keyMaterial } from './keys/key-material.ts';
import { recoverRsaAlgorithm } from './keys/rsa-recovery.ts';
import { verifySignature } from './keys/verify-signature.ts';
import { quote } from './quote.ts';
import type { Jws } from './read-token.ts';

interface FailedSignature {
  jws: Jws;
  signature: Uint8Array<ArrayBuffer>;
  alg: string;
  /** The keys that `kid` names; empty where it names none. */
  named: readonly Jwk[];
  keys: readonly Jwk[];
  kid: Observation | undefined;
}

type Signature = Uint8Array<ArrayBuffer>;

/** Says why a signature verifies with no key of the set: an algorithm mistaken, an encoding, another content. */
export async function explainSignature(failed: FailedSignature): Promise<Observation[]> {
  const { jws, signature, alg, keys, kid } = failed;
  const before = kid === undefined ? [] : [kid];
  const verifies = (name: string, jwk: Jwk, bytes: Signature = signature) =>
    verifySignature(name, jwk, bytes, jws.signingInput);

  if (alg.startsWith('HS')) return [...before, await explainMac(failed, verifies)];
  for (const jwk of keys) {
    const coordinateSize = algorithms.get(alg)?.coordinateSize;
    const fixed = coordinateSize === undefined ? null : ecdsaFromDer(signature, coordinateSize);
    if (fixed !== null && (await verifies(alg, jwk, fixed))) {
      return [...before, invalid('der_encoded', { actual: 'DER', expected: 'R || S' })];
    }
    for (const name of algorithms.keys()) {
      if (name === alg || !fits(jwk, name) || !(await verifies(name, jwk))) continue;
      return [...before, invalid('other_algorithm', { actual: quote(alg), expected: name })];
    }
  }
  return explainByOpening(failed);
}

/** RSA signatures can be opened: that tells the key that made one even though the content has changed. */
function explainByOpening({ jws, signature, alg, named, keys, kid }: FailedSignature): Observation[] {
  const before = kid === undefined ? [] : [kid];
  const maker = keys.find((jwk) => jwk.kty === 'RSA' && recoverRsaAlgorithm(jwk, signature) !== undefined);
  if (maker !== undefined) {
    const madeWith = recoverRsaAlgorithm(maker, signature);
    const values = { maker: String(quote(maker.kid) ?? '-') };
    const changed =
      madeWith === alg
        ? invalid('content_altered', { values })
        : invalid('algorithm_altered', { actual: quote(alg), expected: madeWith ?? null, values });
    if (named.includes(maker) || kid?.code === 'kid_missing') return [...before, changed];
    const wrong = { claim: 'kid', actual: quote(jws.header?.kid), expected: quote(maker.kid) };
    return [{ code: 'kid_wrong', ...wrong }, changed];
  }
  if (kid?.code === 'kid_not_found') return [kid, { ...invalid('key_not_in_set'), because: 'kid_not_found' }];
  return [...before, invalid(alg.startsWith('RS') && named.length > 0 ? 'other_key' : undefined)];
}

/** An HMAC: made with a public key's text, with the secret's base64 form, or with another secret. */
async function explainMac(
  { alg, keys }: FailedSignature,
  verifies: (name: string, jwk: Jwk) => Promise<boolean>,
): Promise<Observation> {
  for (const jwk of keys) {
    const guesses = jwk.kty === 'oct' ? secretForms(jwk) : await publicKeyForms(jwk);
    for (const [reason, text] of guesses) {
      const k = base64UrlOfText(text);
      if (await verifies(alg, { kty: 'oct', k })) return invalid(reason);
    }
  }
  return keys.some((jwk) => jwk.kty === 'oct') ? invalid('other_secret') : invalid('symmetric');
}

function secretForms(jwk: Jwk): [string, string][] {
  const bytes = decodeBase64Url(jwk.k ?? '');
  if (bytes === null) return [];
  const secret = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const forms: [string, string][] = [
    ['secret_white_space', secret.trim()],
    ['secret_white_space', `${secret}\n`],
  ];
  try {
    forms.push(['secret_base64', atob(secret.replaceAll('-', '+').replaceAll('_', '/').trim())]);
  } catch {
    // Not base64: nothing to try.
  }
  forms.push(['secret_base64', btoa(secret)]);
  return forms;
}

/** The texts of a public key that a forger, or a mistaken library, would use as the secret. */
async function publicKeyForms(jwk: Jwk): Promise<[string, string][]> {
  const alg = jwk.kty === 'EC' ? [...algorithms.keys()].find((name) => fits(jwk, name)) : 'RS256';
  const algorithm = algorithms.get(alg ?? '');
  if (algorithm === undefined || algorithm.kty !== jwk.kty) return [];
  try {
    const key = await crypto.subtle.importKey('jwk', keyMaterial(jwk), algorithm.import, true, ['verify']);
    const base64 = encodeBase64(new Uint8Array(await crypto.subtle.exportKey('spki', key)));
    const lines = base64.match(/.{1,64}/g)?.join('\n') ?? '';
    const pem = `-----BEGIN PUBLIC KEY-----\n${lines}\n-----END PUBLIC KEY-----`;
    return [pem, `${pem}\n`].map((text) => ['public_key_as_secret', text]);
  } catch {
    return [];
  }
}

function base64UrlOfText(binary: string): string {
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function invalid(reason: string | undefined, rest: Partial<Observation> = {}): Observation {
  return { code: 'signature_invalid', reason, ...rest };
}
