import { type Log, traceMembers } from './log.ts';
import type { AuditEntry, AuditLog } from './ports.ts';

/** Writes each decision as one structured line, with the trace in the project; what it does not know is left out. */
export function createAuditLog(log: Log, projectId: string | undefined): AuditLog {
  return {
    record({ traceparent, ...entry }: AuditEntry) {
      const line = { logType: 'audit', ...entry, ...traceMembers(traceparent, projectId) };
      const message = `${entry.decision} ${entry.kind} to ${entry.caller}`;
      if (entry.decision === 'deny' || entry.code !== undefined) log.warn(line, message);
      else log.info(line, message);
    },
  };
}
