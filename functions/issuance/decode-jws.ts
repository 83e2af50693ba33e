import { Problem } from '../contract/problem.ts';

/**
 * The encoded header and payload of a compact JWS (RFC 7515 section 3.1) from IAM, its signature unchecked.
 * @throws Problem `signer_response_invalid` that never quotes the token
 */
export function splitJws(token: string): { header: string; payload: string } {
  const [header, payload, signature, rest] = token.split('.');
  if (!header || !payload || !signature || rest !== undefined)
    throw invalidAnswer('no compact JWS of three parts');
  return { header, payload };
}

/** The JSON object that a part of it encodes; `name` says which. @throws Problem `signer_response_invalid` */
export function decodePart(part: string, name: 'header' | 'payload'): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The parser's message quotes what it read, which is part of a token.
  }
  throw invalidAnswer(`a JWS whose ${name} is no JSON object`);
}

/** IAM's answer is not what was asked for; says what it was, and never quotes it. */
export function invalidAnswer(found: string): Problem {
  return new Problem('signer_response_invalid', `IAM answered with ${found}. Try again.`);
}
