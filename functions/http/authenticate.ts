import type { IncomingMessage } from 'node:http';
import { Problem } from '../contract/problem.ts';
import type { Caller, CallerVerifier, Deadline } from '../issuance/ports.ts';
import { headerValues } from './headers.ts';

/**
 * The caller that the `Authorization` header authenticates (RFC 6750 section 2.1). Cloud Run's own check, and what it
 * leaves in other headers, is not believed.
 * @throws Problem `unauthenticated`
 */
export async function authenticate(
  request: IncomingMessage,
  verifier: CallerVerifier,
  deadline: Deadline,
): Promise<Caller> {
  const values = headerValues(request, 'authorization');
  if (values.length > 1) throw new Problem('unauthenticated', 'Send one Authorization header, not several.');
  const [value] = values;
  if (value === undefined) {
    throw new Problem('unauthenticated', 'Send a Google ID token as Authorization: Bearer TOKEN.');
  }
  const [, token] = /^bearer +([^\s,]+)$/i.exec(value) ?? [];
  if (token === undefined) {
    throw new Problem('unauthenticated', 'The Authorization header is not of the form Bearer TOKEN.');
  }
  return verifier.verify(token, deadline);
}
