import { METHODS } from 'node:http';
import fc from 'fast-check';
import operations from '../../../functions/contract/operations.json' with { type: 'json' };

/** A request to send as it stands. `authorization` is a kind of caller's token, which the sender puts in. */
export interface HostileRequest {
  target: 'countersign' | 'countersignBatch';
  method: string;
  path: string;
  authorization: 'caller' | 'stranger' | 'push' | 'cut' | 'unsigned' | 'none' | { raw: string };
  headers: Record<string, string>;
  body: Uint8Array | undefined;
}

const paths = Object.values(operations).map(({ path }) =>
  path.replace('{serviceAccount}', 'signer@countersign-local.iam.gserviceaccount.com'),
);
const names = [
  ...[
    'claims',
    'ttlSeconds',
    'profile',
    'serviceAccount',
    'delegates',
    'aud',
    'iss',
    'sub',
    'iat',
    'exp',
    'nbf',
  ],
  ...[
    'jti',
    'team',
    'scopes',
    'n',
    'scope',
    'target_audience',
    'email',
    'bytes',
    'raw',
    'includeEmail',
    'requests',
  ],
  ...[
    'deliverTo',
    'requestId',
    'notAfter',
    'id',
    'secret',
    'topic',
    'jwk',
    'kty',
    'message',
    'data',
    'attributes',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '',
    'then',
    'toJSON',
    '$ref',
  ],
];
const words = [
  ...[
    'https://a.example.com',
    'https://a.example.com/x',
    'https://evil.org',
    'generic',
    'iap',
    'endpoints',
    'none',
  ],
  ...[
    'signer@countersign-local.iam.gserviceaccount.com',
    'projects/countersign-local/secrets/batch-one',
    '$signer',
  ],
  ...[
    'projects/countersign-local/topics/token-replies',
    '../../etc/passwd',
    '%00',
    '\u0000',
    '\ud800',
    '{{7*7}}',
  ],
  ...[
    'A'.repeat(5_000),
    '\n{"severity":"INFO"}',
    '1e308',
    '-0',
    'null',
    'https://a.example.com\u202e',
    'ya29.x',
  ],
];
const numbers = [0, -1, 1, 60, 3600, 43_201, 1.5, 1e300, -1e300, 2 ** 53, 1_767_225_600, 1_767_225_600_000];

const text = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 30 }));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom(...numbers, true, false, null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5, noNullPrototype: false }),
  ),
}));

/** Half of them ask for what the local policy allows, but for one member; what is refused at once tries little. */
const claimRequest = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      claims: fc.record(
        {
          aud: fc.oneof(fc.constant('https://a.example.com'), value),
          team: text,
          n: fc.integer(),
          exp: value,
        },
        { requiredKeys: ['aud'] },
      ),
    }),
  },
  fc.record(
    { claims: value, ttlSeconds: value, profile: value, delegates: value },
    { requiredKeys: ['claims'] },
  ),
  fc.record({ aud: text, includeEmail: value }, { requiredKeys: ['aud'] }),
  fc.record({ bytes: fc.base64String({ maxLength: 64 }), raw: value }, { requiredKeys: ['bytes'] }),
  value,
);

