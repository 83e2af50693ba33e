/** google.rpc.Code and the HTTP status it maps to (google/rpc/code.proto). */
const httpStatus = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type Status = keyof typeof httpStatus;

/** An entry of `error.details`: a google.rpc message with its `@type`. */
export type Detail = Readonly<Record<string, unknown>>;

export interface ErrorBody {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details?: readonly Detail[];
  };
}

interface ApiErrorOptions {
  readonly details?: readonly Detail[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A failure as Google's REST APIs put it: one envelope for every error (AIP-193). */
export class ApiError extends Error {
  readonly httpStatus: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;

  constructor(status: Status, message: string, { details, headers = {} }: ApiErrorOptions = {}) {
    super(message);
    this.name = 'ApiError';
    this.httpStatus = httpStatus[status];
    this.headers = headers;
    const error = { code: this.httpStatus, message, status };
    this.body = { error: details ? { ...error, details } : error };
  }
}

/** The status that Google's envelope names for an HTTP status; UNKNOWN where there is none. */
export function statusName(code: number): string {
  const found = Object.entries(httpStatus).find(([, value]) => value === code);
  return found?.[0] ?? 'UNKNOWN';
}

/** A google.rpc.ErrorInfo, by which a program tells causes apart (google/api/error_reason.proto). */
export function errorInfo(
  reason: string,
  metadata: Readonly<Record<string, string>>,
  domain = 'googleapis.com',
): Detail {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain, metadata };
}

/** The one text that a real 400 of the IAM Credentials API is known to carry. */
export function invalidArgument(message = 'Request contains an invalid argument.'): ApiError {
  return new ApiError('INVALID_ARGUMENT', message);
}
