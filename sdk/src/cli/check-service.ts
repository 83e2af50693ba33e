import { type CallerToken, metadataCallerToken } from '../caller-token.ts';
import { TokenClient } from '../client.ts';
import { decode } from '../diagnose/decode.ts';
import { diagnose } from '../diagnose/diagnose.ts';
import type { Localized } from '../diagnose/finding.ts';
import { CountersignError } from '../errors.ts';
import { createToken, getIdentity, type Operation } from '../generated/operations.ts';
import type { ClaimRequest, IdentityResponse, JwkSet, ValidationResponse } from '../generated/types.ts';
import { CheckFault } from './check-fault.ts';
import { describeProblem } from './problem-words.ts';
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
type Step = readonly [name: StepName, look: (seen: Seen) => Promise<Localized>];

export type StepName =
  | 'reachable'
  | 'caller token'
  | 'who am I'
  | 'binding'
  | 'IAM permission'
  | 'signed'
  | 'verified'
  | 'refused';

/**
 * The steps from the service's door to a verified token, each of which needs those before it.
 * @param forbidden an audience that is to be refused, where that is to be seen as well
 */
export function planCheck(
  aud: string,
  { url, callerToken }: ServiceOptions,
  forbidden?: string,
): readonly Step[] {
  const obtain = callerToken ?? metadataCallerToken((...request) => fetch(...request), timeoutMs);
  const client = new TokenClient({ url, callerToken: obtain, timeoutMs });
  return [
    ['reachable', () => reach(url)],
    [
      'caller token',
      async (seen) => {
        seen.caller = await learnCaller(obtain, url);
        return {
          en: `an ID token of ${seen.caller} for ${url}`,
          ja: `${url} 向けの ${seen.caller} の ID トークン`,
        };
      },
    ],
    ['who am I', async ({ caller }) => describeIdentity(await askWhoIAm(client, caller))],
    [
      'binding',
      async (seen) => {
        const { binding, serviceAccount, profile } = await client.call(validateToken, { claims: { aud } });
        seen.signer = serviceAccount;
        return {
          en: `${binding} allows it, for ${serviceAccount}, profile ${profile}`,
          ja: `${binding} が許可しています（署名者 ${serviceAccount}、プロファイル ${profile}）`,
        };
      },
    ],
    ['IAM permission', (seen) => sign(client, aud, seen)],
    [
      'signed',
      async ({ failure, token }) => {
        if (failure !== undefined) throw failure;
        const kid = `kid ${decode(token).header?.kid}`;
        return { en: kid, ja: kid };
      },
    ],
    ['verified', (seen) => verify(client, aud, seen)],
    ...(forbidden === undefined ? [] : [['refused', () => seeRefused(client, forbidden)] as const]),
  ];
}

const validateToken: Operation<ClaimRequest, ValidationResponse> = {
  method: createToken.method,
  path: `${createToken.path}?validateOnly=true`,
};

/** A private Cloud Run service refuses whom it does not know, and is there all the same. */
async function reach(url: string): Promise<Localized> {
  let status: number;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(`${url}/health`, { redirect: 'manual', signal });
    await answer.body?.cancel();
    status = answer.status;
  } catch {
    throw new CheckFault(
      { en: `nothing answers at ${url}`, ja: `${url} から応答がありません` },
      {
        en: 'Check --url, and that this network reaches it.',
        ja: '--url が正しいか、このネットワークから到達できるかを確認してください。',
      },
      true,
    );
  }
  if (status === 200) return { en: `${url} answers`, ja: `${url} は応答しています` };
  if (status === 401 || status === 403) {
    return {
      en: `${url} answers, to those it knows alone`,
      ja: `${url} は応答していますが、知っている呼び出し元だけを受け付けます`,
    };
  }
  throw new CheckFault(
    { en: `${url}/health answers ${status}`, ja: `${url}/health の応答は ${status} です` },
    {
      en: 'Check --url: it is not that of a Countersign service.',
      ja: '--url を確認してください。Countersign サービスの URL ではありません。',
    },
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
      { en: error.message, ja: `呼び出し元の ID トークンを取得できません（${error.message}）` },
      {
        en: "Run this where a metadata server is, as on Cloud Run, have GCE_METADATA_HOST name the local cloud's, or give --as SERVICE_ACCOUNT to use your default credentials.",
        ja: 'Cloud Run などメタデータサーバーのある環境で実行するか、GCE_METADATA_HOST でローカルクラウドを指すか、--as SERVICE_ACCOUNT を指定して既定の認証情報を使ってください。',
      },
      error.retryable,
    );
  }
}

async function askWhoIAm(client: TokenClient, caller: string): Promise<IdentityResponse> {
  try {
    return await client.call(getIdentity, undefined);
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'invalid_response') throw error;
    const command = `gcloud run services add-iam-policy-binding SERVICE --region=REGION --member=serviceAccount:${caller} --role=roles/run.invoker`;
    throw new CheckFault(
      { en: error.message, ja: describeProblem(error, 'ja') },
      { en: `Let the caller in: ${command}`, ja: `呼び出し元を許可してください: ${command}` },
    );
  }
}

function describeIdentity({ caller, bindings }: IdentityResponse): Localized {
  const named = bindings.map(({ id }) => id).join(', ');
  return {
    en: `${caller.member}, named by ${named === '' ? 'no binding' : named}`,
    ja: `${caller.member}（${named === '' ? 'どのバインディングにも含まれていません' : `バインディング ${named}`}）`,
  };
}

const aboutPermission: readonly string[] = [
  'signer_permission_missing',
  'signer_api_disabled',
  'signer_rejected',
];

/** Has IAM sign anew: its refusal is the only way to learn of a permission that the runtime account lacks. */
async function sign(client: TokenClient, aud: string, seen: Seen): Promise<Localized> {
  try {
    seen.token = await client.getToken(aud, { forceRefresh: true });
    return { en: `IAM signs as ${seen.signer}`, ja: `IAM は ${seen.signer} として署名します` };
  } catch (error) {
    if (!(error instanceof CountersignError) || aboutPermission.includes(error.code)) throw error;
    seen.failure = error;
    return { en: 'IAM did not refuse', ja: 'IAM は拒否していません' };
  }
}

/** A policy that has come to allow too much shows nowhere else. */
async function seeRefused(client: TokenClient, forbidden: string): Promise<Localized> {
  try {
    await client.getToken(forbidden, { forceRefresh: true });
  } catch (error) {
    if (!(error instanceof CountersignError) || error.code !== 'policy_denied') throw error;
    return { en: `${forbidden} is denied`, ja: `${forbidden} は拒否されました` };
  }
  throw new CheckFault(
    { en: `a token for ${forbidden} was signed`, ja: `${forbidden} のトークンが署名されました` },
    {
      en: 'Find the binding that allows it, by countersign check with that audience, and narrow it.',
      ja: 'そのオーディエンスで countersign check を実行して許可しているバインディングを特定し、範囲を狭めてください。',
    },
  );
}

async function verify(client: TokenClient, aud: string, { signer, token }: Seen): Promise<Localized> {
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
  if (root === undefined) return { en: `by the keys at ${path}`, ja: `${path} の鍵で検証できました` };
  const { code, cause, remedy } = root;
  const found = { en: `${code}: ${cause.en}`, ja: `${code}: ${cause.ja}` };
  throw new CheckFault(found, remedy, verdict === 'unverifiable');
}
