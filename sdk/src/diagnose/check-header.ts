import type { JsonObject } from './base64url.ts';
import type { Demands } from './expectations.ts';
import type { Observation } from './finding.ts';
import { algorithms, algorithmsOf, fits } from './keys/algorithms.ts';
import type { Jwk } from './keys/jwk.ts';
import { quote, quoteList } from './quote.ts';

/** The keys that could be meant: those that `kid` names, else all of them. */
function candidateKeys(header: JsonObject, keys: readonly Jwk[]): readonly Jwk[] {
  const named = keys.filter((jwk) => jwk.kid !== undefined && jwk.kid === header.kid);
  return named.length > 0 ? named : keys;
}

/** Checks `alg` against the allow-list and the keys, and `crit` (RFC 7515 sections 4.1.1 and 4.1.11). */
export function checkHeader(header: JsonObject, demands: Demands, keys: readonly Jwk[]): Observation[] {
  const observations: Observation[] = [];
  const algorithm = checkAlgorithm(header, demands, keys);
  if (algorithm !== undefined) observations.push(algorithm);
  if (header.crit !== undefined) {
    observations.push({ code: 'crit_unsupported', claim: 'crit', actual: quote(header.crit) });
  }
  return observations;
}

function checkAlgorithm(header: JsonObject, demands: Demands, keys: readonly Jwk[]): Observation | undefined {
  const { alg } = header;
  const candidates = candidateKeys(header, keys);
  const allowed = demands.algorithms ?? algorithmsOfAll(candidates);
  const finding = { claim: 'alg', actual: quote(alg), expected: quoteList(allowed) };
  if (typeof alg !== 'string') return { code: 'alg_not_allowed', reason: 'missing', ...finding };
  if (alg.toLowerCase() === 'none') return { code: 'alg_none', ...finding };
  if (!allowed.includes(alg)) {
    return { code: 'alg_not_allowed', reason: reasonAgainst(alg, allowed, keys), ...finding };
  }
  if (candidates.length > 0 && !candidates.some((jwk) => suits(jwk, alg))) {
    const expected = quoteList(algorithmsOfAll(candidates));
    const reason = alg.startsWith('HS') ? 'symmetric' : 'key_type';
    return { code: 'alg_not_allowed', reason, ...finding, expected };
  }
  return undefined;
}

function suits(jwk: Jwk, alg: string): boolean {
  return fits(jwk, alg) && (jwk.alg === undefined || jwk.alg === alg);
}

function reasonAgainst(alg: string, allowed: readonly string[], keys: readonly Jwk[]): string | undefined {
  if (!algorithms.has(alg)) return 'unknown';
  const asymmetric = allowed.every((name) => !name.startsWith('HS'));
  if (alg.startsWith('HS') && asymmetric && !keys.some((jwk) => jwk.kty === 'oct')) return 'symmetric';
  return undefined;
}

const all = [...algorithms.keys()];

function algorithmsOfAll(keys: readonly Jwk[]): readonly string[] {
  const [first] = keys;
  if (first === undefined) return all;
  return keys.length === 1 ? algorithmsOf(first) : [...new Set(keys.flatMap(algorithmsOf))];
}
