import { expect, test } from 'vitest';
import { parseJson } from '../../../functions/tokens/parse-json.ts';

const pointersOf = (text: string) => parseJson(text).faults.map(({ pointer }) => pointer);

test.each([
  ['{"a": 1, "a": 2}', ['/a']],
  ['{"claims": {"aud": "x", "aud": "y"}}', ['/claims/aud']],
  ['{"a": [{"b": 1}, {"b": 1, "b": 2}]}', ['/a/1/b']],
  ['{"a": 1, "\\u0061": 2}', ['/a']],
  ['{"a/b": 1, "a/b": 2, "~": 0, "~": 0}', ['/a~1b', '/~0']],
])('reports a member that is named twice in %s', (text, pointers) => {
  expect(pointersOf(text)).toEqual(pointers);
});

test.each([
  '{"a": {"x": 1}, "b": {"x": 1}}',
  '[{"x": 1}, {"x": 1}]',
  '{"a": "{\\"b\\":1,\\"b\\":2}", "c": ["a", "a"]}',
  '"a string"',
  '12',
])('finds nothing wrong with %s', (text) => {
  expect(parseJson(text)).toEqual({ value: JSON.parse(text), faults: [] });
});

test('refuses 200 levels of nesting, and says where', () => {
  const text = `{"claims": {"aud": "x", "deep": ${'['.repeat(200)}${']'.repeat(200)}}}`;
  expect(parseJson(text).faults).toEqual([
    {
      pointer: '/claims/deep',
      actual: 'deeper nesting',
      expected: 'at most 16 levels of nesting',
      hint: 'Flatten it.',
    },
  ]);
});

test.each(['', '{', '{"a": undefined}', 'eyJhbGciOi.eyJzdWIi.c2ln'])(
  'reports %s as no JSON, and quotes none of it',
  (text) => {
    const { value, faults } = parseJson(text);
    expect(value).toBeUndefined();
    expect(faults).toMatchObject([{ pointer: '', expected: 'JSON (RFC 8259)' }]);
    expect(JSON.stringify(faults)).not.toContain('eyJ');
  },
);
