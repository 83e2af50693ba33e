import { hash } from 'node:crypto';
import { Problem } from '../contract/problem.ts';
import type { AuditEntry, AuditLog } from './ports.ts';
import type { SignedToken } from './token-reuse.ts';

/** Does the work that was allowed, and puts on record what came of it, be it a failure. */
export async function onRecord<Result>(
  audit: AuditLog,
  entry: AuditEntry,
  work: () => Promise<{ result: Result; entry: Partial<AuditEntry> }>,
): Promise<Result> {
  try {
    const done = await work();
    audit.record({ ...entry, ...done.entry });
    return done.result;
  } catch (error) {
    audit.record({ ...entry, code: error instanceof Problem ? error.code : 'internal' });
    throw error;
  }
}

/** Does what stands between the decision and the signing; a refusal there is put on record. */
export function onRecordWhereRefused<Result>(audit: AuditLog, entry: AuditEntry, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    audit.record({ ...entry, code: error instanceof Problem ? error.code : 'internal' });
    throw error;
  }
}

/** Seconds of life that the token has left. @throws Problem where it took longer to sign than it lives */
export function lifeLeft({ claims }: SignedToken, now: number): number {
  if (claims.exp > now) return claims.exp - now;
  throw new Problem('deadline_exceeded', 'The token expired before it was handed on. Ask for a longer life.');
}

/** SHA-256 in hex: what the audit keeps of a token, by which one that turns up can be told. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
