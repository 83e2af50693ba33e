import type { Log } from './log.ts';
import type { AuditEntry, AuditLog } from './ports.ts';

/** Writes each decision as one structured line; what it does not know is left out. */
export function createAuditLog(log: Log): AuditLog {
  return {
    record(entry: AuditEntry) {
      const line = { logType: 'audit', ...entry };
      const message = `${entry.decision} ${entry.kind} to ${entry.caller}`;
      if (entry.decision === 'deny' || entry.code !== undefined) log.warn(line, message);
      else log.info(line, message);
    },
  };
}
