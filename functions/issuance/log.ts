import { pino } from 'pino';

const maxWriteBytes = 1024 * 1024;

export type Log = ReturnType<typeof createLog>;

const severities: Record<string, string> = {
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/** A logger of lines that Cloud Logging reads as structured: one JSON object each, on standard output. */
export function createLog() {
  const options = {
    messageKey: 'message',
    base: null,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }) },
  };
  // One write is under way at a time, and ends in a later turn of the event loop: with the 16 KiB that it takes unless
  // told otherwise, a busy process logs more than it writes, and the lines pile up in memory.
  return pino(options, pino.destination({ dest: 1, maxWrite: maxWriteBytes }));
}

/**
 * The members by which Cloud Logging groups a line with its request's trace, from W3C `traceparent`
 * (https://cloud.google.com/logging/docs/structured-logging).
 */
export function traceMembers(traceparent: string | undefined, projectId?: string): Record<string, string> {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined) return {};
  const trace = projectId === undefined ? traceId : `projects/${projectId}/traces/${traceId}`;
  return { 'logging.googleapis.com/trace': trace, 'logging.googleapis.com/spanId': spanId };
}
