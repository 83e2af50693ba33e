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
  const retryAfter = headers.get('retry-after');
  const dateMs = Date.parse(retryAfter ?? '') - serverTimeMs;
  // Number(null) is 0.
  const retryAfterSeconds = Math.max(0, Number(retryAfter)) || Math.max(0, dateMs / 1000) || undefined;
  const clean = (_: string, value: unknown) =>
    typeof value === 'string'
      ? value
          .replaceAll(secret, '[token]')
          .replace(/eyJ[\w.-]+/g, '[token]')
          .slice(0, 2000)
      : value;
  try {
    const { type, detail, instance: requestId, errors } = JSON.parse(text, clean);
    const code = type.match(/^urn:countersign:problem:(\w+)$/)[1];
    return new CountersignError(code, `${detail}`, { status, retryAfterSeconds, requestId, errors });
  } catch {
    const message = `${status} without a problem document; is it Countersign's URL, and may the caller invoke it?`;
    return new CountersignError('invalid_response', message, { status, retryAfterSeconds });
  }
}
