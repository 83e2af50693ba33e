// batch/index.d.ts
import { BatchEntry, BatchResult, ProblemDocument } from "../generated/types.js";
import { BatchItem, BatchMessage, BatchOptions, DeliverTo, buildBatchMessage } from "./message.js";
import { SecretReader, readResult } from "./read-result.js";
import { ReplyCollector } from "./reply-collector.js";
import { ReplyAlgorithm, ReplyJwk, ReplyKeys, createReplyKeys, openReply } from "./reply-keys.js";
import { WaitOptions, waitForResult } from "./wait-for-result.js";
export { type BatchEntry, type BatchItem, type BatchMessage, type BatchOptions, type BatchResult, type DeliverTo, type ProblemDocument, type ReplyAlgorithm, ReplyCollector, type ReplyJwk, type ReplyKeys, type SecretReader, type WaitOptions, buildBatchMessage, createReplyKeys, openReply, readResult, waitForResult };
// batch/message.d.ts
import { ClaimRequest } from "../generated/types.js";
import { ReplyJwk } from "./reply-keys.js";
/** One item of a batch: a claim request, and an id by which the result tells it. */
interface BatchItem extends ClaimRequest {
  /** 1 to 128 characters; no two items of a batch have the same. */
  id: string;
}
/**
 * Where the result goes: `projects/PROJECT/secrets/SECRET`, as a new version of that secret, or
 * `projects/PROJECT/topics/TOPIC`, encrypted for the public key. The binding has to list it (`deliverTo`).
 */
type DeliverTo = {
  secret: string;
} | {
  topic: string;
  jwk: ReplyJwk;
};
/** What a batch is asked with. */
interface BatchOptions {
  /**
   * Names the batch, in 1 to 128 visible ASCII characters: one with the same name has no second effect. A UUID
   * where left out.
   */
  requestId?: string | undefined;
  /** Until when tokens are wanted; an hour from now where left out, at most 24. */
  notAfter?: Date | undefined;
  /** 1 to 1,000 claim requests; one that is refused does not fail the others. */
  requests: readonly BatchItem[];
  /** Where the result goes. */
  deliverTo: DeliverTo;
}
/** A batch as it was asked for; keep it, for the result is held against it. */
interface BatchMessage {
  /** The batch's name: its result has the same. */
  readonly requestId: string;
  /** Until when tokens are wanted; later the result is a problem. */
  readonly notAfter: Date;
  /** When the message was built: a much older version of the secret is not looked at. */
  readonly builtAt: Date;
  /** What was asked for. */
  readonly requests: readonly BatchItem[];
  /** Where the result goes. */
  readonly deliverTo: DeliverTo;
  /** What to publish as the data of one Pub/Sub message. */
  readonly data: Uint8Array;
}
/** Builds and checks the message that asks for a batch. Throws a TypeError for one that could never succeed. */
declare function buildBatchMessage(options: BatchOptions): BatchMessage;
export { BatchItem, BatchMessage, BatchOptions, DeliverTo, buildBatchMessage };
// batch/read-result.d.ts
import { BatchResult } from "../generated/types.js";
import { BatchMessage } from "./message.js";
/** What of Google's SecretManagerServiceClient is used: that client is one, over gRPC or REST. */
interface SecretReader {
  /** Answers with the versions of the secret `projects/PROJECT/secrets/SECRET`, as the first of an array. */
  listSecretVersions(request: {
    parent: string;
  }): Promise<readonly unknown[]>;
  /** Answers with one version and its payload, as the first of an array. */
  accessSecretVersion(request: {
    name: string;
  }): Promise<readonly unknown[]>;
}
/**
 * The effective result of the batch in its secret, or undefined while there is none: of the versions that answer it
 * the one with the lowest number. Lists lag behind and may have gaps, access by number has neither; so what the list
 * lacks is asked for by number. Rejects with `invalid_response` where the only answers have a token for another
 * audience than was asked, and with `network_error` where Secret Manager does not answer.
 */
declare function readResult(message: BatchMessage, client: SecretReader): Promise<BatchResult | undefined>;
export { SecretReader, readResult };
// batch/reply-collector.d.ts
import { BatchResult } from "../generated/types.js";
import { BatchMessage } from "./message.js";
import { ReplyJwk } from "./reply-keys.js";
/**
 * Puts a result together from the replies on a topic, in whatever order and however often they come. Parts of two
 * deliveries of the batch are never mixed: the first delivery that is whole counts. State: the parts that are there.
 */
declare class ReplyCollector {
  #private;
  /** Collects for one message, with the keys of createReplyKeys whose public one the message named. */
  constructor(message: BatchMessage, { privateJwk }: {
    privateJwk: ReplyJwk;
  });
  /** The effective result, once all of its parts are here. */
  get result(): BatchResult | undefined;
  /**
   * Takes the data of one message, and answers whether it was a part of this batch's result. Rejects with
   * `invalid_response` for data that is no reply, or a token for another audience than was asked.
   */
  add(data: Uint8Array | string): Promise<boolean>;
}
export { ReplyCollector };
// batch/reply-keys.d.ts
import { BatchResult } from "../generated/types.js";
/** How the key of a reply is encrypted (RFC 7518 section 4): the first is of a P-256 key, the second of an RSA key. */
type ReplyAlgorithm = 'ECDH-ES+A256KW' | 'RSA-OAEP-256';
/**
 * A JSON Web Key (RFC 7517) with the members that WebCrypto exports. Spelt out, since a project without the
 * compiler's `dom` library has no JsonWebKey.
 */
interface ReplyJwk {
  /** `EC` or `RSA`. */
  kty?: string;
  /** `P-256`. */
  crv?: string;
  /** A P-256 key's coordinate. */
  x?: string;
  /** A P-256 key's coordinate. */
  y?: string;
  /** An RSA key's modulus, of 2048 to 4096 bits. */
  n?: string;
  /** An RSA key's exponent. */
  e?: string;
  /** Private, as are `p`, `q`, `dp`, `dq` and `qi`: never to be published. */
  d?: string;
  /** An RSA key's first prime factor. */
  p?: string;
  /** An RSA key's second prime factor. */
  q?: string;
  /** `d` mod `p` - 1. */
  dp?: string;
  /** `d` mod `q` - 1. */
  dq?: string;
  /** The inverse of `q` mod `p`. */
  qi?: string;
  /** A ReplyAlgorithm; not needed. */
  alg?: string;
  /** Not needed. */
  ext?: boolean;
  /** Not needed. */
  key_ops?: string[];
  /** Not needed. */
  use?: string;
}
/** A key pair for replies on a topic. */
interface ReplyKeys {
  /** Goes into `deliverTo.jwk`. */
  readonly publicJwk: ReplyJwk;
  /** Stays with the job: it opens the replies. */
  readonly privateJwk: ReplyJwk;
  /** RFC 7638, SHA-256: what the binding's `jwkThumbprints` lists. */
  readonly thumbprint: string;
}
/** Makes a key pair for replies: P-256 unless RSA (2048 bits) is asked for. */
declare function createReplyKeys(alg?: ReplyAlgorithm): Promise<ReplyKeys>;
/**
 * Opens one reply: a message's data, a compact JWE. Answers undefined for one that is for another key.
 * Rejects with `invalid_response` where it is none, or was changed.
 */
