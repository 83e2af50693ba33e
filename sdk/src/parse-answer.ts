import { CountersignError } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { ProblemCode } from './generated/problems.ts';
import type { ProblemDocument } from './generated/types.ts';

/**
 * The JSON of a good answer. Throws the error that a problem document (RFC 9457) stands for, or
 * `invalid_response` for any other answer. A server may answer with what it was sent: no text of the error
 * repeats `secret` or another token.
 */
export function parseAnswer<Body>({ status, ok, headers, text, serverTimeMs }: Answer, secret: string): Body {
  let body: Partial<ProblemDocument> | undefined;
  try {
    const parsed = Object(JSON.parse(text));
    // Written anew, a token that was spelt with escapes is spelt as it is.
    body = ok
      ? parsed
      : JSON.parse(
          JSON.stringify(parsed)
            .replaceAll(secret, '…')
            .replace(/eyJ[\w.-]+/g, '…'),
        );
  } catch {}
  if (ok && body) return body as Body;
  const code = /^urn:countersign:problem:(\w+)$/.exec(body?.type as string)?.[1];
  const { detail, instance, errors }: Partial<ProblemDocument> = code
    ? { ...body }
    : { detail: `Answered ${status}, but not by Countersign` };
  const retryAfter = headers.get('retry-after') as string;
  // Seconds, or an HTTP date by the server's own clock; endless, and so none, where it does not tell that.
  const seconds = +retryAfter || (Date.parse(retryAfter) - serverTimeMs) / 1000;
  throw new CountersignError((code ?? 'invalid_response') as ProblemCode, `${detail}`, {
    status,
    requestId: instance,
    errors,
    retryAfterSeconds: 1 / seconds > 0 ? seconds : undefined,
  });
}