/** JSON, in one of four broken in one place. */
const jsonOf = (arbitrary: fc.Arbitrary<unknown>) =>
  fc
    .tuple(
      arbitrary,
      fc.nat({ max: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(...'{}[]",:\\0e\u0000'),
    )
    .map(([given, damage, where, piece]) => {
      const json = JSON.stringify(given) ?? 'null';
      const at = Math.floor(where * json.length);
      return Buffer.from(damage === 0 ? json.slice(0, at) + piece + json.slice(at + 1) : json);
    });

const anyBody = fc.oneof(
  { weight: 12, arbitrary: jsonOf(claimRequest) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 1, arbitrary: fc.nat({ max: 20_000 }).map((depth) => Buffer.from('['.repeat(depth))) },
  { weight: 1, arbitrary: fc.nat({ max: 70_000 }).map((length) => Buffer.alloc(length, ' ')) },
);

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
/** Mostly what an operation takes; else any method, and any path near one that there is. */
const anyPath = fc.oneof(
  fc.constantFrom(...paths),
  visible.map((rest) => `/${rest}`),
  fc.tuple(fc.constantFrom(...paths), visible).map(([known, rest]) => `${known}?${rest}`),
  fc.tuple(fc.constantFrom(...paths), visible).map(([known, rest]) => `${known}/${rest}`),
  fc.constantFrom(
    '//evil.org/v1/tokens',
    '/v1/../v1/tokens',
    '/V1/TOKENS',
    '/v1/keys/%2e%2e',
    '/v1/tokens?validateOnly=true',
  ),
);
const anyMethod = fc.constantFrom(...METHODS.filter((each) => each !== 'CONNECT'));
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      method: fc.constant('POST'),
      path: fc.constantFrom('/v1/tokens', '/v1/id-tokens', '/v1/signatures'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ method: fc.constant('GET'), path: fc.constantFrom(...paths) }) },
  { weight: 1, arbitrary: fc.record({ method: fc.constantFrom('GET', 'POST'), path: anyPath }) },
  { weight: 1, arbitrary: fc.record({ method: anyMethod, path: anyPath }) },
);
const headers = fc.dictionary(
  fc.constantFrom(
    ...[
      'content-type',
      'content-encoding',
      'cache-control',
      'expect',
      'traceparent',
      'x-cloud-trace-context',
    ],
    ...[
      'function-execution-id',
      'x-forwarded-for',
      'ce-id',
      'ce-source',
      'ce-type',
      'ce-specversion',
      'accept',
    ],
    ...['upgrade', 'range', 'if-none-match', 'origin', 'te', 'content-range', 'x-goog-pubsub-message-id'],
  ),
  fc.oneof(
    visible,
    fc.constantFrom(
      'application/json',
      'application/cloudevents+json',
      'no-cache',
      'gzip',
      '100-continue',
      '1.0',
    ),
    fc.constant(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`),
  ),
  { maxKeys: 4, noNullPrototype: false },
);
const authorization = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<HostileRequest['authorization']>('caller', 'caller', 'stranger') },
  fc.constantFrom<HostileRequest['authorization']>('push', 'cut', 'unsigned', 'none'),
  visible.map((raw) => ({ raw })),
);

const toFunction = fc
  .record({
    line,
    authorization,
    headers,
    body: fc.oneof({ weight: 9, arbitrary: anyBody }, fc.constant(undefined)),
  })
  .map((given): HostileRequest => withDefaults('countersign', given));

const batchMessage = fc.record({
  requestId: text,
  notAfter: value,
  requests: fc.oneof(
    value,
    fc.array(fc.record({ id: text, claims: value }), { maxLength: 4 }),
    fc.array(fc.record({ id: text, claims: fc.constant({ aud: 'https://a.example.com' }) }), {
      maxLength: 2,
    }),
  ),
  deliverTo: fc.oneof(value, fc.constant({ secret: 'projects/countersign-local/secrets/unlabelled' })),
});
const push = fc.oneof(
  jsonOf(batchMessage).map((data) => ({ data: data.toString('base64'), messageId: '1' })),
  fc.record({ data: text, messageId: value, publishTime: value, attributes: value }),
  fc.record({ messageId: text, attributes: fc.record({ aud: text, deliverTo: text, requestId: text }) }),
  value,
);
const subscription = 'projects/countersign-local/subscriptions/token-requests-push';
const toBatchFunction = fc
  .record({
    line: fc.oneof(
      { weight: 9, arbitrary: fc.constant({ method: 'POST', path: '/' }) },
      { weight: 1, arbitrary: fc.record({ method: anyMethod, path: anyPath }) },
    ),
    authorization: fc.oneof({ weight: 12, arbitrary: fc.constant<'push'>('push') }, authorization),
    headers,
    body: fc.oneof(
      { weight: 9, arbitrary: jsonOf(push.map((message) => ({ message, subscription }))) },
      anyBody,
    ),
  })
  .map((given): HostileRequest => withDefaults('countersignBatch', given));

type Parts = Omit<HostileRequest, 'target' | 'method' | 'path'> & { line: { method: string; path: string } };

function withDefaults(target: HostileRequest['target'], { line, headers, ...rest }: Parts): HostileRequest {
  return { target, ...line, ...rest, headers: { 'content-type': 'application/json', ...headers } };
}

/** Requests to every route of both targets, from well formed to noise. */
export const hostileRequest = fc.oneof(
  { weight: 4, arbitrary: toFunction },
  { weight: 1, arbitrary: toBatchFunction },
);

/** The bytes of a request, damaged in up to three places. */
export const hostileBytes = fc
  .tuple(
    fc.constantFrom(
      'GET /health HTTP/1.1\r\nhost: a\r\n\r\n',
      'POST /v1/tokens HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 13\r\n\r\n{"claims":{}}',
      'POST /v1/tokens HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'GET /openapi.json HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    ),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constant(Buffer.from('\r\n'))),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([whole, damages]) => {
    let bytes = Buffer.from(whole);
    for (const [where, piece] of damages) {
      const at = Math.floor(where * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + (piece.length >> 1))]);
    }
    return bytes;
  });
