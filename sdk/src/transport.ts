import { abortable } from './abortable.ts';
import type { CallerToken } from './caller-token.ts';
import { CountersignError } from './errors.ts';
import { type Answer, exchange } from './exchange.ts';
import type { Operation } from './generated/operations.ts';
import type { ProblemCode } from './generated/problems.ts';
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
  /** When to give up, by performance.now(). */
  readonly endsAt?: number | undefined;
  /** Asks for an answer that is made anew, never reused. */
  readonly noCache?: boolean | undefined;
  /** Read after each fault: whether nobody waits, so that one try is enough. */
  readonly ahead?: boolean | undefined;
}

/**
 * Calls one operation within a deadline and at most three retries. Throws the last answer's CountersignError
 * when these end, `deadline_exceeded` where nothing answered, and the signal's reason once it aborts.
 */
export type Transport = <Input, Output>(
  operation: Operation<Input, Output>,
  input: Input,
  options?: CallOptions,
) => Promise<{ readonly body: Output; readonly answer: Answer }>;

export function createTransport({
  url,
  callerAudience,
  callerToken,
  timeoutMs,
  fetch,
}: TransportOptions): Transport {
  return async ({ method, path }, input, options = {}) => {
    const { signal: outer, endsAt = performance.now() + timeoutMs, noCache } = options;
    const deadline = new AbortController();
    const signal = outer ? AbortSignal.any([deadline.signal, outer]) : deadline.signal;
    const timer = setTimeout(() => deadline.abort(), endsAt - performance.now());
    let pause: typeof timer | undefined;
    let missing: ProblemCode = 'caller_token_unavailable';
    let failure: CountersignError | undefined;

    const attempt = async () => {
      const authorization = `Bearer ${await obtainCallerToken(callerToken, callerAudience, signal)}`;
      missing = 'deadline_exceeded';
      const answer = await exchange(fetch, url + path, {
        method,
        signal,
        headers: {
          // Cloud Run checks and strips the second, the function verifies the first.
          authorization,
          'x-serverless-authorization': authorization,
          'content-type': 'application/json',
          ...(noCache && { 'cache-control': 'no-cache' }),
        },
        body: JSON.stringify(input),
      });
      if (!answer.ok) throw parseProblem(answer, authorization.slice(7));
      return { answer, body: parseBody<never>(answer) };
    };

    try {
      for (let retries = 0; ; retries++) {
        try {
          return await abortable(attempt(), signal);
        } catch (error) {
          outer?.throwIfAborted();
          if (deadline.signal.aborted) {
            throw failure ?? new CountersignError(missing, `Not within ${timeoutMs} ms`);
          }
          failure = error as CountersignError;
        }
        const waitMs = (failure.retryAfterSeconds ?? 0) * 1000 + 100 * 2 ** retries * (1 + Math.random());
        const isLast = retries === maxRetries || options.ahead || performance.now() + waitMs > endsAt;
        if (isLast || !isTransient(failure)) throw failure;
        await abortable(
          new Promise((resolve) => {
            pause = setTimeout(resolve, waitMs);
          }),
          signal,
        );
      }
    } finally {
      clearTimeout(timer);
      clearTimeout(pause);
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
    const token = await callerToken(audience, { signal });
    // The characters of RFC 6750 section 2.1 and no others: it becomes a header.
    if (/^[\w.~+/=-]+$/.test(token)) return token;
  } catch (error) {
    cause = error;
  }
  const { status, message = 'not a token' } = cause instanceof CountersignError ? cause : {};
  throw new CountersignError('caller_token_unavailable', `No ID token for the caller: ${message}`, {
    status,
    cause,
  });
}

/** Whether to try once more: after a network fault, or a 429, 502, 503 or 504 that may pass. */
function isTransient({ code, status, retryable }: CountersignError): boolean {
  return retryable && (status ? /429|50[234]/.test(`${status}`) : code === 'network_error');
}

function parseBody<Body>({ status, text }: Answer): Body {
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new CountersignError('invalid_response', `Answered ${status} without JSON`, { status });
  }
}
