/** What Cloud Logging makes of a line (https://cloud.google.com/logging/docs/structured-logging). */
export interface LogEntry {
  resource: { type: string; labels: Record<string, string> };
  severity: unknown;
  trace: unknown;
  spanId: unknown;
  traceSampled: unknown;
  httpRequest: Record<string, unknown> | undefined;
  jsonPayload: Record<string, unknown>;
}

const prefix = 'logging.googleapis.com/';

/** The entry of one line of a Cloud Run service: special fields are lifted out of the payload, the rest stays there. */
export function toLogEntry(line: string, service: string): LogEntry {
  const {
    severity,
    httpRequest,
    timestamp: _lifted,
    [`${prefix}trace`]: trace,
    [`${prefix}spanId`]: spanId,
    [`${prefix}trace_sampled`]: traceSampled,
    ...jsonPayload
  } = JSON.parse(line);
  const resource = { type: 'cloud_run_revision', labels: { service_name: service } };
  return { resource, severity, trace, spanId, traceSampled, httpRequest, jsonPayload };
}

/** The entries of a process's output, the lines that are no JSON left out. */
export function readLogEntries(output: string, service: string): LogEntry[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => toLogEntry(line, service));
}

/** The value at a path such as `jsonPayload.code`; undefined where there is none. */
export function fieldOf(entry: LogEntry, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], entry);
}
