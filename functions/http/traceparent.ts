import type { IncomingMessage } from 'node:http';
import { headerValues } from './headers.ts';

/** The request's trace: W3C `traceparent`, or Google's older header in that form. */
export function traceparentOf(request: IncomingMessage): string | undefined {
  const [value] = headerValues(request, 'traceparent');
  if (value !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)) return value;
  const [older = ''] = headerValues(request, 'x-cloud-trace-context');
  const [, traceId, span] = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=\d)?$/.exec(older) ?? [];
  if (traceId === undefined || span === undefined) return undefined;
  return `00-${traceId}-${BigInt.asUintN(64, BigInt(span)).toString(16).padStart(16, '0')}-01`;
}
