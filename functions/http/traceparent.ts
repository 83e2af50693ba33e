import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { headerValues } from './headers.ts';

const noTrace = '0'.repeat(32);
const noSpan = '0'.repeat(16);

/**
 * The request's own span, as the `traceparent` that goes on to IAM and into the log (W3C Trace Context): a child of the
 * caller's, or the first of a new trace, not sampled, where the caller sends none that is well formed.
 */
export function startSpan(request: IncomingMessage): string {
  const { traceId, flags } = parentOf(request) ?? { traceId: randomUUID().replaceAll('-', ''), flags: '00' };
  return `00-${traceId}-${newSpanId()}-${flags}`;
}

interface Parent {
  traceId: string;
  /** Of the flags of version 00 only the last bit is defined: whether the trace is sampled. */
  flags: '00' | '01';
}

function parentOf(request: IncomingMessage): Parent | undefined {
  const [value, another] = headerValues(request, 'traceparent');
  // Two of them are as none: which is right can't be told.
  const parsed = value === undefined || another !== undefined ? undefined : parseTraceparent(value);
  return parsed ?? parseCloudTraceContext(headerValues(request, 'x-cloud-trace-context').join());
}

/** W3C Trace Context section 3.2; a later version may go on after its flags, which are read as those of version 00. */
function parseTraceparent(value: string): Parent | undefined {
  const [, version, traceId, spanId, flags, rest] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(value) ?? [];
  if (traceId === undefined || traceId === noTrace || spanId === noSpan) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  return { traceId, flags: Number.parseInt(flags ?? '', 16) & 1 ? '01' : '00' };
}

/** Google's older header: `TRACE_ID/SPAN_ID;o=OPTIONS`, the span in decimal. */
function parseCloudTraceContext(value: string): Parent | undefined {
  const [, traceId, sampled] = /^([0-9a-f]{32})(?:\/\d{1,20})?(?:;o=(\d))?$/.exec(value) ?? [];
  if (traceId === undefined || traceId === noTrace) return undefined;
  return { traceId, flags: sampled === '1' ? '01' : '00' };
}

/** Of a UUID's 32 digits the 16 that are all random: Node has UUIDs in stock, which makes them ten times cheaper than bytes. */
function newSpanId(): string {
  const uuid = randomUUID();
  const spanId = `${uuid.slice(0, 8)}${uuid.slice(28)}`;
  return spanId === noSpan ? newSpanId() : spanId;
}
