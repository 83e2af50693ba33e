import { invalidAnswer } from '../issuance/decode-jws.ts';
import type { RequestScope, Signer, SignerPath } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { type GoogleHosts, isKeyAllowed } from './hosts.ts';
import { callIam } from './iam-call.ts';
import { toSignerProblem } from './iam-errors.ts';

/**
 * Signs through the IAM Service Account Credentials API, under the service account's own system-managed key
 * (https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts).
 */
export function createIamSigner(hosts: GoogleHosts, credentials: Credentials): Signer {
  const call = async <Member extends string>(
    { method, permission, members }: IamMethod<Member>,
    { serviceAccount, delegates }: SignerPath,
    input: object,
    scope: RequestScope,
  ): Promise<Record<Member, string>> => {
    const url = `${hosts.iamCredentials}/v1/${resourceName(serviceAccount)}:${method}`;
    const body = JSON.stringify({ delegates: delegates.map(resourceName), ...input });
    const answer = await callIam(url, body, credentials, scope);
    if (answer.status === 200) return parseAnswer(answer.body, members);
    // Only a refusal for want of a permission names the runtime account.
    const asksWho = answer.status === 403;
    const runsAs = asksWho ? await credentials.email(scope.deadline).catch(() => undefined) : undefined;
    throw toSignerProblem(answer, { serviceAccount, permission, runsAs });
  };
  const checkKey = <Signed extends { keyId: string }>(signed: Signed): Signed => {
    if (!isKeyAllowed(signed.keyId, hosts)) throw invalidAnswer('a key of the local cloud');
    return signed;
  };
  return {
    async signJwt({ claims, ...path }, scope) {
      return checkKey(await call(signJwt, path, { payload: JSON.stringify(claims) }, scope));
    },
    async signBlob({ bytes, ...path }, scope) {
      return checkKey(await call(signBlob, path, { payload: Buffer.from(bytes).toString('base64') }, scope));
    },
    async generateIdToken({ audience, includeEmail, ...path }, scope) {
      return (await call(generateIdToken, path, { audience, includeEmail }, scope)).token;
    },
  };
}

interface IamMethod<Member extends string> {
  method: string;
  /** What it needs on the service account. */
  permission: string;
  /** The members of its answer, all strings. */
  members: readonly Member[];
}

const signJwt: IamMethod<'keyId' | 'signedJwt'> = {
  method: 'signJwt',
  permission: 'iam.serviceAccounts.signJwt',
  members: ['keyId', 'signedJwt'],
};
const signBlob: IamMethod<'keyId' | 'signedBlob'> = {
  method: 'signBlob',
  permission: 'iam.serviceAccounts.signBlob',
  members: ['keyId', 'signedBlob'],
};
const generateIdToken: IamMethod<'token'> = {
  method: 'generateIdToken',
  permission: 'iam.serviceAccounts.getOpenIdToken',
  members: ['token'],
};

/** The dash is required: IAM finds the project by the account. */
function resourceName(email: string): string {
  return `projects/-/serviceAccounts/${encodeURIComponent(email).replaceAll('%40', '@')}`;
}

function parseAnswer<Member extends string>(
  body: string,
  members: readonly Member[],
): Record<Member, string> {
  try {
    const answer = JSON.parse(body) as Record<Member, unknown>;
    if (members.every((member) => typeof answer[member] === 'string'))
      return answer as Record<Member, string>;
  } catch {
    // The parser's message quotes the body, which may hold a token.
  }
  throw invalidAnswer(`no ${members.join(' and ')}`);
}
