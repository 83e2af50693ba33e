import type { Contract } from './contract.ts';
import { banner } from './files.ts';

/** As the generated file sees it. */
const rulesFile = '../diagnose/profile-rules.ts';

/**
 * The profiles as the doctor reads them: the signer's and those for diagnosis alone, with what only the
 * signer needs left out, and the verifier's own demands over the signer's limits.
 */
export function generateSdkProfiles(contract: Contract): string {
  const rows = Object.entries(contract.profiles).map(([name, profile]) => {
    const { maxLifetimeSeconds = null, fills: _, verifier, ...shared } = profile;
    return `  ${JSON.stringify(name)}: ${JSON.stringify({ ...shared, maxLifetimeSeconds, ...verifier }, null, 2)},`;
  });
  const names = Object.keys(contract.profiles).map((name) => `  | ${JSON.stringify(name)}`);
  return `${banner}import type { ProfileRules } from '${rulesFile}';

/** The verifiers whose demands the doctor knows. */
export type DiagnosisProfileName =
${names.join('\n')};

export const profiles: Readonly<Record<DiagnosisProfileName, ProfileRules>> = {
${rows.join('\n')}
};
`;
}
