import type { ProblemFault, ProfileName } from '../contract/generated/types.ts';
import profileTable from '../contract/profiles.json' with { type: 'json' };
import { audiencesOf } from './audience.ts';
import { fault, pointerTo } from './fault.ts';
import { isNumericDate } from './numeric-date.ts';

interface PrivateClaimRule {
  type: string;
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  reservedNames?: string[];
}

/** What one verifier demands of a claims set; the data and its sources are in contract/profiles.json. */
export interface Profile {
  title: string;
  source: string;
  maxLifetimeSeconds: number;
  subject?: string;
  audience: { form: string; single?: boolean; pattern?: string; expected?: string };
  fills: Record<string, string>;
  privateClaims: Record<string, PrivateClaimRule>;
}

const profiles: Record<ProfileName, Profile> = profileTable;

/** The profile of this name. */
export function profileOf(name: ProfileName): Profile {
  return profiles[name];
}

/** What the profile fills in: `$signer` in its table stands for the signer's e-mail. */
export function filledClaims(name: ProfileName, signer: string): Record<string, string> {
  const fills = Object.entries(profiles[name].fills);
  return Object.fromEntries(fills.map(([claim, value]) => [claim, value === '$signer' ? signer : value]));
}

/**
 * What the profile finds wrong with the claims; `now` is when the token would be issued where `iat` does not say so.
 * What is missing counts only in a whole claims set: the binding may fill it in.
 */
export function checkProfile(
  name: ProfileName,
  claims: Record<string, unknown>,
  { signer, now, isWhole }: { signer: string | undefined; now: number; isWhole: boolean },
): ProblemFault[] {
  const profile = profiles[name];
  return [
    ...checkAudienceForm(name, profile.audience, claims.aud),
    ...checkLifetime(name, profile, claims, now),
    ...(signer === undefined ? [] : checkSignerClaims(name, profile, claims, signer)),
    ...Object.entries(profile.privateClaims).flatMap(([claim, rule]) =>
      claims[claim] === undefined && !isWhole ? [] : checkPrivateClaim(name, claim, rule, claims),
    ),
  ];
}

function checkAudienceForm(name: ProfileName, rule: Profile['audience'], aud: unknown): ProblemFault[] {
  if (typeof aud !== 'string' && !Array.isArray(aud)) return [];
  if (rule.single && Array.isArray(aud)) {
    return [
      fault('/claims/aud', aud, 'one string', `Profile ${name} takes one audience; ask once for each.`),
    ];
  }
  const fits = (audience: string) =>
    rule.form === 'any' ||
    (rule.form === 'url' ? URL.canParse(audience) : new RegExp(rule.pattern ?? '').test(audience));
  const misfit = audiencesOf(aud).find((audience) => !fits(audience));
  if (misfit === undefined) return [];
  return [fault('/claims/aud', misfit, rule.expected ?? 'another form', `Profile ${name} demands it.`)];
}

function checkLifetime(
  name: ProfileName,
  { maxLifetimeSeconds }: Profile,
  { iat, exp }: Record<string, unknown>,
  now: number,
): ProblemFault[] {
  if (!isNumericDate(exp)) return [];
  const issuedAt = isNumericDate(iat) ? iat : now;
  if (exp - issuedAt <= maxLifetimeSeconds) return [];
  const hint = `Profile ${name} takes tokens that live at most ${maxLifetimeSeconds} seconds from iat.`;
  return [fault('/claims/exp', exp, `at most ${issuedAt + maxLifetimeSeconds}`, hint)];
}

function checkSignerClaims(
  name: ProfileName,
  profile: Profile,
  claims: Record<string, unknown>,
  signer: string,
): ProblemFault[] {
  const demanded = { ...(profile.subject === 'signer' && { sub: signer }), ...filledClaims(name, signer) };
  return Object.entries(demanded).flatMap(([claim, expected]) => {
    if (claims[claim] === undefined || claims[claim] === expected) return [];
    const hint = `Profile ${name} demands it; leave ${claim} out and it is filled in.`;
    return [fault(pointerTo('/claims', claim), claims[claim], JSON.stringify(expected), hint)];
  });
}

function checkPrivateClaim(
  name: ProfileName,
  claim: string,
  rule: PrivateClaimRule,
  claims: Record<string, unknown>,
): ProblemFault[] {
  const value = claims[claim];
  const refuse = (expected: string, at = '') => [
    fault(`${pointerTo('/claims', claim)}${at}`, value, expected, `Profile ${name} demands it.`),
  ];
  if (value === undefined) return rule.required ? refuse(`a ${rule.type}`) : [];
  if (rule.type === 'string') {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rule;
    const fits = typeof value === 'string' && value.length >= minLength && value.length <= maxLength;
    if (fits) return [];
    return refuse(
      Number.isFinite(maxLength) ? `a string of ${minLength} to ${maxLength} characters` : 'a string',
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('an object');
  const reserved = rule.reservedNames ?? [];
  return Object.keys(value)
    .filter((member) => reserved.includes(member))
    .flatMap((member) => refuse('no reserved name', pointerTo('', member)));
}
