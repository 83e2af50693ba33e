import { type ProblemCode, problems } from './generated/problems.ts';
import type { ProblemDocument, ProblemFault } from './generated/types.ts';

export interface ProblemDetails {
  errors?: ProblemFault[];
  /** For 429 and 503: after how many seconds to try again. */
  retryAfterSeconds?: number;
}

/** The one error of the function: a code of the problem table, and a sentence on what was found and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: ProblemFault[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ProblemCode, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.code = code;
    this.errors = details.errors;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  get status(): number {
    return problems[this.code].status;
  }

  /** The problem document (RFC 9457) of this problem in the request `requestId`. */
  toDocument(requestId: string): ProblemDocument {
    return {
      type: `urn:countersign:problem:${this.code}`,
      title: problems[this.code].title,
      status: this.status,
      detail: this.message,
      code: this.code,
      instance: `urn:uuid:${requestId}`,
      ...(this.errors && { errors: this.errors }),
    };
  }
}
