import { abortable } from './abortable.ts';
import type { CallerToken } from './caller-token.ts';
import { CountersignError, withoutSecrets } from './errors.ts';
import { type Answer, exchange } from './exchange.ts';
import type { Operation } from './generated/operations.ts';
import { parseAnswer } from './parse-answer.ts';

/** After the first try. */
const maxRetries = 3;

export interface TransportOptions {
  /** The service's URL without a final slash. */
  readonly url: string;
  readonly callerAudience: string;
  readonly callerToken: CallerToken;
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** When to give up, by performance.now(). */
  readonly endsAt?: number | undefined;
  /** Asks for an answer that is made anew, never reused. */
  readonly noCache?: boolean | undefined;
  /** Read after each fault: whether nobody waits, so that one try is enough. */
  readonly ahead?: boolean | undefined;
}

/**
 * Calls one operation, with the JSON of its input, within a deadline and at most three retries. Throws the last
 * answer's CountersignError when these end, `deadline_exceeded` where nothing answered, and the signal's reason once
 * it aborts.
 */
export type Transport = <Input, Output>(
  operation: Operation<Input, Output>,
  body: string,
  options?: CallOptions,
) => Promise<readonly [Output, Answer]>;

export function createTransport({
  url,
  callerAudience,
  callerToken,
  timeoutMs,
  fetch,
}: TransportOptions): Transport {
  const obtainCallerToken = async (signal: AbortSignal) => {
    let cause: Partial<CountersignError> | undefined;
    try {
      const token = await callerToken(callerAudience, { signal });
      // The characters of RFC 6750 section 2.1 and no others: it becomes a header.
      if (/^[\w.~+/=-]+$/.test(token ?? '')) return token;
    } catch (error) {
      cause = withoutSecrets(error);
    }
    const message = `No ID token for the caller: ${cause?.message ?? 'not a token'}`;
    throw new CountersignError('caller_token_unavailable', message, { ...cause, cause });
  };

  return async ({ method, path }, body, options = {}) => {
    const { signal: outer, endsAt = performance.now() + timeoutMs, noCache } = options;
    outer?.throwIfAborted();
    const over = new AbortController();
    const { signal } = over;
    let authorization: string | undefined;
    let failure: CountersignError | undefined;
    let pause: ReturnType<typeof setTimeout> | undefined;

    const attempt = async (retries: number): Promise<readonly [never, Answer]> => {
      try {
        const token = await obtainCallerToken(signal);
        authorization = `Bearer ${token}`;
        const answer = await exchange(fetch, url + path, {
          method,
          signal,
          headers: {
            // Cloud Run checks and strips the second, the function verifies the first.
            authorization,
            'x-serverless-authorization': authorization,
            'content-type': 'application/json',
            // What is left, in seconds: the function works no longer than that.
            'x-server-timeout': ((endsAt - performance.now()) / 1000).toFixed(3),
            ...(noCache && { 'cache-control': 'no-cache' }),
          },
          body,
        });
        return [parseAnswer(answer, token), answer];
      } catch (error) {
        failure = error as CountersignError;
        const waitMs = (failure.retryAfterSeconds ?? 0) * 1000 + 100 * 2 ** retries * (1 + Math.random());
        const isLast = retries === maxRetries || options.ahead || performance.now() + waitMs > endsAt;
        if (isLast || signal.aborted || !isTransient(failure)) throw failure;
        await new Promise((resolve) => {
          pause = setTimeout(resolve, waitMs);
        });
        return attempt(retries + 1);
      }
    };

    const timer = setTimeout(() => {
      failure ??= new CountersignError(
        authorization ? 'deadline_exceeded' : 'caller_token_unavailable',
        `Not within ${timeoutMs} ms`,
      );
      over.abort(failure);
    }, endsAt - performance.now());
    try {
      return await abortable(abortable(attempt(0), signal), outer);
    } finally {
      clearTimeout(timer);
      clearTimeout(pause);
      over.abort();
    }
  };
}

/** Whether to try once more: after a network fault, or a 429, 502, 503 or 504 that may pass. */
function isTransient({ code, status, retryable }: CountersignError): boolean {
  return retryable && (status ? /429|50[234]/.test(`${status}`) : code === 'network_error');
}
