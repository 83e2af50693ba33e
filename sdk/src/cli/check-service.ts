import { type CallerToken, metadataCallerToken } from '../caller-token.ts';
import { TokenClient } from '../client.ts';
import { decode } from '../diagnose/decode.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import { CountersignError } from '../errors.ts';
import { createToken, getIdentity, type Operation } from '../generated/operations.ts';
import type { ClaimRequest, IdentityResponse, JwkSet, ValidationResponse } from '../generated/types.ts';
import { CheckFault } from './check-fault.ts';
import type { ServiceOptions } from './service-options.ts';

const timeoutMs = 10_000;
const toleranceSeconds = 60;

/** What the steps hand on to those after them. */
interface Seen {
  caller: string;
  signer: string;
  token: string;
  /** What the signing request failed with, where that says nothing of IAM's permission. */
  failure?: CountersignError;
}

/** A step: what it looks at, and what it answers where all is well. Throws a CheckFault or a CountersignError. */
type Step = readonly [name: string, look: (seen: Seen) => Promise<string>];

/** The steps from the service's door to a verified token, each of which needs those before it. */
export function planCheck(aud: string, { url, callerToken }: ServiceOptions): readonly Step[] {
  const obtain = callerToken ?? metadataCallerToken((...request) => fetch(...request), timeoutMs);
  const client = new TokenClient({ url, callerToken: obtain, timeoutMs });
  return [
    ['reachable', () => reach(url)],
    [
      'caller token',
      async (seen) => {
        seen.caller = await learnCaller(obtain, url);
        return `an ID token of ${seen.caller} for ${url}`;
      },
    ],
    ['who am I', async ({ caller }) => describeIdentity(await askWhoIAm(client, caller))],
    [
      'binding',
      async (seen) => {
        const { binding, serviceAccount, profile } = await client.call(validateToken, { claims: { aud } });
        seen.signer = serviceAccount;
        return `${binding} allows it, for ${serviceAccount}, profile ${profile}`;
      },
    ],
    ['IAM permission', (seen) => sign(client, aud, seen)],
    [
      'signed',
      async ({ failure, token }) => {
        if (failure !== undefined) throw failure;
        return `kid ${decode(token).header?.kid}`;
      },
    ],
    ['verified', (seen) => verify(client, aud, seen)],
  ];
}

const validateToken: Operation<ClaimRequest, ValidationResponse> = {
  method: createToken.method,
  path: `${createToken.path}?validateOnly=true`,
};

/** A private Cloud Run service refuses whom it does not know, and is there all the same. */
async function reach(url: string): Promise<string> {
  let status: number;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(`${url}/health`, { redirect: 'manual', signal });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new CheckFault(`nothing answers at ${url}`, 'Check --url, and that this network reaches it.', true);
  }
  if (status === 200) return `${url} answers`;
  if (status === 401 || status === 403) return `${url} answers, to those it knows alone`;
  throw new CheckFault(
    `${url}/health answers ${status}`,
    'Check --url: it is not that of a Countersign service.',
    status >= 500,
  );
}

async function learnCaller(obtain: CallerToken, url: string): Promise<string> {
  try {
    const { claims } = decode(await obtain(url, { signal: AbortSignal.timeout(timeoutMs) }));
    return String(claims?.email ?? claims?.sub);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw new CheckFault(
      error.message,
      'Run this where a metadata server is, as on Cloud Run, or give --as SERVICE_ACCOUNT to use your default credentials.',
      error.retryable,
    );
  }
}

async function askWhoIAm(client: TokenClient, caller: string): Promise<IdentityResponse> {
  try {
    return await client.call(getIdentity, undefined);
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'invalid_response') throw error;
    throw new CheckFault(
      error.message,
      `Let the caller in: gcloud run services add-iam-policy-binding SERVICE --region=REGION --member=serviceAccount:${caller} --role=roles/run.invoker`,
    );
  }
}

function describeIdentity({ caller, bindings }: IdentityResponse): string {
  const named = bindings.map(({ id }) => id).join(', ');
  return `${caller.member}, named by ${named === '' ? 'no binding' : named}`;
}

const aboutPermission: readonly string[] = [
  'signer_permission_missing',
  'signer_api_disabled',
  'signer_rejected',
];

/** Has IAM sign anew: its refusal is the only way to learn of a permission that the runtime account lacks. */
async function sign(client: TokenClient, aud: string, seen: Seen): Promise<string> {
  try {
    seen.token = await client.getToken(aud, { forceRefresh: true });
    return `IAM signs as ${seen.signer}`;
  } catch (error) {
    if (!(error instanceof CountersignError) || aboutPermission.includes(error.code)) throw error;
    seen.failure = error;
    return 'IAM did not refuse';
  }
}

async function verify(client: TokenClient, aud: string, { signer, token }: Seen): Promise<string> {
  const path = `/v1/keys/${encodeURIComponent(signer)}`;
  const keysOfSigner: Operation<undefined, JwkSet> = { method: 'GET', path };
  const { verdict, findings } = await diagnose(token, {
    jwks: await client.call(keysOfSigner, undefined),
    issuer: signer,
    audience: aud,
    algorithms: 'RS256',
    clockToleranceSeconds: toleranceSeconds,
  });
  const [root] = findings;
  if (root === undefined) return `by the keys at ${path}`;
  throw new CheckFault(`${root.code}: ${root.cause.en}`, root.remedy.en, verdict === 'unverifiable');
}
