import { isJsonObject } from '../base64url.ts';
import type { JwkSet } from './jwk.ts';
import { isJwkSet, KeysUnavailable, readKeys } from './key-input.ts';

const byteLimit = 1_048_576;
const timeoutMs = 5_000;

/**
 * Fetches a JWK Set, or Google's map of `kid` to PEM: at most 1 MiB, within 5 s, no redirects. Throws
 * KeysUnavailable with a reason for whatever else comes.
 */
export async function fetchJwks(url: string | URL, options: { timeoutMs?: number } = {}): Promise<JwkSet> {
  let response: Response;
  const signal = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
  try {
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') throw new KeysUnavailable('not_http');
    response = await fetch(target, {
      redirect: 'manual',
      signal,
      credentials: 'omit',
      headers: { accept: 'application/json' },
    });
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause;
    throw new KeysUnavailable(signal.aborted ? 'timeout' : 'unreachable', { cause });
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    const redirected =
      response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
    throw new KeysUnavailable(redirected ? 'redirect' : 'http_status');
  }
  return parseJwks(await readBounded(response, signal));
}

async function readBounded(response: Response, signal: AbortSignal): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > byteLimit) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch (cause) {
    throw new KeysUnavailable(signal.aborted ? 'timeout' : 'unreachable', { cause });
  }
  await reader.cancel();
  throw new KeysUnavailable('too_large');
}

/** Reads the text of a JWK Set or of Google's map. Throws KeysUnavailable where it is neither. */
export async function parseJwks(text: string): Promise<JwkSet> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KeysUnavailable('not_json', { cause });
  }
  if (isJwkSet(json)) return json;
  if (!isJsonObject(json)) throw new KeysUnavailable('not_a_jwk_set');
  try {
    return { keys: await readKeys(json as Readonly<Record<string, string>>) };
  } catch (cause) {
    throw new KeysUnavailable('not_a_jwk_set', { cause });
  }
}
