import { abortable, sleep } from './abortable.ts';
import type { CallerToken } from './caller-token.ts';
import { CountersignError, isTransient } from './errors.ts';
import { type Answer, exchange } from './exchange.ts';
import type { Operation } from './generated/operations.ts';
import type { ProblemCode } from './generated/problems.ts';
import { isJsonObject } from './jwt.ts';
import { parseProblem } from './problem.ts';

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
  /** Where it is less than the transport's. */
  readonly timeoutMs?: number | undefined;
  /** Asks for an answer that is made anew, never reused. */
  readonly noCache?: boolean | undefined;
  /** Asked after each fault that may pass, whether to try again; by default yes. */
  readonly mayRetry?: (() => boolean) | undefined;
}

/**
 * Calls one operation within a deadline and at most three retries. Throws the last answer's CountersignError
 * when these end, `deadline_exceeded` where nothing answered, and the signal's reason once it aborts.
 */
export type Transport = <Input, Output>(
  operation: Operation<Input, Output>,
  input: Input,
  options?: CallOptions,
) => Promise<Answer & { readonly body: Output }>;

export function createTransport({
  url,
  callerAudience,
  callerToken,
  fetch,
  ...defaults
}: TransportOptions): Transport {
  return async <Input, Output>(
    { method, path }: Operation<Input, Output>,
    input: Input,
    options: CallOptions = {},
  ) => {
    const { signal: outer, timeoutMs = defaults.timeoutMs, noCache, mayRetry } = options;
    const endsAt = performance.now() + timeoutMs;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const signal = AbortSignal.any(outer ? [deadline.signal, outer] : [deadline.signal]);
    let awaited: ProblemCode = 'caller_token_unavailable';
    let failure: CountersignError | undefined;

    const attempt = async () => {
      const token = await abortable(obtainCallerToken(callerToken, callerAudience, signal), signal);
      awaited = 'deadline_exceeded';
      // Cloud Run checks and strips the second, the function verifies the first.
      const headers: Record<string, string> = {
        authorization: `Bearer ${token}`,
        'x-serverless-authorization': `Bearer ${token}`,
        'content-type': 'application/json',
      };
      if (noCache) headers['cache-control'] = 'no-cache';
      const body = input === undefined ? null : JSON.stringify(input);
      const answer = await abortable(exchange(fetch, url + path, { method, headers, body, signal }), signal);
      if (!answer.ok) throw parseProblem(answer, token);
      return { ...answer, body: parseBody<Output>(answer) };
    };

    try {
      for (let retries = 0; ; retries++) {
        try {
          return await attempt();
        } catch (error) {
          outer?.throwIfAborted();
          if (deadline.signal.aborted)
            throw failure ?? new CountersignError(awaited, `Nothing within ${timeoutMs} ms`);
          failure = error as CountersignError;
        }
        const waitMs = (failure.retryAfterSeconds ?? 0) * 1000 + 100 * 2 ** retries * (1 + Math.random());
        const isLast = retries === maxRetries || performance.now() + waitMs > endsAt;
        if (isLast || !isTransient(failure) || mayRetry?.() === false) throw failure;
        await sleep(waitMs, signal);
      }
    } finally {
      clearTimeout(timer);
    }
  };
}

async function obtainCallerToken(
  callerToken: CallerToken,
  audience: string,
  signal: AbortSignal,
): Promise<string> {
  let cause: unknown;
  try {
    const token: unknown = await callerToken(audience, { signal });
    // The characters of RFC 6750 section 2.1 and no others: it becomes a header.
    if (/^[\w.~+/=-]+$/.test(`${token}`)) return `${token}`;
  } catch (error) {
    cause = error;
  }
  const { status, message = 'not a token' } = cause instanceof CountersignError ? cause : {};
  throw new CountersignError('caller_token_unavailable', `No ID token for the caller: ${message}`, {
    status,
    cause,
  });
}

function parseBody<Body>({ status, text }: Answer): Body {
  try {
    const body = JSON.parse(text);
    if (isJsonObject(body)) return body as Body;
  } catch {}
  throw new CountersignError('invalid_response', `The service answered ${status} without a JSON object`, {
    status,
  });
}
