import type { FindingCode } from '../../../sdk/src/diagnose/finding.ts';
import { faults } from './faults.ts';
import { goodSpecimen, type Specimen } from './specimen.ts';

/** The symptoms that developers meet most, the fault behind each, and what the doctor calls it. */
export const causes: readonly (readonly [text: string, fault: string, code: FindingCode])[] = [
  ['invalid signature', 'another key under the same kid', 'signature_invalid'],
  ['invalid signature', 'a claim changed after signing', 'signature_invalid'],
  ['invalid signature', 'another key of the set', 'kid_wrong'],
  ['invalid signature', 'half a signature', 'signature_truncated'],
  ['invalid signature', 'a signature removed by Cloud Run', 'signature_removed'],
  ['invalid algorithm', 'HS256 with a secret', 'alg_not_allowed'],
  ['invalid algorithm', 'RS512 where RS256 is allowed', 'alg_not_allowed'],
  [
    "unable to find a signing key that matches 'kid'",
    'a kid that the set lacks, with its key',
    'kid_not_found',
  ],
  ['jwt audience invalid', 'another audience', 'audience_mismatch'],
  ['jwt issuer invalid', 'another issuer', 'issuer_mismatch'],
  ['jwt expired', 'expired an hour ago', 'expired'],
  ['jwt not active', 'nbf in five minutes', 'not_yet_valid'],
  ['invalid token', 'cut within the payload', 'token_malformed'],
  ['invalid token', 'percent-encoded twice', 'url_encoded'],
  ['invalid token', 'Bearer in front', 'bearer_prefix'],
];

/** A good specimen with these faults put in. Throws where there is no fault of that name. */
export function specimenWith(...names: string[]): Specimen {
  const specimen = goodSpecimen();
  for (const name of names) {
    const fault = faults.find((candidate) => candidate.name === name);
    if (fault === undefined) throw new Error(`no fault is called ${name}`);
    fault.apply(specimen);
  }
  return specimen;
}
