import { Problem } from '../contract/problem.ts';
import { inTime } from '../issuance/in-time.ts';
import type { Deadline } from '../issuance/ports.ts';

/** What may stand in a header as a bearer token (RFC 6750 section 2.1), and as an account in a policy. */
export const tokenForm = /^[\w.~+/=-]{1,16384}$/;
export const emailForm = /^[^@\s/:\p{Cc}]{1,256}@[^@\s/:\p{Cc}]{1,256}$/u;

/** What came is neither a token nor an account. */
export class Unusable extends Error {
  readonly code = 'an answer that is none';
}

/**
 * What credentials come to by the deadline. A library's errors carry requests and answers, so each is rebuilt from its
 * status or code alone.
 * @throws Problem `signer_unavailable` or `deadline_exceeded`
 */
export async function orUnavailable(
  work: Promise<string>,
  deadline: Deadline,
  what: string,
): Promise<string> {
  try {
    return await inTime(work, deadline, `The ${what} did not come in time. Try again.`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const detail = `There is no ${what}: ${reasonOf(error)} from the metadata server or the default credentials.`;
    throw new Problem('signer_unavailable', detail, { retryAfterSeconds: 5 });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Unusable) return error.code;
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (Number.isInteger(status)) return `status ${status}`;
  return /^[A-Z][A-Z_]{1,40}$/.test(String(code)) ? String(code) : 'no answer';
}
