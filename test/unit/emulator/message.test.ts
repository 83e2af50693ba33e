import { describe, expect, it } from 'vitest';
import { parseMessage, readMessage } from '../../../emulator/http/message.ts';

const shape = {
  payload: 'string',
  data: 'bytes',
  includeEmail: 'bool',
  delegates: ['string'],
  policy: { bindings: [{ role: 'string' }] },
  labels: { '*': 'string' },
} as const;

describe('a proto3 message in JSON', () => {
  it('takes fields by either of their names and leaves null out', () => {
    const value = {
      include_email: true,
      payload: null,
      delegates: ['a'],
      data: '_-8',
      labels: { some_name: 'x' },
    };
    expect(readMessage(shape, value)).toEqual({
      includeEmail: true,
      delegates: ['a'],
      data: Buffer.from([0xff, 0xef]),
      labels: { some_name: 'x' },
    });
  });

  it('is empty for an empty body', () => {
    expect(parseMessage(shape, Buffer.of())).toEqual({});
  });

  it('is refused with every violation at once, as Google words them', () => {
    const value = { payload: 5, extra: 1, delegates: ['a', 7], policy: { bindings: [{ rolle: 'x' }] } };
    const violations = [
      { field: 'payload', description: "Invalid value at 'payload' (TYPE_STRING), 5" },
      { description: 'Invalid JSON payload received. Unknown name "extra": Cannot find field.' },
      { field: 'delegates[1]', description: "Invalid value at 'delegates[1]' (TYPE_STRING), 7" },
      {
        field: 'policy.bindings[0]',
        description:
          'Invalid JSON payload received. Unknown name "rolle" at \'policy.bindings[0]\': Cannot find field.',
      },
    ];
    expect(() => readMessage(shape, value)).toThrow(
      expect.objectContaining({
        httpStatus: 400,
        body: {
          error: {
            code: 400,
            message: violations.map(({ description }) => description).join('\n'),
            status: 'INVALID_ARGUMENT',
            details: [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: violations }],
          },
        },
      }),
    );
  });

  it.each([
    ['broken JSON', '{"payload":'],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a list', '[]'],
    ['a lone surrogate', '{"payload":"\\ud800"}'],
    ['a map of another type', '{"labels":{"a":1}}'],
    ['base64 of an impossible length', '{"data":"abcde"}'],
    ['a field of the prototype', '{"constructor":{}}'],
  ])('is refused when it is %s', (_, body) => {
    expect(() => parseMessage(shape, Buffer.from(body))).toThrow(
      expect.objectContaining({ httpStatus: 400 }),
    );
  });
});
