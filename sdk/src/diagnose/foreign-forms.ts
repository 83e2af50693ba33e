import { isJsonObject, type JsonObject } from './base64url.ts';
import type { Observation } from './finding.ts';

/** Strings that people send where a JWT belongs, by how they begin. */
const opaqueForms: readonly (readonly [RegExp, string])[] = [
  [/^ya29\.|^gho_|^ghp_|^ghs_|^xox[abp]-/, 'access_token'],
  [/^1\/\/[\w-]/, 'refresh_token'],
  [/^4\/[\w-]/, 'authorization_code'],
  [/^AIza[\w-]{20}/, 'api_key'],
  [/^-----BEGIN /, 'pem'],
  [/^(?:https?|wss?):\/\//i, 'url'],
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, 'uuid'],
  [/^[A-Za-z0-9+/_=-]{20,}$/, 'opaque'],
];

/** Tells what a string without the shape of a JWS is instead, or undefined where nothing is known of it. */
export function recogniseForeignForm(text: string): Observation | undefined {
  const head = text.slice(0, 512);
  const form = opaqueForms.find(([pattern]) => pattern.test(head));
  // A cut-off JWS begins as a whole one does: with the base64url of `{"`.
  if (form === undefined || head.startsWith('eyJ')) return undefined;
  return { code: 'not_a_jws', reason: form[1], expected: 'header.payload.signature' };
}

const tokenMembers = ['token', 'id_token', 'idToken', 'signedJwt', 'jwt', 'assertion', 'access_token'];

/** What pasted JSON holds: a member with a token in it, a key file, another serialization of a JWS. */
export function readPastedJson(text: string): { token: string } | { observation: Observation } | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const json = parseObject(text);
  if (json === undefined) return undefined;
  const reason = 'private_key' in json ? 'service_account_key' : 'payload' in json ? 'json_jws' : undefined;
  if (reason !== undefined)
    return { observation: { code: 'not_a_jws', reason, expected: 'header.payload.signature' } };
  const token = tokenMembers.map((name) => json[name]).find((value) => typeof value === 'string');
  return token === undefined ? undefined : { token };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
