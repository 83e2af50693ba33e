import { createHash } from 'node:crypto';
import { Problem } from '../contract/problem.ts';
import type { AuditEntry, AuditLog } from './ports.ts';

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

/** SHA-256 in hex: what the audit keeps of a token, by which one that turns up can be told. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
