// Compiled against the packed SDK, as its users compile theirs. Each @ts-expect-error is a line that must not compile.
import {
  type CountersignError,
  createFetch,
  getIdentity,
  getIdToken,
  type ProblemCode,
  signBytes,
  TokenClient,
  type TokenDetails,
  type TokenEvent,
  verifyBytes,
} from 'countersign';
import { buildBatchMessage, createReplyKeys, ReplyCollector } from 'countersign/batch';
import { type Diagnosis, diagnose, explain, type Finding, fetchGoogleKeys } from 'countersign/diagnose';
import { CountersignAuthClient, googleAuthCallerToken } from 'countersign/google-auth';
import { createFakeClient, createFixtureSigner } from 'countersign/testing';
import { GoogleAuth } from 'google-auth-library';
import type { JSONWebKeySet } from 'jose';

const aud = 'https://reports.example.com';
const client = new TokenClient({ url: aud, callerToken: googleAuthCallerToken(new GoogleAuth()) });

export async function takes(): Promise<TokenDetails> {
  const token: string = await client.getToken(aud, {
    signal: AbortSignal.timeout(1),
    minValiditySeconds: 60,
  });
  const kept: string | undefined = client.peek({ aud: [aud], claims: { sub: token, anything: [1] } });
  await getIdToken(client, { aud, includeEmail: false });
  const signature = await signBytes(client, new Uint8Array(), { raw: true });
  const isSigned: boolean = await verifyBytes(new Uint8Array(), signature, { jwks: { keys: [] } });
  const { signers } = await client.call(getIdentity, undefined);
  await createFetch(client, aud, { origins: signers })(aud);
  client.invalidate({ kid: String(kept ?? isSigned) });
  new GoogleAuth({ authClient: new CountersignAuthClient(client, aud) });
  createFakeClient({ signer: await createFixtureSigner() });
  return client.getTokenDetails({ aud, kind: 'id_token' });
}

export async function asksTheDoctor(token: string): Promise<Finding | undefined> {
  const { verdict, findings }: Diagnosis = await diagnose(token, {
    jwks: (issuer) => fetchGoogleKeys(issuer),
    audience: [aud],
    profile: 'iap',
    clockToleranceSeconds: 60,
  });
  const [cause] = explain('jwt expired');
  // @ts-expect-error there is no such verdict
  if (verdict === 'fine') return undefined;
  // @ts-expect-error there is no such code
  if (cause?.code === 'nothing') return undefined;
  // @ts-expect-error there is no such profile
  await diagnose(token, { profile: 'saml' });
  // @ts-expect-error a remedy is in two languages
  findings[0]?.remedy.fr;
  return findings[0];
}

export async function refuses(error: CountersignError, event: TokenEvent): Promise<void> {
  // @ts-expect-error an audience is needed
  client.getToken({});
  // @ts-expect-error aud stands beside the claims
  client.getToken({ aud, claims: { aud } });
  // @ts-expect-error a NumericDate is a number
  client.getToken({ aud, claims: { exp: new Date() } });
  // @ts-expect-error there is no such profile
  client.getToken({ aud, profile: 'saml' });
  // @ts-expect-error an ID token has one audience
  client.getToken({ kind: 'id_token', aud: [aud] });
  // @ts-expect-error an ID token has no claims of its own
  client.getToken({ kind: 'id_token', aud, claims: {} });
  // @ts-expect-error it is a promise
  client.getToken(aud).length;
  // @ts-expect-error it may be undefined
  client.peek(aud).length;
  // @ts-expect-error there is no such option
  new TokenClient({ uri: aud });
  // @ts-expect-error the caller's token is given by a function
  new TokenClient({ callerToken: 'eyJ' });
  // @ts-expect-error it is read only
  error.code = 'internal';
  // @ts-expect-error there is no such code
  error.code === 'nothing';
  // @ts-expect-error an event holds no token
  event.token;
}

/** What a program reads from its settings may be undefined. */
export async function takesUndefined(
  unset: undefined,
  text: string | undefined,
  signal: AbortSignal | undefined,
) {
  const lenient = new TokenClient({ url: text, callerToken: unset, timeoutMs: unset, onEvent: unset });
  await lenient.getToken(aud, { signal, minValiditySeconds: unset, forceRefresh: unset });
  await lenient.call(getIdentity, undefined, { signal });
  createFetch(lenient, aud, { origins: unset, fetch: unset });
  await signBytes(lenient, new Uint8Array(), { signal });
  new CountersignAuthClient(lenient, aud, { origins: unset });
}

export async function takesKeySets(jwks: JSONWebKeySet): Promise<void> {
  const signature = { signature: '', kid: '', signed: '' };
  await verifyBytes(new Uint8Array(), signature, { jwks, binding: undefined });
  await diagnose('', { jwks });
}

export async function asksForABatch(): Promise<boolean> {
  const keys = await createReplyKeys();
  const deliverTo = { topic: 'projects/acme/topics/token-replies', jwk: keys.publicJwk };
  const message = buildBatchMessage({ requests: [{ id: 'daily', claims: { aud } }], deliverTo });
  // @ts-expect-error a topic needs the key to encrypt for
  buildBatchMessage({ requests: [], deliverTo: { topic: deliverTo.topic } });
  // @ts-expect-error a key's type is a text, not anything
  keys.publicJwk.kty?.length.nothing;
  return new ReplyCollector(message, keys).add(new Uint8Array());
}

/** Each code of the table, and no other, is known at compile time. */
export function isMine(code: ProblemCode): boolean {
  switch (code) {
    case 'invalid_request':
    case 'invalid_claims':
    case 'body_too_large':
    case 'unsupported_media_type':
    case 'not_found':
    case 'method_not_allowed':
      return true;
    case 'unauthenticated':
    case 'policy_denied':
    case 'rate_limited':
    case 'signer_permission_missing':
    case 'signer_api_disabled':
    case 'signer_rejected':
    case 'signer_response_invalid':
    case 'delivery_rejected':
    case 'delivery_unavailable':
    case 'signer_quota_exceeded':
    case 'signer_unavailable':
    case 'caller_keys_unavailable':
    case 'policy_unavailable':
    case 'deadline_exceeded':
    case 'internal':
    case 'network_error':
    case 'invalid_response':
    case 'caller_token_unavailable':
      return false;
    default: {
      const unknown: never = code;
      return unknown;
    }
  }
}
