import type { BatchConfig, HttpConfig } from './config.ts';
import { createBatchLog } from './events/batch-log.ts';
import type { PushServices } from './events/handle-push.ts';
import { Limiter } from './events/limiter.ts';
import { TopicNotes } from './events/topic-target.ts';
import { createCallerVerifier } from './google/caller-tokens.ts';
import { createCredentials } from './google/credentials.ts';
import { createIamSigner } from './google/iam-signer.ts';
import type { KeyReport } from './google/key-sets.ts';
import { createMetadataCredentials } from './google/metadata-credentials.ts';
import { createPublisher } from './google/publisher.ts';
import { createSecretStore } from './google/secret-store.ts';
import { createSignerKeys } from './google/signer-keys.ts';
import type { HttpServices } from './http/exchange.ts';
import { createAuditLog } from './issuance/audit-log.ts';
import type { Issuance } from './issuance/issue-token.ts';
import { createLog, type Log } from './issuance/log.ts';
import { FilePolicySource } from './issuance/policy-source.ts';
import { RateLimit } from './issuance/rate-limit.ts';
import { TokenReuse } from './issuance/token-reuse.ts';

/** The time, a NumericDate (RFC 7519 section 2). */
const now = () => Math.floor(Date.now() / 1000);

/** How long the load of a policy waits to learn whom the function runs as, in milliseconds. */
const maxIdentityMilliseconds = 2_000;

/** How many of an instance's batch items may be at IAM at once. */
const maxSigning = 64;

/** Puts the target `countersign` together: its settings, Google's adapters, and what they serve. */
export function compose(config: HttpConfig): HttpServices {
  const { issuance, credentials, log } = composeIssuance(config);
  return {
    issuance,
    callerVerifier: createCallerVerifier({
      hosts: config.hosts,
      audiences: config.audiences,
      now,
      reportKeys: keyReport(log, 'callers'),
    }),
    signerKeys: createSignerKeys(config.hosts, keyReport(log, 'signer')),
    runtimeIdentity: credentials,
    log,
  };
}

/** Puts the target `countersignBatch` together; `stopping` ends what would outlast the process. */
export function composeBatch(
  config: BatchConfig,
  stopping: AbortSignal = new AbortController().signal,
): PushServices {
  const { issuance, credentials, log } = composeIssuance(config);
  return {
    batch: {
      issuance,
      secrets: createSecretStore(config.hosts.secretManager, credentials),
      publisher: createPublisher(config.hosts.pubsub, credentials),
      topicNotes: new TopicNotes(),
      limiter: new Limiter(maxSigning),
      stopping,
    },
    verifier: createCallerVerifier({
      hosts: config.hosts,
      audiences: [config.url],
      now,
      reportKeys: keyReport(log, 'callers'),
    }),
    deadLetterTopic: config.deadLetterTopic,
    batchLog: createBatchLog(log),
    log,
  };
}

/** Puts each fetch of keys on record: whose they are, and how it ended. */
function keyReport(log: Log, of: 'callers' | 'signer'): KeyReport {
  return (fetch) => {
    const line = { logType: 'keys', of, ...fetch };
    if (fetch.outcome === 'failed') log.warn(line, `keys of ${of} not fetched`);
    else log.info(line, `keys of ${of} fetched`);
  };
}

function composeIssuance(config: HttpConfig | BatchConfig) {
  const log = createLog(config.projectId);
  const { metadataOrigin } = config;
  const credentials = metadataOrigin ? createMetadataCredentials(metadataOrigin) : createCredentials();
  const runtimeAccount = () =>
    credentials.email(performance.now() + maxIdentityMilliseconds).catch(() => undefined);
  const policyAt = (path: string, role: string) =>
    new FilePolicySource({
      path,
      maxStaleSeconds: config.policyMaxStaleSeconds,
      runtimeAccount,
      report: ({ mistakes, ...rest }) =>
        mistakes === undefined
          ? log.info({ logType: 'policy', role, outcome: 'loaded', ...rest }, `${role} loaded`)
          : log.error(
              { logType: 'policy', role, outcome: 'refused', ...rest, mistakes },
              `${role} not loaded`,
            ),
      now,
    });
  const { shadowPolicyPath } = config;
  const issuance: Issuance = {
    policySource: policyAt(config.policyPath, 'policy'),
    shadowSource: shadowPolicyPath === undefined ? undefined : policyAt(shadowPolicyPath, 'shadow policy'),
    signer: createIamSigner(config.hosts, credentials),
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(config.signaturesPerMinute),
    audit: createAuditLog(log),
    ownAudiences: config.ownAudiences,
    now,
  };
  return { issuance, credentials, log };
}
