import { pino } from 'pino';

const maxWriteBytes = 64 * 1024;

export type Log = ReturnType<typeof createLog>;

const severities: Record<string, string> = {
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/**
 * A logger of lines that Cloud Logging reads as structured: one JSON object each, on standard output. A line's
 * `traceparent` becomes the members that Cloud Logging knows a trace by.
 * @param projectId the project that traces are kept in, where it is known
 */
export function createLog(projectId: string | undefined) {
  const options = {
    messageKey: 'message',
    base: null,
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: {
      level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }),
      log: ({ traceparent, ...line }: Record<string, unknown>) => ({
        ...line,
        ...traceMembers(traceparent, projectId),
      }),
    },
  };
  // One write is under way at a time, and ends in a later turn of the event loop: with the 16 KiB that it takes unless
  // told otherwise, a busy process logs more than it writes, and the lines pile up in memory. Not synchronous: a full
  // pipe would put the whole process to sleep.
  return pino(options, pino.destination({ dest: 1, sync: false, maxWrite: maxWriteBytes }));
}

/** https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields */
function traceMembers(traceparent: unknown, projectId: string | undefined): Record<string, string | boolean> {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(String(traceparent)) ?? [];
  if (traceId === undefined || spanId === undefined) return {};
  return {
    'logging.googleapis.com/trace':
      projectId === undefined ? traceId : `projects/${projectId}/traces/${traceId}`,
    'logging.googleapis.com/spanId': spanId,
    'logging.googleapis.com/trace_sampled': (Number.parseInt(flags ?? '', 16) & 1) === 1,
  };
}
