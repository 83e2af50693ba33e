import { isJsonObject } from '../base64url.ts';
import type { JwkSet } from './jwk.ts';
import { isJwkSet, KeysUnavailable, readKeys } from './key-input.ts';

const byteLimit = 1_048_576;
const timeoutMs = 5_000;

/** A host that did not answer, or not in time. */
export class HostUnreachable extends KeysUnavailable {
  readonly host: string;
  constructor(reason: 'timeout' | 'unreachable', host: string, cause: unknown) {
    super(reason, { cause });
    this.host = host;
  }
}

/**
 * Fetches a JWK Set, or Google's map of `kid` to PEM: at most 1 MiB, within 5 s, no redirects. Throws
 * KeysUnavailable with a reason for whatever else comes.
 */
export async function fetchJwks(url: string | URL, options: { timeoutMs?: number } = {}): Promise<JwkSet> {
  let response: Response;
  let host = '';
  const signal = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
  try {
    const target = new URL(url);
    if (target.protocol !== 'https:' && target.protocol !== 'http:') throw new KeysUnavailable('not_http');
    host = target.host;
    response = await fetch(target, {
      redirect: 'manual',
      signal,
      credentials: 'omit',
      headers: { accept: 'application/json' },
    });
  } catch (cause) {
    if (cause instanceof KeysUnavailable) throw cause;
    throw host === ''
      ? new KeysUnavailable('unreachable', { cause })
      : new HostUnreachable(signal.aborted ? 'timeout' : 'unreachable', host, cause);
  }
  if (response.status !== 200) {
    await response.body?.cancel();
    const redirected =
      response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
    throw new KeysUnavailable(redirected ? 'redirect' : 'http_status');
  }
  return parseJwks(await readBounded(response, signal, host));
}

async function readBounded(response: Response, signal: AbortSignal, host: string): Promise<string> {
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
    throw new HostUnreachable(signal.aborted ? 'timeout' : 'unreachable', host, cause);
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
