import { type FindingCode, type Observation, type Step, stepOf } from './finding.ts';

const steps: readonly Step[] = ['shape', 'header', 'key', 'signature', 'claims', 'time', 'profile'];

/** What follows from what, where both were found; the first rule that fits counts. */
const consequences: readonly {
  cause: FindingCode;
  of: readonly FindingCode[];
  when?: (cause: Observation) => boolean;
}[] = [
  {
    cause: 'wrong_token_kind',
    of: [
      'alg_not_allowed',
      'kid_not_found',
      'issuer_mismatch',
      'audience_mismatch',
      'subject_mismatch',
      'claim_missing',
      'email_missing',
      'lifetime_too_long',
    ],
  },
  { cause: 'token_malformed', of: ['signature_invalid', 'signature_missing', 'signature_truncated'] },
  { cause: 'alg_none', of: ['signature_missing', 'signature_invalid'] },
  { cause: 'alg_not_allowed', of: ['signature_invalid'] },
  // A whole other issuer has other keys; one that is only written otherwise has the same.
  { cause: 'issuer_mismatch', of: ['kid_not_found'], when: ({ reason }) => reason === undefined },
];

/** The observations with the root cause first, the rest in the order of steps, each with what it follows from. */
export function orderObservations(observations: readonly Observation[]): Observation[] {
  const linked = observations
    .map((observation) => link(observation, observations))
    .sort((a, b) => steps.indexOf(stepOf[a.code]) - steps.indexOf(stepOf[b.code]));
  // Keys that are not there are no fault of the token: the root cause only where nothing else is wrong.
  const root =
    linked.find(({ code, because }) => because === undefined && code !== 'jwks_unavailable') ?? linked[0];
  return root === undefined ? [] : [root, ...linked.filter((observation) => observation !== root)];
}

function link(observation: Observation, all: readonly Observation[]): Observation {
  if (observation.because !== undefined) return observation;
  for (const { cause, of, when } of consequences) {
    if (!of.includes(observation.code)) continue;
    const found = all.find(({ code }) => code === cause);
    if (found !== undefined && when?.(found) !== false) return { ...observation, because: cause };
  }
  return observation;
}
