import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startSpan } from '../../../functions/http/traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parentId = 'b7ad6b7169203331';
const wellFormed = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;

const spanOf = (...rawHeaders: string[]) => startSpan({ rawHeaders } as IncomingMessage);

describe('a request goes on with the trace of its caller, as a span of its own:', () => {
  test.each([
    [`00-${traceId}-${parentId}-01`, '01'],
    [`00-${traceId}-${parentId}-00`, '00'],
    [`00-${traceId}-${parentId}-03`, '01'],
    [`cc-${traceId}-${parentId}-01-what-the-future-will-be-like`, '01'],
  ])('%s', (value, flags) => {
    const span = spanOf('Traceparent', value);
    expect(span).toMatch(wellFormed);
    expect(span.slice(3, 35)).toBe(traceId);
    expect(span.slice(36, 52)).not.toBe(parentId);
    expect(span.slice(-2)).toBe(flags);
  });
});

describe('a traceparent that is not well formed (W3C Trace Context 3.2.2) is as none:', () => {
  test.each([
    ['of version ff', `ff-${traceId}-${parentId}-01`],
    ['of a trace of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['of a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['in upper case', `00-${traceId.toUpperCase()}-${parentId}-01`],
    ['too short', `00-${traceId.slice(1)}-${parentId}-01`],
    ['of version 00 that goes on', `00-${traceId}-${parentId}-01-more`],
    ['with spaces', ` 00-${traceId}-${parentId}-01`],
    ['with a line break', `00-${traceId}-${parentId}-01\n`],
    ['empty', ''],
  ])('%s', (_what, value) => {
    const span = spanOf('traceparent', value);
    expect(span).toMatch(wellFormed);
    expect(span).not.toContain(traceId);
    expect(span.slice(-2)).toBe('00');
  });

  test('sent twice', () => {
    const value = `00-${traceId}-${parentId}-01`;
    expect(spanOf('traceparent', value, 'traceparent', value)).not.toContain(traceId);
  });
});

test.each([
  [`${traceId}/123;o=1`, '01'],
  [`${traceId}/123`, '00'],
  [traceId, '00'],
])('Google’s older header stands in for it: %s', (value, flags) => {
  const span = spanOf('X-Cloud-Trace-Context', value);
  expect(span.slice(3, 35)).toBe(traceId);
  expect(span.slice(-2)).toBe(flags);
});

test('two requests without a trace have none in common', () => {
  expect(spanOf().slice(3, 35)).not.toBe(spanOf().slice(3, 35));
});
