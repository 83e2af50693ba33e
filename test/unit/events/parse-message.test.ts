import { expect, test } from 'vitest';
import { parseMessage } from '../../../functions/events/parse-message.ts';

const secret = 'projects/p/secrets/s';
const read = (text: string) => {
  const data = Buffer.from(text).toString('base64');
  const pushed = { messageId: '7', publishedAt: 1000, data, attributes: {}, source: undefined };
  return parseMessage(pushed, 1000);
};
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const withX = (x: string) =>
  `{"requestId":"r","requests":[{"id":"a","claims":{"x":${x}}}],"deliverTo":{"secret":"${secret}"}}`;

test.each([
  ['an item', withX(nested(1_000_000))],
  ['the requests', `{"requestId":"r","requests":${nested(1_000_000)},"deliverTo":{"secret":"${secret}"}}`],
  ['an id', `{"requestId":"r","requests":[{"id":${nested(20)}}],"deliverTo":{"secret":"${secret}"}}`],
])(
  '%s that nests too deep makes the batch a refusal at its delivery, and nothing overflows',
  async (_what, text) => {
    const message = await read(text);
    expect(message).toMatchObject({ requestId: 'r', resource: secret, items: [] });
    expect(message.problem?.code).toBe('invalid_request');
    expect(message.problem?.message).not.toContain('[[');
  },
);

test.each([
  [
    'a requestId',
    `{"requestId":${nested(5000)},"requests":[{"id":"a"}],"deliverTo":{"secret":"${secret}"}}`,
    secret,
  ],
  ['a delivery', `{"requests":[{"id":"a"}],"deliverTo":{"secret":${nested(5000)}}}`, undefined],
  [
    'a key',
    `{"requests":[{"id":"a"}],"deliverTo":{"topic":"projects/p/topics/ttt","jwk":${nested(5000)}}}`,
    undefined,
  ],
  ['all of it', nested(5000), undefined],
])('%s that nests too deep is refused', async (_what, text, resource) => {
  expect(await read(text)).toMatchObject({ requestId: '7', resource, problem: { code: 'invalid_request' } });
});

test('a fault of one item stays with it', async () => {
  const { items, problem } = await read(withX('1,"x":2'));
  expect(problem).toBeUndefined();
  expect(items[0]?.json.faults).toMatchObject([{ pointer: '/claims/x' }]);
});

test('more faults than are told refuse the whole batch: one that is not told may be any item’s', async () => {
  const many = Array.from({ length: 200 }, () => '"x":1').join();
  const text = `{"requests":[{"id":"a",${many}},{"id":"b","claims":{"aud":"1","aud":"2"}}],"deliverTo":{"secret":"${secret}"}}`;
  expect(await read(text)).toMatchObject({ items: [], problem: { code: 'invalid_request' } });
});

test('two refusals of one name are told apart, and a repeat of one is not', async () => {
  const [one, other, again] = await Promise.all([17, 18, 17].map((levels) => read(withX(nested(levels)))));
  expect(one?.digest).toBe(again?.digest);
  expect(one?.digest).not.toBe(other?.digest);
});
