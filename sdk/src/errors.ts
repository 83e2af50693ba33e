import { lastingCodes, type ProblemCode } from './generated/problems.ts';
import type { ProblemFault } from './generated/types.ts';

/** What a CountersignError may say beside its code: its members of the same names. */
export interface CountersignErrorDetails {
  /** HTTP status of the answer that failed. */
  readonly status?: number | undefined;
  /** `urn:uuid:` of the request. */
  readonly requestId?: string | undefined;
  /** Every fault of the request; none where left out. */
  readonly errors?: readonly ProblemFault[] | undefined;
  /** What `Retry-After` said, in seconds. */
  readonly retryAfterSeconds?: number | undefined;
  /** The error that led to this one; only its code or name is kept. */
  readonly cause?: unknown;
}

/**
 * What a call to Countersign failed with. Neither it nor its `cause` ever holds a token, a header's value or a
 * body.
 */
export class CountersignError extends Error {
  /** One of the problem table: ProblemCode says of each what it means and what to do. */
  declare readonly code: ProblemCode;
  /** HTTP status of the answer that failed; undefined where none came. */
  declare readonly status: number | undefined;
  /** Whether the same call may succeed later. */
  declare readonly retryable: boolean;
  /** `urn:uuid:` of the request, as the function's audit log has it. */
  declare readonly requestId: string | undefined;
  /** Every fault of the request, each with a JSON Pointer (RFC 6901) and a hint. */
  declare readonly errors: readonly ProblemFault[];
  /** What `Retry-After` (RFC 9110 section 10.2.3) said, in seconds. */
  declare readonly retryAfterSeconds: number | undefined;

  /** For a fake of your own; `retryable` follows from the code and the status. */
  constructor(
    code: ProblemCode,
    message: string,
    { cause, status, errors, ...details }: CountersignErrorDetails = {},
  ) {
    super(message, cause ? { cause: withoutSecrets(cause) } : {});
    const isFaultOfService = status && code !== 'caller_token_unavailable';
    const passes = isFaultOfService ? /429|5../.test(`${status}`) : code !== 'invalid_response';
    const retryable = passes && !lastingCodes.test(code);
    Object.assign(this, {
      name: 'CountersignError',
      ...details,
      status,
      errors: errors ?? [],
      code,
      retryable,
    });
  }
}

/**
 * No more of a foreign error than its code or name. Its message may quote what it met: undici's names the
 * header value that it refuses, google-auth-library's the token that it could not verify.
 */
export function withoutSecrets(error: unknown): Error {
  const { name, code = name, cause } = Object(error);
  return error instanceof CountersignError ? error : new Error(cause?.code ?? code);
}
