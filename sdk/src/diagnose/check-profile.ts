import type { JsonObject } from './base64url.ts';
import { typeName } from './check-audience.ts';
import { isAbsent } from './check-claims.ts';
import type { Demands } from './expectations.ts';
import type { Observation } from './finding.ts';
import type { PrivateClaimRule, ProfileRules } from './profile-rules.ts';
import { quoteText } from './quote.ts';
import { recogniseTokenKind } from './token-kind.ts';

/** Checks what the profile's verifier demands beyond RFC 7519. */
export function checkProfile(header: JsonObject, claims: JsonObject, { profile }: Demands): Observation[] {
  if (profile === undefined) return [];
  return [
    ...checkKind(header, claims, profile),
    ...checkEmail(claims, profile),
    ...checkSubjectLength(claims.sub, profile),
    ...Object.entries(profile.privateClaims).flatMap(([name, rule]) =>
      checkPrivate(name, claims[name], rule),
    ),
  ];
}

/** Kinds that hold all that the verifier of another demands, so that the claims decide. */
function checkKind(header: JsonObject, claims: JsonObject, { tokenKinds }: ProfileRules): Observation[] {
  const kind = recogniseTokenKind(header, claims);
  if (tokenKinds === undefined || kind === undefined || tokenKinds.includes(kind)) return [];
  // A service account's JWT without the profile's own claims lacks just those: they say so more exactly.
  if (kind === 'service-account-jwt' && tokenKinds.includes('firebase-custom-token')) return [];
  return [{ code: 'wrong_token_kind', reason: kind, actual: kind, expected: tokenKinds.join(', ') }];
}

function checkEmail({ email }: JsonObject, { requiresEmail }: ProfileRules): Observation[] {
  if (requiresEmail !== true || (typeof email === 'string' && email !== '')) return [];
  if (isAbsent(email) || email === '') return [{ code: 'email_missing', claim: 'email', expected: 'email' }];
  return [{ code: 'claim_type', claim: 'email', actual: typeName(email), expected: 'string' }];
}

function checkSubjectLength(sub: unknown, { maxSubjectBytes }: ProfileRules): Observation[] {
  if (maxSubjectBytes === undefined || typeof sub !== 'string') return [];
  const { length } = new TextEncoder().encode(sub);
  return length <= maxSubjectBytes ? [] : [wrongLength('sub', length, `≤ ${maxSubjectBytes}`)];
}

function checkPrivate(claim: string, value: unknown, rule: PrivateClaimRule): Observation[] {
  if (isAbsent(value))
    return rule.required === true ? [{ code: 'claim_missing', claim, expected: claim }] : [];
  const type = typeName(value);
  if (type !== rule.type) return [{ code: 'claim_type', claim, actual: type, expected: rule.type }];
  if (typeof value === 'string') return checkLength(claim, value.length, rule);
  const reserved = (rule.reservedNames ?? []).filter((name) => Object.hasOwn(value as JsonObject, name));
  return reserved.map((name) => ({
    code: 'reserved_claim',
    claim: `${claim}.${name}`,
    actual: quoteText(name),
  }));
}

function checkLength(
  claim: string,
  length: number,
  { minLength = 0, maxLength }: PrivateClaimRule,
): Observation[] {
  if (length >= minLength && length <= (maxLength ?? length)) return [];
  return [
    wrongLength(claim, length, maxLength === undefined ? `≥ ${minLength}` : `${minLength}…${maxLength}`),
  ];
}

function wrongLength(claim: string, actual: number, expected: string): Observation {
  return { code: 'claim_length', claim, actual, expected };
}