declare function openReply(data: Uint8Array | string, { privateJwk }: {
  privateJwk: ReplyJwk;
}): Promise<BatchResult | undefined>;
export { ReplyAlgorithm, ReplyJwk, ReplyKeys, createReplyKeys, openReply };
// batch/wait-for-result.d.ts
import { BatchResult } from "../generated/types.js";
/** How long to wait, and how often to look. */
interface WaitOptions {
  /** Milliseconds to wait in all; 60,000 where left out. */
  timeoutMs?: number | undefined;
  /** Milliseconds between two looks; 1,000 where left out. */
  intervalMs?: number | undefined;
  /** Ends the waiting: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}
/**
 * Looks again and again until there is a result, such as
 * `waitForResult(() => readResult(message, client))`, also past failures that pass. Rejects when the time is up, with
 * the last look's failure or else with `deadline_exceeded`, and with the signal's reason once it aborts.
 */
declare function waitForResult(look: () => Promise<BatchResult | undefined> | BatchResult | undefined, { timeoutMs, intervalMs, signal }?: WaitOptions): Promise<BatchResult>;
export { WaitOptions, waitForResult };
// caller-token.d.ts
/**
 * Gives the caller's own Google ID token for an audience, the service's URL. It is asked for each request that
 * is sent, so it should cache; `signal` aborts at the call's deadline.
 */
type CallerToken = (audience: string, context: {
  signal: AbortSignal;
}) => Promise<string>;
export { CallerToken };
// cli/main.d.ts
export {}
// client.d.ts
import { CallerToken } from "./caller-token.js";
import { TokenEvent } from "./events.js";
import { Operation } from "./generated/operations.js";
import { ClaimsSet } from "./generated/types.js";
import { TokenRequest } from "./token-request.js";
/** What a client is made with. All of it may be left out where COUNTERSIGN_URL is set. */
interface TokenClientOptions {
  /** URL of the Countersign service, https or http on loopback; COUNTERSIGN_URL where left out. */
  url?: string | URL | undefined;
  /** Gives the caller's own Google ID token; the metadata server's where left out. */
  callerToken?: CallerToken | undefined;
  /** Audience of the caller's token, where it is not the service's URL. */
  callerAudience?: string | undefined;
  /** Milliseconds that one call may take, its at most 3 retries included; 10,000 where left out. */
  timeoutMs?: number | undefined;
  /** Tokens kept at most; 1,000 where left out. Past that the oldest that is out of use goes. */
  maxEntries?: number | undefined;
  /**
   * Called at each hit, refresh, stale answer and failure of the cache, while its caller waits: be quick. A promise is
   * not waited for; what it throws, or rejects with, is dropped.
   */
  onEvent?: ((event: TokenEvent) => void) | undefined;
  /** Sends the requests, also those to the metadata server, in place of the global fetch. */
  fetch?: typeof globalThis.fetch | undefined;
}
/** How one token is to be had. */
interface GetTokenOptions {
  /** Frees this call alone: it rejects with the signal's reason, and others that wait for the same token do not. */
  signal?: AbortSignal | undefined;
  /**
   * Seconds that the token must still live at least; none where left out. A kept one that lives shorter is replaced;
   * where a new one does too, the call rejects with `invalid_response`.
   */
  minValiditySeconds?: number | undefined;
  /** Has a token signed anew, whatever is kept here or at the service. */
  forceRefresh?: boolean | undefined;
}
/** A token and what it says. */
interface TokenDetails {
  /** The JWT, a compact JWS (RFC 7515 section 3.1). */
  readonly token: string;
  /** ID of the key that signed it. */
  readonly kid: string;
  /** Its JWT Claims Set (RFC 7519 section 4). */
  readonly claims: ClaimsSet;
  /** The `exp` claim: how long that is from now is as right as this machine's clock. */
  readonly expiresAt: Date;
}
/** Counts of a client's tokens, also of those that are never kept. What `call` does is not in them. */
interface TokenClientStats {
  /** Tokens kept now. */
  readonly entries: number;
  /** Answers from the cache with a token before its refresh window. */
  readonly hits: number;
  /** Calls that had to wait for a token. */
  readonly misses: number;
  /** Tokens that came from the service. */
  readonly refreshes: number;
  /** Answers from the cache with a token in its refresh window. */
  readonly stale: number;
  /** Requests that brought no token; one with its retries counts once. */
  readonly failures: number;
}
/**
 * Gets tokens from a Countersign service and keeps them until shortly before they expire. Its state is that
 * cache; make one client and share it.
 */
declare class TokenClient {
  #private;
  /** Makes no request. Throws a TypeError where an option is not what it should be. */
  constructor(options?: TokenClientOptions);
  /**
   * The token for an audience, from the cache where it has one. Rejects with a CountersignError, with the
   * signal's reason, or with a TypeError where the request could never be one.
   */
  getToken(request: TokenRequest, options?: GetTokenOptions): Promise<string>;
  /** As getToken, with what the token says. */
  getTokenDetails(request: TokenRequest, options?: GetTokenOptions): Promise<TokenDetails>;
  /** The kept token at once, or undefined; starts its refresh when that is due, and makes no request otherwise. */
  peek(request: TokenRequest): string | undefined;
  /**
   * Drops the token of this request, or every one that this key signed, or all. The next call for a dropped one
   * has it signed anew; an answer that is still under way is not kept.
   */
  invalidate(target?: TokenRequest | {
    kid: string;
  }): void;
  /** Counts since the client was made. */
  stats(): TokenClientStats;
  /**
   * Calls any operation of the contract with the caller's token, within the client's deadline and retries.
   * Nothing is kept. Rejects as getToken does.
   */
  call<Input, Output>(operation: Operation<Input, Output>, input: Input, options?: {
    signal?: AbortSignal | undefined;
  }): Promise<Output>;
}
export { GetTokenOptions, TokenClient, TokenClientOptions, TokenClientStats, TokenDetails };
// create-fetch.d.ts
import { TokenClient } from "./client.js";
import { TokenRequest } from "./token-request.js";
/** Where a fetch may send its token, and how it sends. */
interface CreateFetchOptions {
  /**
   * Origins that the token may go to, in place of the audience's own, such as `https://reports.example.com`: for an
   * audience that is no URL, such as IAP's client ID, or another than the API's.
   */
  origins?: readonly string[] | undefined;
  /** Sends the requests in place of the global fetch. */
  fetch?: typeof globalThis.fetch | undefined;
}
/**
 * A fetch that attaches the token for an audience as `Authorization: Bearer`, to the audience's origin alone;
 * requests to others pass without it. A 401 has the token signed anew and the request sent once more, unless
 * its body can be read only once. Throws a TypeError where the audience is no URL and no origin is listed, or
 * an origin is neither https nor loopback.
 */
declare function createFetch(client: TokenClient, audience: TokenRequest, { origins, fetch }?: CreateFetchOptions): typeof globalThis.fetch;
export { CreateFetchOptions, createFetch };
// diagnose/base64url.d.ts
/** A JSON object (RFC 8259 section 4). */
type JsonObject = Record<string, unknown>;
export { JsonObject };
// diagnose/decode.d.ts
import { JsonObject } from "./base64url.js";
import { Finding } from "./finding.js";
import { TimestampClaim } from "./timestamps.js";
/** A JWT as decode reads it. */
interface DecodedToken {
  /** The JOSE header (RFC 7515 section 4), unverified; null where it can't be read. */
  header: JsonObject | null;
  /** The JWT Claims Set, unverified; null where it can't be read. */
  claims: JsonObject | null;
  /** `exp`, `nbf` and `iat` as UTC time. */
  times: Partial<Record<TimestampClaim, string>>;
  /** What is wrong with its shape; null for header and claims says that they can't be read. */
  findings: Finding[];
}
/** Decodes a JWT without verifying anything: nothing in the answer can be trusted. */
declare function decode(token: string): DecodedToken;
export { DecodedToken, decode };
// diagnose/diagnose.d.ts
import { JsonObject } from "./base64url.js";
import { Expectations } from "./expectations.js";
import { Finding } from "./finding.js";
/** What the doctor says of a token. */
interface Diagnosis {
  /** `unverifiable`: nothing is wrong as far as it could be looked at, but there were no keys. */
  verdict: 'valid' | 'invalid' | 'unverifiable';
  /** As decoded, unverified; null where it can't be read. */
  header: JsonObject | null;
  /** As decoded, unverified; null where they can't be read. */
  claims: JsonObject | null;
  /** The root cause first, the rest in the order of the steps. */
  findings: Finding[];
}
/**
 * Says why a JWT fails to verify: shape, `alg`, key, signature, claims, time and profile, in that order and all
 * of them. Nothing leaves the machine but a request for the keys, where the expectations name a URL. Throws
 * TypeError for expectations that make no sense, and nothing else.
 */
declare function diagnose(token: string, expectations?: Expectations): Promise<Diagnosis>;
export { Diagnosis, diagnose };
// diagnose/expectations.d.ts
import { DiagnosisProfileName } from "../generated/profiles.js";
import { JwkSet } from "./keys/jwk.js";
import { KeyInput } from "./keys/key-input.js";
/** Finds the JWK Set of an issuer: that of the token, or the expected one. */
type JwksFinder = (issuer: string | undefined) => JwkSet | Promise<JwkSet>;
/** What the verifier at hand demands. All optional: what is not given is not held against the token. */
interface Expectations {
  /** A JWK Set, the URL of one, or a function that finds one. */
  jwks?: JwkSet | string | URL | JwksFinder | undefined;
  /** One key, whatever `kid` says: a JWK, PEM, X.509 certificate, Google's map of those, or an HMAC secret. */
  key?: KeyInput | undefined;
  /** The `iss` claim, or those of which it must be one. */
  issuer?: string | readonly string[] | undefined;
  /** The `aud` claim, or those of which it must hold one. */
  audience?: string | readonly string[] | undefined;
  /** The `sub` claim. */
  subject?: string | undefined;
  /** The allow-list of `alg`; without one, what the keys are for. */
  algorithms?: string | readonly string[] | undefined;
  /** Seconds by which the clocks may differ; default: the profile's, else 0. */
  clockToleranceSeconds?: number | undefined;
  /** The time to diagnose for, a NumericDate in seconds; default now. */
  at?: number | undefined;
  /** The verifier whose own demands are added. */
  profile?: DiagnosisProfileName | undefined;
}
export { Expectations, JwksFinder };
// diagnose/explain/explain.d.ts
import { FindingCode, Localized, stepOf } from "../finding.js";
/** What an error text can mean. */
interface ExplainedCause {
  /** The code that diagnose would give. */
  code: FindingCode;
  /** The step of the diagnosis that finds it. */
  step: (typeof stepOf)[FindingCode];
  /** The library or gateway whose text it is. */
  library: string;
  /** Why a verifier says so. */
  cause: Localized;
  /** What to do. */
  remedy: Localized;
}
/**
 * Maps the error text of a JWT library or gateway, wrapped in whatever log or JSON, to the doctor's codes: what
 * it can mean, likeliest first. Empty where nothing is recognised.
 */
declare function explain(errorText: string): ExplainedCause[];
export { ExplainedCause, explain };
// diagnose/finding.d.ts
/** A text in both of the doctor's languages. */
interface Localized {
  /** In English. */
  en: string;
  /** In Japanese. */
  ja: string;
}
/** A step of the diagnosis, in the order in which they are taken. */
type Step = 'shape' | 'header' | 'key' | 'signature' | 'claims' | 'time' | 'profile';
/** Every code a finding can have, in the order of diagnosis, with the step that finds it. */
declare const stepOf: {
  readonly token_missing: 'shape';
  readonly token_malformed: 'shape';
  readonly not_a_jws: 'shape';
  readonly bearer_prefix: 'shape';
  readonly url_encoded: 'shape';
  readonly surrounding_characters: 'shape';
  readonly base64_not_url_safe: 'shape';
  readonly alg_none: 'header';
  readonly alg_not_allowed: 'header';
  readonly crit_unsupported: 'header';
  readonly kid_missing: 'key';
  readonly kid_not_found: 'key';
  readonly kid_wrong: 'key';
  readonly jwks_unavailable: 'key';
  readonly signature_missing: 'signature';
  readonly signature_removed: 'signature';
  readonly signature_truncated: 'signature';
  readonly signature_invalid: 'signature';
  readonly issuer_mismatch: 'claims';
  readonly audience_mismatch: 'claims';
  readonly subject_mismatch: 'claims';
  readonly claim_missing: 'claims';
  readonly claim_type: 'claims';
  readonly timestamp_unit: 'claims';
  readonly expired: 'time';
  readonly not_yet_valid: 'time';
  readonly issued_in_future: 'time';
  readonly lifetime_too_long: 'time';
  readonly email_missing: 'profile';
  readonly wrong_token_kind: 'profile';
  readonly claim_length: 'profile';
  readonly reserved_claim: 'profile';
};
/** Every code a finding can have. */
type FindingCode = keyof typeof stepOf;
/** A short value of the token or of the expectations; never the token itself. */
type Quoted = string | number | null;
/** One fault of a token: what was found, what was expected, why it happens and what to do. */
interface Finding {
  /** What is wrong. */
  code: FindingCode;
  /** The step that found it. */
  step: Step;
  /** The code of the finding that this one follows from, or null where it stands on its own. */
  because: FindingCode | null;
  /** What was found, null where there is nothing to quote. */
  actual: Quoted;
  /** What was expected, null where there is nothing to quote. */
  expected: Quoted;
  /** Why it happens. */
  cause: Localized;
  /** What to do. */
  remedy: Localized;
  /** The claim or header parameter at fault, where it is one. */
  claim?: string;
  /** A finer ground than the code, such as `der_encoded` or `trailing_slash`. */
  reason?: string;
  /** How the token was mended so that the later steps could look at it. */
  repaired?: Localized;
}
export { Finding, FindingCode, Localized, Quoted, Step, stepOf };
// diagnose/index.d.ts
import { DiagnosisProfileName } from "../generated/profiles.js";
import { JsonObject } from "./base64url.js";
import { DecodedToken, decode } from "./decode.js";
import { Diagnosis, diagnose } from "./diagnose.js";
import { Expectations, JwksFinder } from "./expectations.js";
import { ExplainedCause, explain } from "./explain/explain.js";
import { Finding, FindingCode, Localized, Quoted, Step } from "./finding.js";
import { GoogleKeysOptions, fetchGoogleKeys } from "./keys/google-keys.js";
import { Jwk, JwkSet } from "./keys/jwk.js";
import { KeyInput, KeysUnavailable } from "./keys/key-input.js";
import { Snippet, SnippetLanguage, verificationSnippets } from "./snippets.js";
export { type DecodedToken, type Diagnosis, type DiagnosisProfileName, type Expectations, type ExplainedCause, type Finding, type FindingCode, type GoogleKeysOptions, type JsonObject, type Jwk, type JwkSet, type JwksFinder, type KeyInput, KeysUnavailable, type Localized, type Quoted, type Snippet, type SnippetLanguage, type Step, decode, diagnose, explain, fetchGoogleKeys, verificationSnippets };
// diagnose/keys/google-keys.d.ts
import { JwkSet } from "./jwk.js";
/** Where the keys are fetched. */
interface GoogleKeysOptions {
  /** `host:port` that stands in for Google's key hosts, for the local cloud; plain http. */
  emulatorHost?: string | undefined;
}
/**
 * Fetches an issuer's JWK Set from Google's fixed key hosts, and from nowhere else: to be used as
 * `jwks: (issuer) => fetchGoogleKeys(issuer)`. Throws KeysUnavailable for another issuer.
 */
declare function fetchGoogleKeys(issuer: string | undefined, options?: GoogleKeysOptions): Promise<JwkSet>;
export { GoogleKeysOptions, fetchGoogleKeys };
// diagnose/keys/jwk.d.ts
/** A JSON Web Key (RFC 7517 section 4). */
interface Jwk {
  /** Key type: `RSA`, `EC`, `OKP` or `oct`. */
  kty?: string | undefined;
  /** Key ID, which a token's header names. */
  kid?: string | undefined;
  /** The algorithm that the key is for, such as `RS256`. */
  alg?: string | undefined;
  /** What the key is for: `sig` or `enc`. */
  use?: string | undefined;
  /** An RSA key's modulus. */
  n?: string | undefined;
  /** An RSA key's exponent. */
  e?: string | undefined;
  /** An elliptic key's curve. */
  crv?: string | undefined;
  /** An elliptic key's coordinate. */
  x?: string | undefined;
  /** An elliptic key's coordinate. */
  y?: string | undefined;
  /** An HMAC secret. */
  k?: string | undefined;
}
/** A JWK Set (RFC 7517 section 5). */
interface JwkSet {
  /** In any order. */
  keys: readonly Jwk[];
}
export { Jwk, JwkSet };
// diagnose/keys/key-input.d.ts
import { Jwk, JwkSet } from "./jwk.js";
/**
 * A key as people have it: JWK, JWK Set, PEM or certificate text, Google's map of `kid` to PEM, HMAC secret,
 * or a key object of WebCrypto (extractable) or Node.
 */
type KeyInput = Jwk | JwkSet | string | Uint8Array | WebCryptoKey | NodeKeyObject | Readonly<Record<string, string>>;
/** A CryptoKey as far as the types of every platform agree on it. */
interface WebCryptoKey {
  /** `public`, `private` or `secret`. */
  readonly type: string;
  /** Has to be true: its JWK is what is looked at. */
  readonly extractable: boolean;
  /** What it was imported for. */
  readonly algorithm: object;
}
/** What is needed of Node's KeyObject, without its types. */
interface NodeKeyObject {
  /** Gives the key as a JWK. */
  export(options: {
    format: 'jwk';
  }): object;
}
/** Why no keys could be had; the reason names the text that says so. */
declare class KeysUnavailable extends Error {
  /** Such as `none_given`; jwks_unavailable has it as the finding's reason. */
  readonly reason: string;
  /** For a JWKS finder of your own. */
  constructor(reason: string, options?: ErrorOptions);
}
export { KeyInput, KeysUnavailable };
// diagnose/snippets.d.ts
import { Expectations } from "./expectations.js";
/** A language and library that a snippet verifies with. */
type SnippetLanguage = 'node-jose' | 'node-jsonwebtoken' | 'python-pyjwt' | 'go-golang-jwt';
/** A program, or the part of one, that verifies a token. */
interface Snippet {
  /** Which it is. */
  language: SnippetLanguage;
  /** The language and the library, for people. */
  title: string;
  /** To be pasted. */
  code: string;
}
/**
 * Correct verification in four libraries, with the allow-list, issuer, audience and tolerance of the
 * expectations; where one is missing, a placeholder in capitals.
 */
declare function verificationSnippets(expectations?: Expectations): Snippet[];
export { Snippet, SnippetLanguage, verificationSnippets };
// diagnose/timestamps.d.ts
/** The claims that are a NumericDate (RFC 7519 section 2). */
declare const timestampClaims: readonly ['exp', 'nbf', 'iat'];
/** The name of a claim that is a NumericDate. */
type TimestampClaim = (typeof timestampClaims)[number];
export { TimestampClaim, timestampClaims };
// errors.d.ts
import { ProblemCode } from "./generated/problems.js";
import { ProblemFault } from "./generated/types.js";
/** What a CountersignError may say beside its code: its members of the same names. */
interface CountersignErrorDetails {
  /** HTTP status of the answer that failed. */
  readonly status?: number | undefined;
  /** `urn:uuid:` of the request. */
  readonly requestId?: string | undefined;
  /** Every fault of the request; none where left out. */
  readonly errors?: readonly ProblemFault[] | undefined;
  /** What `Retry-After` said, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The error that led to this one; only its code or name is kept. */
  readonly cause?: unknown;
}
/**
 * What a call to Countersign failed with. Neither it nor its `cause` ever holds a token, a header's value or a
 * body.
 */
declare class CountersignError extends Error {
  /** One of the problem table: ProblemCode says of each what it means and what to do. */
  readonly code: ProblemCode;
  /** HTTP status of the answer that failed; undefined where none came. */
  readonly status: number | undefined;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** `urn:uuid:` of the request, as the function's audit log has it. */
  readonly requestId: string | undefined;
  /** Every fault of the request, each with a JSON Pointer (RFC 6901) and a hint. */
  readonly errors: readonly ProblemFault[];
  /** What `Retry-After` (RFC 9110 section 10.2.3) said, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** For a fake of your own; `retryable` follows from the code and the status. */
  constructor(code: ProblemCode, message: string, { cause, status, errors, ...details }?: CountersignErrorDetails);
}
export { CountersignError, CountersignErrorDetails };
// events.d.ts
import { CacheEvent } from "./token-cache.js";
/**
 * What a client tells its `onEvent`: `hit` and `stale` at each answer from the cache, `refresh` and `failure` at each
 * request for a token that ends. Never holds a token. What `call` does passes without one.
 */
type TokenEvent = CacheEvent & {
  /** The audience that was asked for; several are sorted. */
  readonly aud: string | readonly string[];
};
export { TokenEvent };
// generated/operations.d.ts
import { ClaimRequest, IdTokenRequest, IdTokenResponse, IdentityResponse, SignatureRequest, SignatureResponse, TokenResponse } from "./types.js";
/** A route of the contract. */
interface Operation<Input, Output> {
  /** The HTTP method. */
  readonly method: 'GET' | 'POST';
  /** Of the service's URL, from its first slash. */
  readonly path: string;
  /** Never there: it only tells the compiler what goes in and what comes out. */
  readonly types?: (input: Input) => Output;
}
/** Signs a JWT Claims Set with the signer's system-managed key (IAM signJwt). */
declare const createToken: Operation<ClaimRequest, TokenResponse>;
/** Has Google sign an OpenID Connect ID token of the signer (IAM generateIdToken). */
declare const createIdToken: Operation<IdTokenRequest, IdTokenResponse>;
/** Signs bytes with the signer's system-managed key (IAM signBlob). */
declare const createSignature: Operation<SignatureRequest, SignatureResponse>;
/** What the function runs as, its signers, the caller as authenticated and the bindings that name it. */
declare const getIdentity: Operation<undefined, IdentityResponse>;
export { Operation, createIdToken, createSignature, createToken, getIdentity };
// generated/problems.d.ts
/** Every code that a CountersignError can have. */
type ProblemCode =
/** The request is not well formed. Mend the members that errors points to; the contract is at /openapi.json. */
'invalid_request' |
/** The claims set breaks a rule. Mend the claims that errors points to; each hint says how. */
'invalid_claims' |
/** The caller could not be authenticated. Send a Google ID token whose aud is this service's URL in the Authorization header. */
'unauthenticated' |
/** No binding allows the request. Ask for what a binding allows, or have a binding added to the policy. */
'policy_denied' |
/** There is nothing at this path. Check the path against /openapi.json. */
'not_found' |
/** The path does not take this method. Use a method that the Allow header names. */
'method_not_allowed' |
/** The request body is too large. Send at most 64 KiB. */
'body_too_large' |
/** The request body is not JSON. Send Content-Type: application/json, in UTF-8 and without content encoding. */
'unsupported_media_type' |
/** The caller asks too often. Wait as Retry-After says, and cache tokens until shortly before their exp. */
'rate_limited' |
/** The function may not sign as the signer. Grant the permission with the command in detail; a grant takes 2 to 7 minutes to take effect. */
'signer_permission_missing' |
/** The IAM Service Account Credentials API is not enabled. Enable iamcredentials.googleapis.com with the command in detail. */
'signer_api_disabled' |
/** IAM refused the request. Read the reason in detail; the claims set or the service account is not one that IAM signs for. */
'signer_rejected' |
/** IAM's answer is not the token that was asked for. Try again; if it stays, something between the function and IAM changes its answers. */
'signer_response_invalid' |
/** The delivery of a batch is at fault. Check that the secret or topic exists, and that the batch function may write to it. */
'delivery_rejected' |
/** IAM's signing quota is spent. Wait as Retry-After says, cache tokens, or have the project's quota raised. */
'signer_quota_exceeded' |
/** IAM could not be reached. Try again after Retry-After. */
'signer_unavailable' |
/** The keys that verify callers could not be fetched. Try again after Retry-After. */
'caller_keys_unavailable' |
/** There is no valid policy. Mend the policy file that COUNTERSIGN_POLICY names; npm run policy -- check FILE lists its mistakes. */
'policy_unavailable' |
/** The delivery of a batch can not be made now. Nothing is to be done: Pub/Sub delivers the message again. */
'delivery_unavailable' |
/** The request's deadline passed. Try again; if it stays, look at IAM's latency. */
'deadline_exceeded' |
/** The function met a fault of its own. Try again; if it stays, report it with the instance. */
'internal' |
/** The service could not be reached. Check the URL and the network between the client and the service. */
'network_error' |
/** The service's answer is not one of Countersign's. Check that the URL is Countersign's and that nothing between answers in its place. */
'invalid_response' |
/** The caller's own ID token could not be had. Run where a metadata server answers, or give the client a callerToken function. */
'caller_token_unavailable';
export { ProblemCode };
// generated/profiles.d.ts
/** The verifiers whose demands the doctor knows. */
type DiagnosisProfileName = "generic" | "iap" | "endpoints" | "google-api" | "firebase" | "iap-id-token" | "cloud-run" | "workload-identity";
export { DiagnosisProfileName };
// generated/types.d.ts
/**
 * The verifier whose demands the claims set must meet.
 */
type ProfileName = 'generic' | 'iap' | 'endpoints' | 'google-api' | 'firebase';
/**
 * What a batch came to: one entry for each item, or one problem where the batch as a whole is at fault.
 */
interface BatchResult {
  /**
   * Of the batch that this answers.
   */
  requestId: string;
  /**
   * On a topic: tells the parts of this delivery from those of another one of the same batch.
   */
  delivery?: string;
  /**
   * On a topic: which part of the result this is, from 0.
   */
  index?: number;
  /**
   * On a topic: how many parts the result has.
   */
  count?: number;
  /**
   * One entry for each item; not there where the batch as a whole is at fault.
   */
  results?: BatchEntry[];
  problem?: ProblemDocument;
}
/**
 * What one item came to: a token with its kid and exp, or a problem.
 */
interface BatchEntry {
  /**
   * Of the item that this answers.
   */
  id: string;
  /**
   * The signed JWT (JWS compact serialization).
   */
  token?: string;
  /**
   * ID of the key that signed it.
   */
  kid?: string;
  /**
   * When the token expires, a NumericDate.
   */
  exp?: number;
  problem?: ProblemDocument;
}
/**
 * Problem details (RFC 9457), as application/problem+json.
 */
interface ProblemDocument {
  /**
   * urn:countersign:problem:CODE
   */
  type: string;
  /**
   * What the code means, in a few words.
   */
  title: string;
  /**
   * The HTTP status of the answer.
   */
  status: number;
  /**
   * What was found, what was expected and what to do.
   */
  detail: string;
  /**
   * A code of the problem table.
   */
  code: string;
  /**
   * urn:uuid: of this request; the SDK's requestId.
   */
  instance: string;
  /**
   * Every fault of the request, where it has some.
   */
  errors?: ProblemFault[];
  [k: string]: unknown;
}
/**
 * One fault of a request: where, what was found, what was expected and how to mend it.
 */
interface ProblemFault {
  /**
   * JSON Pointer (RFC 6901) to the faulty value in the request.
   */
  pointer: string;
  /**
   * What was found, at most 64 characters of it.
   */
  actual: string;
  /**
   * What would have been right.
   */
  expected: string;
  /**
   * How to mend it.
   */
  hint: string;
}
/**
 * Asks for one JWT. What it leaves out is filled in from the first policy binding that then allows it.
 */
interface ClaimRequest {
  claims: RequestedClaims;
  /**
   * Life of the token in seconds, instead of claims.exp. IAM signs at most 12 hours ahead.
   */
  ttlSeconds?: number;
  profile?: ProfileName;
  /**
   * E-mail of the signer, the service account whose key signs.
   */
  serviceAccount?: string;
  /**
   * E-mails of the service accounts between the runtime account and the signer, in order (IAM delegation chain).
   *
   * @maxItems 8
   */
  delegates?: string[];
}
/**
 * A JWT Claims Set (RFC 7519 section 4) of which only aud is needed: missing iss, sub, iat and exp are filled in.
 */
interface RequestedClaims {
  /**
   * Issuer (RFC 7519 section 4.1.1): the signer's e-mail.
   */
  iss?: string;
  /**
   * Subject (RFC 7519 section 4.1.2): the signer's e-mail unless the binding allows another.
   */
  sub?: string;
  /**
   * Audience (RFC 7519 section 4.1.3): one StringOrURI, or several where the binding allows it.
   */
  aud: string | string[];
  /**
   * Expiration time (RFC 7519 section 4.1.4), a NumericDate in whole seconds; at most 12 hours ahead.
   */
  exp?: number;
  /**
   * Not before (RFC 7519 section 4.1.5), a NumericDate in whole seconds; at most 60 seconds ahead.
   */
  nbf?: number;
  /**
   * Issued at (RFC 7519 section 4.1.6), a NumericDate in whole seconds; at most 60 seconds ahead.
   */
  iat?: number;
  /**
   * JWT ID (RFC 7519 section 4.1.7). A request that gives one is never answered from reuse.
   */
  jti?: string;
  [k: string]: unknown;
}
/**
 * A whole JWT Claims Set (RFC 7519 section 4), as signed.
 */
interface ClaimsSet {
  /**
   * Issuer.
   */
  iss: string;
  /**
   * Subject.
   */
  sub: string;
  /**
   * Audience, or audiences.
   */
  aud: string | string[];
  /**
   * Issued at, a NumericDate in whole seconds.
   */
  iat: number;
  /**
   * Expiration time, a NumericDate in whole seconds.
   */
  exp: number;
  [k: string]: unknown;
}
/**
 * Asks for one Google-signed OpenID Connect ID token of a signer.
 */
interface IdTokenRequest {
  /**
   * Audience of the ID token: exactly one.
   */
  aud: string;
  /**
   * Whether the token has email and email_verified, which IAP demands; true where left out.
   */
  includeEmail?: boolean;
  /**
   * E-mail of the signer, the service account that the token speaks for.
   */
  serviceAccount?: string;
  /**
   * E-mails of the service accounts between the runtime account and the signer, in order (IAM delegation chain).
   *
   * @maxItems 8
   */
  delegates?: string[];
}
/**
 * An ID token that Google signed, and what it says.
 */
interface IdTokenResponse {
  /**
   * The ID token, a compact JWS (RFC 7515 section 3.1).
   */
  token: string;
  claims: ClaimsSet;
  /**
   * Seconds of life left as of this answer, so that no client needs a right clock.
   */
  expiresInSeconds: number;
  /**
   * Whether an earlier token for the same request was handed out again.
   */
  reused: boolean;
}
/**
 * Who the function is, who asks, and which bindings name the caller.
 */
interface IdentityResponse {
  /**
   * E-mail of the service account that the function runs as.
   */
  runsAs: string;
  /**
   * E-mails of the signers; the first is the default.
   */
  signers: string[];
  caller: CallerIdentity;
  /**
   * The bindings of the policy that name the caller, in its order.
   */
  bindings: BindingSummary[];
  policy: PolicyState;
}
/**
 * The caller, as the function authenticated it.
 */
interface CallerIdentity {
  /**
   * The caller as a policy names it, such as serviceAccount:EMAIL.
   */
  member: string;
  /**
   * The caller's numeric account ID, from its ID token.
   */
  sub: string;
}
/**
 * What one binding of the policy allows the caller.
 */
interface BindingSummary {
  /**
   * Names the binding in the policy.
   */
  id: string;
  /**
   * What may be asked for: jwt, id_token, signature.
   */
  kinds: string[];
  /**
   * Literal audiences and https patterns, as the policy has them.
   */
  audiences: string[];
  /**
   * Profiles that may be asked for; the first is the default.
   */
  profiles: string[];
}
/**
 * Which policy is in force.
 */
interface PolicyState {
  /**
   * SHA-256 of the policy file, in hex.
   */
  digest: string;
  /**
   * Seconds since this policy was loaded.
   */
  ageSeconds: number;
}
/**
 * A JWK Set (RFC 7517 section 5) of public signing keys.
 */
interface JwkSet {
  /**
   * The keys, each with a kid of its own.
   */
  keys: Jwk[];
  [k: string]: unknown;
}
/**
 * A public key (RFC 7517 section 4).
 */
interface Jwk {
  [k: string]: unknown;
}
/**
 * Asks for the signature of bytes by a signer's system-managed key.
 */
interface SignatureRequest {
  /**
   * The bytes, in base64 (RFC 4648 section 4).
   */
  bytes: string;
  /**
   * Whether the bytes are signed as they are, where the binding allows it, and not their digest under Countersign's own prefix; false where left out.
   */
  raw?: boolean;
  /**
   * E-mail of the signer, the service account whose key signs.
   */
  serviceAccount?: string;
  /**
   * E-mails of the service accounts between the runtime account and the signer, in order (IAM delegation chain).
   *
   * @maxItems 8
   */
  delegates?: string[];
}
/**
 * A signature, the key that made it and the bytes that it covers.
 */
interface SignatureResponse {
  /**
   * RSASSA-PKCS1-v1_5 with SHA-256, in base64.
   */
  signature: string;
  /**
   * ID of the system-managed key that signed.
   */
  kid: string;
  /**
   * The bytes that were signed, in base64.
   */
  signed: string;
}
/**
 * A signed JWT and what it says.
 */
interface TokenResponse {
  /**
   * The JWT, a compact JWS (RFC 7515 section 3.1).
   */
  token: string;
  /**
   * ID of the system-managed key that signed it.
   */
  kid: string;
  claims: ClaimsSet;
  /**
   * Seconds of life left as of this answer, so that no client needs a right clock.
   */
  expiresInSeconds: number;
  /**
   * Whether an earlier token for the same request was handed out again.
   */
  reused: boolean;
}
export { BatchEntry, BatchResult, BindingSummary, CallerIdentity, ClaimRequest, ClaimsSet, IdTokenRequest, IdTokenResponse, IdentityResponse, Jwk, JwkSet, PolicyState, ProblemDocument, ProblemFault, ProfileName, RequestedClaims, SignatureRequest, SignatureResponse, TokenResponse };
// google-auth.d.ts
import { CallerToken } from "./caller-token.js";
import { TokenClient } from "./client.js";
import { TokenRequest } from "./token-request.js";
import { AuthClient, GoogleAuth, gaxios } from "google-auth-library";
/** How long to wait for google-auth-library. */
interface GoogleAuthCallerTokenOptions {
  /** Milliseconds after which a fetch that hangs is given up; 10,000 where left out. */
  timeoutMs?: number | undefined;
}
/**
 * The caller's ID token through google-auth-library's default credentials, kept as the client keeps its own
 * tokens: the library itself fetches one anew for each client, and for each of many parallel calls.
 */
declare function googleAuthCallerToken(auth: GoogleAuth, { timeoutMs }?: GoogleAuthCallerTokenOptions): CallerToken;
/** Where an auth client may send its token. */
interface CountersignAuthClientOptions {
  /** Origins that the token may go to, in place of the audience's own, such as `https://storage.googleapis.com`. */
  origins?: readonly string[] | undefined;
}
/**
 * An AuthClient for google-auth-library, googleapis and the Cloud clients that authenticates with a token for
 * one audience, such as `{ aud: 'https://firestore.googleapis.com/', profile: 'google-api' }`. A 401 has the token
 * signed anew and the request sent once more. Requests to other origins pass without it. The Cloud clients take it as
 * `authClient`, googleapis as `auth: new GoogleAuth({ authClient })`.
 */
declare class CountersignAuthClient extends AuthClient {
  #private;
  /**
   * Throws a TypeError where the audience is no URL and no origin is listed, or an origin is neither https nor
   * loopback.
   */
  constructor(client: TokenClient, audience: TokenRequest, { origins }?: CountersignAuthClientOptions);
  /** The token; google-auth-library calls whatever it authenticates with an access token. */
  getAccessToken(): Promise<{
    token: string;
  }>;
  /** `Authorization` for a request to this URL; without one, for a request to the audience. */
  getRequestHeaders(url?: string | URL): Promise<Headers>;
  /** Sends the request, authenticated, and follows redirects. Rejects with the transporter's error. */
  request<T>({ baseURL, ...options }: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>>;
}
export { CountersignAuthClient, CountersignAuthClientOptions, GoogleAuthCallerTokenOptions, googleAuthCallerToken };
// id-token.d.ts
import { GetTokenOptions, TokenClient } from "./client.js";
import { IdTokenRequest } from "./generated/types.js";
/**
 * A Google-signed OpenID Connect ID token of the signer, kept and refreshed as getToken keeps its tokens. Rejects
 * as getToken does.
 */
declare function getIdToken(client: TokenClient, request: string | IdTokenRequest, options?: GetTokenOptions): Promise<string>;
export { getIdToken };
// index.d.ts
import { CallerToken } from "./caller-token.js";
import { GetTokenOptions, TokenClient, TokenClientOptions, TokenClientStats, TokenDetails } from "./client.js";
import { CreateFetchOptions, createFetch } from "./create-fetch.js";
import { CountersignError, CountersignErrorDetails } from "./errors.js";
import { TokenEvent } from "./events.js";
import { Operation, createIdToken, createSignature, createToken, getIdentity } from "./generated/operations.js";
import { ProblemCode } from "./generated/problems.js";
import { ClaimsSet, IdTokenRequest, JwkSet, ProblemFault, ProfileName, SignatureResponse } from "./generated/types.js";
import { getIdToken } from "./id-token.js";
import { SignBytesOptions, signBytes } from "./sign-bytes.js";
import { GoogleIdTokenRequest, JwtRequest, OtherClaims, TokenRequest } from "./token-request.js";
import { VerifyBytesOptions, verifyBytes } from "./verify-bytes.js";
export { type CallerToken, type ClaimsSet, CountersignError, type CountersignErrorDetails, type CreateFetchOptions, type GetTokenOptions, type GoogleIdTokenRequest, type IdTokenRequest, type JwkSet, type JwtRequest, type Operation, type OtherClaims, type ProblemCode, type ProblemFault, type ProfileName, type SignBytesOptions, type SignatureResponse, TokenClient, type TokenClientOptions, type TokenClientStats, type TokenDetails, type TokenEvent, type TokenRequest, type VerifyBytesOptions, createFetch, createIdToken, createSignature, createToken, getIdToken, getIdentity, signBytes, verifyBytes };
// sign-bytes.d.ts
import { TokenClient } from "./client.js";
import { SignatureRequest, SignatureResponse } from "./generated/types.js";
/** How bytes are signed, and by which signer; what is left out the first binding that allows it fills in. */
interface SignBytesOptions extends Omit<SignatureRequest, 'bytes'> {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}
/**
 * Signs bytes with the signer's key (RSASSA-PKCS1-v1_5, SHA-256), somewhat under 48 KiB; nothing is kept. What is
 * signed is a digest of them that names the binding, which verifyBytes checks, or with `raw` the bytes as they are.
 * `signature` and `signed` of the answer are base64. Rejects as getToken does.
 */
declare function signBytes(client: TokenClient, bytes: Uint8Array, { signal, ...members }?: SignBytesOptions): Promise<SignatureResponse>;
export { SignBytesOptions, signBytes };
// testing.d.ts
import { TokenClient, TokenClientOptions } from "./client.js";
import { ProblemCode } from "./generated/problems.js";
import { ClaimRequest, IdTokenRequest, JwkSet, SignatureRequest } from "./generated/types.js";
/** A signer with a key of its own, that signs in this process: for tests, without a network or Google. */
interface FixtureSigner {
  /** The e-mail that its tokens name as `iss` and `sub`. */
  readonly serviceAccount: string;
  /** ID of its key, in the header of its tokens and in `jwks`. */
  readonly kid: string;
  /** Its public key, for a verifier under test. */
  readonly jwks: JwkSet;
  /** Signs a claims set as it is, RS256: also one that Countersign would refuse, such as an expired one. */
  sign(claims: object): Promise<string>;
  /** Signs the bytes as they are: RSASSA-PKCS1-v1_5 with SHA-256. */
  signBytes(bytes: Uint8Array): Promise<Uint8Array>;
}
/** Whom a fixture signer signs as. */
interface FixtureSignerOptions {
  /** E-mail of the service account; `signer@test.iam.gserviceaccount.com` where left out. */
  serviceAccount?: string | undefined;
  /** ID of the key; `fixture-key` where left out. */
  kid?: string | undefined;
}
/** Makes a signer with a new RSA key, in about 100 ms. */
declare function createFixtureSigner(options?: FixtureSignerOptions): Promise<FixtureSigner>;
/** What a fake client signs with, and what it refuses; the rest is as TokenClient has it. */
interface FakeClientOptions extends Pick<TokenClientOptions, 'maxEntries' | 'onEvent' | 'timeoutMs'> {
  /** Signs what the client asks for. */
  signer: FixtureSigner;
  /**
   * Asked before each token is signed: a code refuses the request with it, as the service or the network would. One
   * that may pass, such as `signer_unavailable`, is tried four times in about a second, unless `timeoutMs` is less.
   */
  refuse?: (request: ClaimRequest | IdTokenRequest | SignatureRequest) => ProblemCode | undefined;
}
/**
 * A TokenClient, with its real cache, whose service is this process: every request is allowed and signed by
 * the fixture signer. Makes no request to anywhere.
 */
declare function createFakeClient({ signer, refuse, ...options }: FakeClientOptions): TokenClient;
export { FakeClientOptions, FixtureSigner, FixtureSignerOptions, createFakeClient, createFixtureSigner };
// token-cache.d.ts
import { CountersignError } from "./errors.js";
/** What happened to a token that was asked for. Never holds it. */
type CacheEvent =
/** Answered from the cache; `stale`: with a token in its refresh window. */
{
  readonly type: 'hit' | 'stale';
} |
/** A token came, `durationMs` milliseconds after it was asked for, retries included; `reused`: it was signed earlier. */
{
  readonly type: 'refresh';
  readonly durationMs: number;
  readonly expiresInSeconds: number;
  readonly reused: boolean;
} |
/** None came within `durationMs` milliseconds, retries included; callers may still be answered with a kept one. */
{
  readonly type: 'failure';
  readonly durationMs: number;
  readonly error: CountersignError;
};
export { CacheEvent };
// token-request.d.ts
import { ClaimRequest, IdTokenRequest, RequestedClaims } from "./generated/types.js";
/** The claims of a request but `aud`, which stands beside them. */
type OtherClaims = { [Name in keyof RequestedClaims as Exclude<Name, 'aud'>]: RequestedClaims[Name]; } & {
  aud?: never;
};
/** Asks for a JWT that the signer's key signs. */
interface JwtRequest extends Omit<ClaimRequest, 'claims'> {
  /** Need not be given. */
  kind?: 'jwt';
  /** Audience (RFC 7519 section 4.1.3): one StringOrURI, or several, sent sorted, where the binding allows it. */
  aud: string | readonly string[];
  /** Further claims. A request that gives `jti`, `iat`, `exp` or `nbf` gets a token of its own, never a kept one. */
  claims?: OtherClaims;
}
/** Asks for an ID token that Google signs. */
interface GoogleIdTokenRequest extends IdTokenRequest {
  /** Tells it from a request for a JWT; getIdToken gives it. */
  kind: 'id_token';
}
/** What a token is asked with: an audience alone, or everything that the service lets one say. */
type TokenRequest = string | JwtRequest | GoogleIdTokenRequest;
export { GoogleIdTokenRequest, JwtRequest, OtherClaims, TokenRequest };
// verify-bytes.d.ts
import { SignatureResponse } from "./generated/types.js";
/** What a signature must be by. */
interface VerifyBytesOptions {
  /** The signer's public keys, as `GET /v1/keys/{serviceAccount}` of the service or Google's own endpoint gives them. */
  jwks: {
    readonly keys: readonly object[];
  };
  /** ID of the binding that must have allowed the signature; any where left out. */
  binding?: string | undefined;
  /** Whether the bytes were signed as they are; false where left out. */
  raw?: boolean | undefined;
}
/**
 * Whether the signature of signBytes is one of these bytes, by a key of the set. Needs no network, and answers false
 * to whatever is no signature.
 */
declare function verifyBytes(bytes: Uint8Array, { signature, kid, signed }: SignatureResponse, { jwks, binding, raw }: VerifyBytesOptions): Promise<boolean>;
export { VerifyBytesOptions, verifyBytes };