import { CountersignError } from './errors.ts';
import type { Answer } from './exchange.ts';

/**
 * The error that a problem document (RFC 9457) stands for, or `invalid_response` for any other answer. A server
 * may answer with what it was sent: no text of the error repeats `secret` or another token.
 */
export function parseProblem(
  { status, headers, text, serverTimeMs }: Answer,
  secret: string,
): CountersignError {
  const retryAfter = headers.get('retry-after') ?? '';
  // Seconds, or an HTTP date by the server's own clock.
  const seconds = Number(retryAfter) || (Date.parse(retryAfter) - serverTimeMs) / 1000;
  const details = { status, retryAfterSeconds: seconds > 0 ? seconds : undefined };
  const clean = (_: string, value: unknown) =>
    typeof value === 'string'
      ? value
          .split(secret)
          .join('…')
          .replace(/eyJ[\w.-]+/g, '…')
          .slice(0, 2000)
      : value;
  try {
    const { type, detail, instance: requestId, errors } = JSON.parse(text, clean);
    const [, code] = /^urn:countersign:problem:(\w+)$/.exec(type) ?? [];
    if (code) return new CountersignError(code as never, `${detail}`, { ...details, requestId, errors });
  } catch {}
  const message = `Answered ${status}, but not by Countersign: check the URL, and that the caller may invoke it`;
  return new CountersignError('invalid_response', message, details);
}
