import { createVerify } from 'node:crypto';
import type { AccessToken } from '../cloud/access-tokens.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { bearerToken } from '../http/authenticate.ts';
import { type Answer, type ApiRequest, json, type Route } from '../http/route.ts';

const emailScope = 'https://www.googleapis.com/auth/userinfo.email';

/** OAuth 2.0 tokeninfo, at its own host's path and at the paths of www.googleapis.com. */
export function tokeninfoRoutes(cloud: Cloud): Route[] {
  const path = /^\/(?:oauth2\/v3\/)?tokeninfo$/;
  const handle = (request: ApiRequest) => tokeninfo(cloud, request);
  return [
    { api: 'tokeninfo', method: 'GET', path, handle },
    { api: 'tokeninfo', method: 'POST', path, handle },
  ];
}

/** Says what a token is; every value is a string. A token that is not valid now is `invalid_token`. */
async function tokeninfo(cloud: Cloud, request: ApiRequest): Promise<Answer> {
  const form = new URLSearchParams(request.body.toString());
  const parameter = (name: string) => request.query.get(name) ?? form.get(name);
  const idToken = parameter('id_token');
  const answer = idToken
    ? await describeIdToken(cloud, idToken)
    : describeAccessToken(
        cloud,
        parameter('access_token') ?? bearerToken(request.headers.authorization) ?? '',
      );
  if (answer) return json(answer);
  return json({ error: 'invalid_token', error_description: 'Invalid Value' }, { status: 400 });
}

function describeAccessToken(cloud: Cloud, token: string): object | undefined {
  const found = cloud.accessTokens.find(token);
  const nowMs = cloud.clock.nowMs();
  if (!found || found.expiresAtMs <= nowMs) return undefined;
  const { email, scopes, expiresAtMs }: AccessToken = found;
  const uniqueId = cloud.serviceAccounts.find(email)?.uniqueId;
  return {
    azp: uniqueId,
    aud: uniqueId,
    ...(scopes.includes(emailScope) && { sub: uniqueId }),
    scope: scopes.join(' '),
    exp: String(Math.floor(expiresAtMs / 1000)),
    expires_in: String(Math.floor((expiresAtMs - nowMs) / 1000)),
    ...(scopes.includes(emailScope) && { email, email_verified: 'true' }),
    access_type: 'online',
  };
}

async function describeIdToken(cloud: Cloud, token: string): Promise<object | undefined> {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const now = cloud.clock.now();
  const { kid, alg, typ } = parsePart(header);
  const key = cloud.googleKeys.publishedKeys(now).find((published) => published.kid === kid);
  if (!key) return undefined;
  const { publicKey } = await key.pair();
  const verifier = createVerify('sha256').update(`${header}.${payload}`);
  if (!verifier.verify(publicKey, signature, 'base64url')) return undefined;
  const claims = parsePart(payload);
  if (Number(claims.exp) <= now) return undefined;
  const shown = Object.entries({ ...claims, alg, kid, typ }).filter(([, value]) => typeof value !== 'object');
  return Object.fromEntries(shown.map(([name, value]) => [name, String(value)]));
}

function parsePart(part: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString()));
  } catch {
    return {};
  }
}
