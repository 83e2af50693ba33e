import { type Instant, now } from './clock.ts';
import { CountersignError, withoutSecrets } from './errors.ts';

/** Characters of an answer that are read at most, after decompression: more than any good one has. */
const maxLength = 1024 * 1024;

/** An answer, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly text: string;
  /** When its request was sent. */
  readonly sent: Instant;
  /** The answering server's clock, in milliseconds; -Infinity where it does not say. */
  readonly serverTimeMs: number;
}

/** Sends one request and follows no redirect; past the bound an answer counts as empty. Throws `network_error`. */
export async function exchange(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit,
): Promise<Answer> {
  const sent = now();
  try {
    const { status, ok, headers, body } = await fetch(url, { ...init, redirect: 'manual' });
    let text = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.length > maxLength) {
        text = '';
        break;
      }
    }
    const serverTimeMs = Date.parse(headers.get('date') as string) || -Infinity;
    return { status, ok, headers, text, sent, serverTimeMs };
  } catch (cause) {
    throw new CountersignError(
      'network_error',
      `${url.split('?')[0]} could not be reached: ${withoutSecrets(cause).message}`,
      { cause },
    );
  }
}
