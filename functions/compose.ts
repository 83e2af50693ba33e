import type { HttpConfig } from './config.ts';
import { createCallerVerifier } from './google/caller-tokens.ts';
import { createCredentials } from './google/credentials.ts';
import { createIamSigner } from './google/iam-signer.ts';
import { createSignerKeys } from './google/signer-keys.ts';
import type { HttpServices } from './http/exchange.ts';
import { createAuditLog } from './issuance/audit-log.ts';
import { createLog } from './issuance/log.ts';
import { FilePolicySource } from './issuance/policy-source.ts';
import { TokenReuse } from './issuance/token-reuse.ts';

/** The time, a NumericDate (RFC 7519 section 2). */
const now = () => Math.floor(Date.now() / 1000);

/** Puts the HTTP target together: its settings, Google's adapters, and what they serve. */
export function compose(config: HttpConfig): HttpServices {
  const log = createLog();
  const credentials = createCredentials();
  return {
    issuance: {
      policySource: new FilePolicySource({
        path: config.policyPath,
        maxStaleSeconds: config.policyMaxStaleSeconds,
        report: ({ mistakes, ...rest }) =>
          mistakes === undefined
            ? log.info(rest, 'policy loaded')
            : log.error({ ...rest, mistakes }, 'policy not loaded'),
        now,
      }),
      signer: createIamSigner(config.hosts, credentials),
      reuse: new TokenReuse(),
      audit: createAuditLog(log),
      ownAudiences: config.ownAudiences,
      now,
    },
    callerVerifier: createCallerVerifier({ hosts: config.hosts, audiences: config.audiences, now }),
    signerKeys: createSignerKeys(config.hosts),
    runtimeIdentity: credentials,
    log,
  };
}
