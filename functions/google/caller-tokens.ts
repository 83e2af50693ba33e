import { errors, importJWK, jwtVerify } from 'jose';
import type { Jwk } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import type { Caller, CallerVerifier, Deadline } from '../issuance/ports.ts';
import { clockToleranceSeconds } from '../tokens/numeric-date.ts';
import { emailForm } from './credential-answers.ts';
import { type GoogleHosts, isKeyAllowed } from './hosts.ts';
import { HttpFailure } from './http-client.ts';
import { type KeyReport, RemoteKeySet } from './key-sets.ts';
import { VerifiedCallers } from './verified-callers.ts';

export interface CallerTokenOptions {
  hosts: GoogleHosts;
  /** What `aud` must be one of. */
  audiences: readonly string[];
  /** The time, a NumericDate. */
  now: () => number;
  /** Told of each fetch of Google's keys. */
  reportKeys?: KeyReport;
}

/** Google's two spellings of itself (OpenID Connect discovery of accounts.google.com). */
const issuers = ['https://accounts.google.com', 'accounts.google.com'];
const maxTokenLength = 16_384;
/** How much too early a timer may fire. */
const timerMilliseconds = 5;

/** Verifies callers' Google ID tokens in full, by `jose` and Google's keys. Headers that bring a key are ignored. */
export function createCallerVerifier({
  hosts,
  audiences,
  now,
  reportKeys,
}: CallerTokenOptions): CallerVerifier {
  const keySet = new RemoteKeySet(`${hosts.keys}/oauth2/v3/certs`, reportKeys);
  const verified = new VerifiedCallers();
  return {
    async verify(idToken, deadline) {
      refuseByShape(idToken);
      const known = verified.get(idToken, now());
      if (known !== undefined && (await isPublished(keySet, known.kid, deadline))) return known.caller;
      try {
        const { payload, protectedHeader } = await jwtVerify(
          idToken,
          async ({ kid }) => {
            const jwk = await findKey(keySet, hosts, kid, deadline);
            return importJWK(jwk, 'RS256').catch(() => {
              throw unavailable('a key that can not be read');
            });
          },
          {
            algorithms: ['RS256'],
            issuer: issuers,
            audience: [...audiences],
            requiredClaims: ['exp', 'iat', 'aud', 'sub', 'email'],
            clockTolerance: clockToleranceSeconds,
            currentDate: new Date(now() * 1000),
          },
        );
        const caller = toCaller(payload);
        verified.add(idToken, { caller, kid: String(protectedHeader.kid), exp: Number(payload.exp) }, now());
        return caller;
      } catch (error) {
        if (error instanceof Problem) throw error;
        if (error instanceof errors.JOSEError) throw unauthenticated(describeFault(error, audiences));
        throw error;
      }
    },
  };
}

function refuseByShape(idToken: string): void {
  if (idToken.length > maxTokenLength) {
    throw unauthenticated(`The ID token is longer than ${maxTokenLength} characters.`);
  }
  if (idToken.endsWith('.SIGNATURE_REMOVED_BY_GOOGLE')) {
    throw unauthenticated(
      'The ID token in Authorization has lost its signature to Cloud Run (SIGNATURE_REMOVED_BY_GOOGLE) and proves ' +
        'nothing. Send it in X-Serverless-Authorization too, which Cloud Run then strips instead.',
    );
  }
}

async function findKey(
  set: RemoteKeySet,
  hosts: GoogleHosts,
  kid: unknown,
  deadline: Deadline,
): Promise<Jwk> {
  if (typeof kid !== 'string') throw unauthenticated('The ID token names no key (kid); Google’s do.');
  if (!isKeyAllowed(kid, hosts))
    throw unauthenticated('The ID token is signed with a key of the local cloud.');
  const jwk = await orUnavailable(set.find(kid, deadline), deadline);
  if (jwk !== undefined) return jwk;
  throw unauthenticated(
    'The ID token is signed with a key that is not among Google’s; send one that Google signed.',
  );
}

async function isPublished(set: RemoteKeySet, kid: string, deadline: Deadline): Promise<boolean> {
  const { keys } = await orUnavailable(set.get(deadline), deadline);
  return keys.some((key) => key.kid === kid);
}

/** The host has a limit of its own; where the caller's came first, it is not the host that failed. */
async function orUnavailable<T>(fetching: Promise<T>, deadline: Deadline): Promise<T> {
  try {
    return await fetching;
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (error.isTimeout && performance.now() + timerMilliseconds >= deadline) {
      throw new Problem('deadline_exceeded', 'Google’s keys did not come in time. Try again.');
    }
    throw unavailable(error.reason);
  }
}

function unavailable(reason: string): Problem {
  const detail = `Google’s keys could not be fetched: ${reason}. Try again.`;
  return new Problem('caller_keys_unavailable', detail, { retryAfterSeconds: 5 });
}

/** A jose error in words; its own may quote claims. */
function describeFault(error: { code: string; claim?: unknown }, audiences: readonly string[]): string {
  if (error.code === 'ERR_JWT_EXPIRED') return 'The ID token has expired; send a fresh one.';
  if (error.code === 'ERR_JWT_CLAIM_VALIDATION_FAILED') {
    if (error.claim === 'aud') {
      return `The ID token is for another audience; ask for one whose aud is ${audiences.join(' or ')}.`;
    }
    if (error.claim === 'iss') return 'The ID token is not issued by Google; send a Google ID token.';
    if (error.claim === 'email')
      return 'The ID token has no email; ask the metadata server with format=full.';
    return `The ID token's ${String(error.claim).slice(0, 16)} is missing or does not hold now; send a fresh one.`;
  }
  if (error.code === 'ERR_JOSE_ALG_NOT_ALLOWED')
    return 'The ID token is not signed with RS256, as Google’s are.';
  if (error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') {
    return 'The ID token’s signature does not verify: it was changed, or signed with another key.';
  }
  return 'The Authorization header holds no JWT that can be read; send a Google ID token.';
}

function toCaller({ sub, aud, email, email_verified }: Record<string, unknown>): Caller {
  if (typeof aud !== 'string')
    throw unauthenticated('The ID token has several audiences; Google’s have one.');
  if (typeof email !== 'string' || typeof sub !== 'string' || !emailForm.test(email)) {
    throw unauthenticated('The ID token’s email is no e-mail address.');
  }
  if (email_verified !== true) throw unauthenticated('The ID token’s email is not verified.');
  const kind = email.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user';
  return { member: `${kind}:${email}`, sub };
}

function unauthenticated(detail: string): Problem {
  return new Problem('unauthenticated', detail);
}
