import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explain, knownTexts } from '../../../sdk/src/diagnose/explain/explain.ts';
import type { FindingCode } from '../../../sdk/src/diagnose/finding.ts';
import { root } from '../../support/imports.ts';

/**
 * What libraries said when they were run on one token for each fault, with a PEM key and with a JWK Set of two keys,
 * and issuer, audience, subject and RS256 expected: library and version, fault, texts. A whole token is `<JWT>`.
 */
const seen: Record<string, Record<string, string[]>> = JSON.parse(
  readFileSync(join(root, 'test/support/fixtures/seen-errors.json'), 'utf8'),
);

/** What each fault is; several where a library can't but see one of them. */
const faultCodes: Readonly<Record<string, readonly FindingCode[]>> = {
  empty: ['token_missing', 'token_malformed'],
  plain_text: ['token_malformed', 'not_a_jws'],
  two_segments: ['token_malformed'],
  four_segments: ['token_malformed'],
  bearer: ['bearer_prefix'],
  quoted: ['surrounding_characters'],
  newline: ['surrounding_characters'],
  urlencoded: ['url_encoded'],
  bad_b64_header: ['token_malformed'],
  bad_b64_payload: ['token_malformed', 'signature_invalid'],
  bad_b64_sig: ['token_malformed', 'signature_invalid'],
  padded_sig: ['base64_not_url_safe'],
  header_not_json: ['token_malformed'],
  payload_not_json: ['token_malformed'],
  payload_array: ['token_malformed', 'claim_type', 'claim_missing'],
  alg_missing: ['alg_not_allowed'],
  alg_none: ['alg_none'],
  alg_hs256: ['alg_not_allowed'],
  alg_unknown: ['alg_not_allowed'],
  alg_ps256: ['alg_not_allowed'],
  sig_wrong_key: ['signature_invalid'],
  sig_truncated: ['signature_truncated'],
  sig_empty: ['signature_missing'],
  kid_unknown: ['kid_not_found'],
  kid_missing: ['kid_missing'],
  kid_number: ['kid_missing', 'kid_not_found'],
  crit: ['crit_unsupported'],
  typ: ['wrong_token_kind'],
  iss_wrong: ['issuer_mismatch'],
  aud_wrong: ['audience_mismatch'],
  sub_wrong: ['subject_mismatch'],
  expired: ['expired'],
  nbf_future: ['not_yet_valid'],
  iat_future: ['issued_in_future'],
  no_exp: ['claim_missing'],
  no_iat: ['claim_missing'],
  no_aud: ['claim_missing'],
  no_iss: ['claim_missing'],
  no_sub: ['claim_missing'],
  exp_string: ['claim_type'],
  exp_word: ['claim_type'],
  nbf_word: ['claim_type'],
  iat_word: ['claim_type'],
  exp_ms: ['timestamp_unit'],
  iat_ms: ['timestamp_unit'],
  sub_number: ['claim_type'],
  aud_number: ['claim_type'],
  iss_number: ['claim_type'],
};

/** An error of the language itself that came through, and says of a JWT nothing at all. */
const ofTheLanguage =
  /^(?:SyntaxError: Unexpected token|TypeError: no implicit|builtins\.TypeError|binascii\.Error: Invalid base64|invalid character 'o'|json: unsupported type)/;

const said = Object.entries(seen).flatMap(([library, faults]) =>
  Object.entries(faults).flatMap(([fault, texts]) => texts.map((text) => ({ library, fault, text }))),
);

test.each(said.filter(({ text }) => !ofTheLanguage.test(text)))(
  'explains what $library says of $fault: $text',
  ({ fault, text }) => {
    const codes = explain(text).map(({ code }) => code);
    expect(faultCodes[fault]).toBeDefined();
    expect(codes).toEqual(expect.arrayContaining([expect.toBeOneOf([...(faultCodes[fault] ?? [])])]));
  },
);

test('leaves errors of the language alone', () => {
  const unsaid = said.filter(({ text }) => ofTheLanguage.test(text));
  expect(unsaid.filter(({ text }) => explain(text).length > 0)).toEqual([]);
  console.log(
    `${said.length} texts of ${Object.keys(seen).length} libraries, ${unsaid.length} of them the language's`,
  );
  expect(unsaid.length / said.length).toBeLessThan(0.04);
});

describe('says where each text was seen', () => {
  const versionOf = (name: string): string | undefined => {
    try {
      return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
    } catch {
      return undefined;
    }
  };

  test.each(knownTexts)('$library: $seen', ({ library, seen: where, texts, common = [] }) => {
    expect(where).toMatch(/^(?:run|source|report): \S.{8,}/);
    expect(texts.length + common.length).toBeGreaterThan(0);
    const installed = versionOf(library);
    // What the repository installs was read in the version that it installs.
    if (installed !== undefined) expect(where).toContain(` ${library} ${installed}`);
  });

  test.each(knownTexts.filter(({ seen: where }) => where.startsWith('run: ')))(
    '$library ($seen) in the texts kept from its run',
    ({ library, texts, common = [] }) => {
      const kept = Object.entries(seen)
        .filter(([name]) => name.startsWith(library))
        .flatMap(([, faults]) => Object.values(faults).flat());
      const heard = [...texts, ...common].filter(([text]) => kept.some((line) => fits(text, line)));
      // The rest are of set-ups that the table of faults does not have: no algorithms given, keys not to be had.
      expect(heard.length / (texts.length + common.length)).toBeGreaterThan(0.6);
    },
  );
});

function fits(text: string, line: string): boolean {
  let from = 0;
  return text.split('*').every((part) => {
    const at = line.indexOf(part.trim(), from);
    from = at + part.length;
    return at >= 0;
  });
}
