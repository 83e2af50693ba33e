/** How grave a line is, as Cloud Logging's LogEntry has it. */
type Severity = 'INFO' | 'WARNING' | 'ERROR';

type Write = (line: Record<string, unknown>, message: string) => void;

/** Writes lines of structured log, one method for each severity. */
export interface Log {
  info: Write;
  warn: Write;
  error: Write;
}

/** Longer than a reader takes that reads at all; who waits for more has little time left, too. */
const maxFlushMilliseconds = 500;

let isListening = false;

/**
 * A logger of lines that Cloud Logging reads as structured: one JSON object each, on standard output. A line's
 * `traceparent` becomes the members that Cloud Logging knows a trace by.
 * @param projectId the project that traces are kept in, where it is known
 */
export function createLog(projectId: string | undefined): Log {
  const writeAs =
    (severity: Severity): Write =>
    ({ traceparent, ...line }, message) => {
      const timestamp = new Date().toISOString();
      const entry = { severity, timestamp, ...line, ...traceMembers(traceparent, projectId), message };
      write(`${JSON.stringify(entry)}\n`);
    };
  return { info: writeAs('INFO'), warn: writeAs('WARNING'), error: writeAs('ERROR') };
}

/** The lines of one turn of the event loop go out together: a system call for each would cost more than its line. */
function write(text: string): void {
  const { stdout } = process;
  if (!isListening) {
    isListening = true;
    // Where nobody reads on there is nobody to tell, and it is no reason to end.
    stdout.on('error', () => {});
    process.once('exit', () => stdout.uncork());
  }
  if (stdout.writableCorked === 0) {
    stdout.cork();
    setImmediate(() => stdout.uncork());
  }
  stdout.write(text);
}

/**
 * Calls back once all lines are written, or soon in any case where whoever reads them has stopped: the end of the
 * process loses what a full pipe had not taken.
 */
export function flushLog(then: () => void): void {
  process.stdout.write('', then);
  setTimeout(then, maxFlushMilliseconds);
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
