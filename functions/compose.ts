import type { HttpConfig } from './config.ts';
import { createCallerVerifier } from './google/caller-tokens.ts';
import { createCredentials } from './google/credentials.ts';
import { createIamSigner } from './google/iam-signer.ts';
import { createSignerKeys } from './google/signer-keys.ts';
import type { HttpServices } from './http/exchange.ts';
import { createAuditLog } from './issuance/audit-log.ts';
import { createLog } from './issuance/log.ts';
import { FilePolicySource } from './issuance/policy-source.ts';
import { RateLimit } from './issuance/rate-limit.ts';
import { TokenReuse } from './issuance/token-reuse.ts';

/** The time, a NumericDate (RFC 7519 section 2). */
const now = () => Math.floor(Date.now() / 1000);

/** How long the load of a policy waits to learn whom the function runs as, in milliseconds. */
const maxIdentityMilliseconds = 2_000;

/** Puts the HTTP target together: its settings, Google's adapters, and what they serve. */
export function compose(config: HttpConfig): HttpServices {
  const log = createLog();
  const credentials = createCredentials();
  const runtimeAccount = () =>
    credentials.email(performance.now() + maxIdentityMilliseconds).catch(() => undefined);
  const policyAt = (path: string, role: string) =>
    new FilePolicySource({
      path,
      maxStaleSeconds: config.policyMaxStaleSeconds,
      runtimeAccount,
      report: ({ mistakes, ...rest }) =>
        mistakes === undefined
          ? log.info(rest, `${role} loaded`)
          : log.error({ ...rest, mistakes }, `${role} not loaded`),
      now,
    });
  const { shadowPolicyPath } = config;
  return {
    issuance: {
      policySource: policyAt(config.policyPath, 'policy'),
      shadowSource: shadowPolicyPath === undefined ? undefined : policyAt(shadowPolicyPath, 'shadow policy'),
      signer: createIamSigner(config.hosts, credentials),
      reuse: new TokenReuse(),
      rateLimit: new RateLimit(config.signaturesPerMinute),
      audit: createAuditLog(log, config.projectId),
      ownAudiences: config.ownAudiences,
      now,
    },
    callerVerifier: createCallerVerifier({ hosts: config.hosts, audiences: config.audiences, now }),
    signerKeys: createSignerKeys(config.hosts),
    runtimeIdentity: credentials,
    log,
  };
}
