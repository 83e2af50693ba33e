import type { ClaimsSet, JwkSet } from '../contract/generated/types.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import type { RequestMeter } from './request-meter.ts';

/** When the work for one request must be done: milliseconds of `performance.now()`. */
export type Deadline = number;

/** The authenticated principal that asks. */
export interface Caller {
  /** As a policy names it: `serviceAccount:EMAIL`, `user:EMAIL` or `topic:projects/P/topics/T`. */
  member: string;
  /** Its numeric account ID, or the topic's name. */
  sub: string;
}

/** What of one request every step of its work needs to know. */
export interface RequestScope {
  requestId: string;
  deadline: Deadline;
  /** W3C `traceparent` of the request's own span, passed on to IAM and named in the log. */
  traceparent: string | undefined;
  /** Counts what the request takes; left out where nobody asks. */
  meter?: RequestMeter;
}

/** As whom IAM is to sign, and through whom. */
export interface SignerPath {
  /** E-mail of the signer. */
  serviceAccount: string;
  delegates: readonly string[];
}

export interface SignJwtCall extends SignerPath {
  claims: ClaimsSet;
}

export interface GenerateIdTokenCall extends SignerPath {
  audience: string;
  includeEmail: boolean;
}

export interface SignBlobCall extends SignerPath {
  bytes: Uint8Array;
}

export interface SignedJwt {
  /** The key that IAM says it signed with. */
  keyId: string;
  signedJwt: string;
}

export interface SignedBlob {
  /** The key that IAM says it signed with. */
  keyId: string;
  /** The signature, in base64. */
  signedBlob: string;
}

/** Signs as a service account. Throws a Problem with one of the `signer_*` codes, or `deadline_exceeded`. */
export interface Signer {
  signJwt(call: SignJwtCall, scope: RequestScope): Promise<SignedJwt>;
  /** An ID token that Google signs for the service account, a compact JWS. */
  generateIdToken(call: GenerateIdTokenCall, scope: RequestScope): Promise<string>;
  signBlob(call: SignBlobCall, scope: RequestScope): Promise<SignedBlob>;
}

/** The signers' public keys. Throws a Problem `signer_unavailable` or `deadline_exceeded`. */
export interface SignerKeys {
  jwkSetOf(serviceAccount: string, deadline: Deadline): Promise<JwkSet>;
}

/** Tells who a bearer token authenticates. Throws a Problem `unauthenticated`, `caller_keys_unavailable` or `deadline_exceeded`. */
export interface CallerVerifier {
  verify(idToken: string, deadline: Deadline): Promise<Caller>;
}

/** The service account that the function runs as. Throws a Problem `signer_unavailable`. */
export interface RuntimeIdentity {
  email(deadline: Deadline): Promise<string>;
}

/** A policy in force. */
export interface LoadedPolicy {
  policy: CompiledPolicy;
  /** SHA-256 of the file, in hex. */
  digest: string;
  /** When it was loaded, a NumericDate. */
  loadedAt: number;
}

/** The policy as it stands now. Throws a Problem `policy_unavailable`. */
export interface PolicySource {
  current(): Promise<LoadedPolicy>;
}

/** One decision, as the audit records it; never a token, a header value or a body. */
export interface AuditEntry {
  decision: 'allow' | 'deny';
  caller: string;
  kind: string;
  aud: string[] | undefined;
  sub: string | undefined;
  ttlSeconds: number | undefined;
  binding: string | undefined;
  profile: string | undefined;
  serviceAccount: string | undefined;
  policyDigest: string;
  /** How long ago the policy was loaded. */
  policyAgeSeconds: number;
  reused: boolean | undefined;
  kid: string | undefined;
  jti: string | undefined;
  tokenSha256: string | undefined;
  code: string | undefined;
  /** What the shadow policy would have decided. */
  shadow:
    | { decision: 'allow' | 'deny'; binding: string | undefined; policyDigest: string }
    | 'unavailable'
    | undefined;
  /** True where nothing was to be signed. */
  validateOnly: true | undefined;
  requestId: string;
  traceparent: string | undefined;
}

export interface AuditLog {
  record(entry: AuditEntry): void;
}
