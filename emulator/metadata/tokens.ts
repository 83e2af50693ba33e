import type { AccessToken } from '../cloud/access-tokens.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { signIdToken } from '../cloud/id-token.ts';
import type { ServiceAccount } from '../cloud/service-accounts.ts';
import type { Answer, ApiRequest } from '../http/route.ts';
import { metadataJson, text } from './answer.ts';
import { defaultScope, instanceId } from './tree.ts';

const lifeMs = 3600 * 1000;

/** "The metadata server caches access tokens until they have 5 minutes of remaining time before they expire." */
const cachedUntilMs = 300 * 1000;

/** Answers access tokens as the metadata server does: the same one again until 5 minutes before its end. */
export class TokenCache {
  readonly #cloud: Cloud;
  readonly #tokens = new Map<string, AccessToken>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  answer(account: ServiceAccount, request: ApiRequest): Answer {
    const scopes = request.query.get('scopes')?.split(',').filter(Boolean) ?? [defaultScope];
    const nowMs = this.#cloud.clock.nowMs();
    const key = `${account.email} ${scopes.join()}`;
    let token = this.#tokens.get(key);
    const remainingMs = (token?.expiresAtMs ?? 0) - nowMs;
    if (!token || remainingMs <= cachedUntilMs || remainingMs > lifeMs) {
      token = this.#cloud.accessTokens.issue({ email: account.email, scopes, expiresAtMs: nowMs + lifeMs });
      this.#tokens.set(key, token);
    }
    const expiresIn = Math.floor((token.expiresAtMs - nowMs) / 1000);
    return metadataJson({ access_token: token.token, expires_in: expiresIn, token_type: 'Bearer' });
  }
}

/**
 * Answers an ID token for `audience`. Only `format=full` adds the e-mail and the instance, as documented for
 * Compute Engine; Cloud Run is said to add the e-mail always, so we take the stricter of the two.
 */
export async function identityToken(
  cloud: Cloud,
  account: ServiceAccount,
  request: ApiRequest,
): Promise<Answer> {
  const audience = request.query.get('audience');
  if (!audience) return text('non-empty audience parameter required', 400);
  const full = request.query.get('format') === 'full';
  const instance = { compute_engine: { instance_id: instanceId, project_id: cloud.projectId } };
  const token = await signIdToken(cloud, account, {
    audience,
    includeEmail: full,
    ...(full && { google: instance }),
  });
  return text(token, 200, { 'content-type': 'text/html' });
}
