import { expect, test } from 'vitest';
import { readEvent } from '../../../functions/events/event.ts';

const read = (value: object) => readEvent(Buffer.from(JSON.stringify(value)));

test.each([
  ['an object with a toString of its own', { toString: 'x' }],
  ['a list of such', [{ toString: null }]],
  ['a number', 1_767_225_600],
  ['no time', 'yesterday'],
  ['null', null],
])('a publishTime that is %s counts as none', (_what, publishTime) => {
  expect(read({ message: { messageId: '1', publishTime } }).publishedAt).toBeUndefined();
});

test('a publishTime in RFC 3339 is a NumericDate, its fraction cut', () => {
  const message = { messageId: '1', publishTime: '2026-01-01T00:00:00.9Z' };
  expect(read({ message }).publishedAt).toBe(1_767_225_600);
});

test('a source of a structured CloudEvent that is no text names no topic', () => {
  const event = { specversion: '1.0', source: { toString: 'x' }, data: { message: { messageId: '1' } } };
  expect(read(event).source).toBe('');
});
