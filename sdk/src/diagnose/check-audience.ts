import type { Demands } from './expectations.ts';
import type { Observation } from './finding.ts';
import { nearMiss } from './near-miss.ts';
import type { AudienceComparison, ProfileRules } from './profile-rules.ts';
import { quote, quoteList } from './quote.ts';

/** Compares `aud` with what is expected, as the profile's verifier does (RFC 7519 section 4.1.3). */
export function checkAudience(aud: unknown, demands: Demands): Observation[] {
  const actual = typeof aud === 'string' ? [aud] : aud;
  if (!isStrings(actual)) {
    return [
      {
        code: 'claim_type',
        claim: 'aud',
        reason: 'not_audience',
        actual: typeName(aud),
        expected: 'string | string[]',
      },
    ];
  }
  const { audiences, profile } = demands;
  const observations: Observation[] = [];
  const comparison = profile?.audienceComparison ?? 'exact';
  const matches = actual.some((value) => audiences.some((expected) => isSame(value, expected, comparison)));
  if (audiences.length > 0 && !matches) {
    observations.push({ ...mismatch(aud, actual, audiences), expected: quoteList(audiences) });
  } else if (profile !== undefined) {
    observations.push(...checkForm(aud, actual, profile));
  }
  return observations;
}

function mismatch(aud: unknown, actual: readonly string[], expected: readonly string[]): Observation {
  const near = actual.map((value) => nearMiss(value, expected)).find((reason) => reason !== undefined);
  const reason = actual.length === 0 ? 'empty' : near;
  return { code: 'audience_mismatch', claim: 'aud', reason, actual: quote(aud) };
}

function checkForm(aud: unknown, actual: readonly string[], { audience }: ProfileRules): Observation[] {
  const finding: Observation = {
    code: 'audience_mismatch',
    claim: 'aud',
    actual: quote(aud),
    expected: audience.expected ?? null,
  };
  if (audience.single === true && actual.length !== 1) return [{ ...finding, reason: 'not_single' }];
  const pattern = audience.form === 'url' ? '^https://[^/]' : audience.pattern;
  if (audience.form === 'any' || pattern === undefined) return [];
  const fits = actual.every((value) => new RegExp(pattern).test(value));
  return fits ? [] : [{ ...finding, reason: 'form' }];
}

function isSame(actual: string, expected: string, comparison: AudienceComparison): boolean {
  if (actual === expected) return true;
  if (comparison === 'ignore-scheme-and-slash') return strip(actual) === strip(expected);
  if (comparison === 'url-prefix' && actual.endsWith('/*')) return expected.startsWith(actual.slice(0, -1));
  return false;
}

function strip(audience: string): string {
  return audience.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** The JSON type of a value, as a finding names it. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
