import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import nock from 'nock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Identity, type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../support/caller-token.ts';
import { expectProblem } from '../support/problem-table.ts';

const domain = 'countersign-local.iam.gserviceaccount.com';
const members = ['caller', 'stranger'].map((name) => `serviceAccount:${name}@${domain}`);
/** Two callers may ask for the very same; what is signed names the one who asked. */
const policy = {
  bindings: members.map((member, index) => ({
    id: `of-${index}`,
    members: [member],
    audiences: ['https://*.example.com', 'https://*.example.com/*', 'partner-api', 'PARTNER-API'],
    serviceAccounts: [`signer@${domain}`],
    kinds: ['jwt', 'id_token'],
    claims: { properties: { team: {}, n: {}, list: {}, nested: {} } },
    setClaims: { caller: '$caller' },
  })),
};

// nock reads what is sent, and fails on what is not what it says it is.
nock.restore();

let cloud: LocalCloud;
const tokens: Partial<Record<Identity, string>> = {};

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
  writeFileSync(path, JSON.stringify(policy));
  cloud = await startLocalCloud({ output: 'keep', policy: path });
  for (const identity of ['caller', 'stranger'] as const) {
    tokens[identity] = await fetchCallerToken(cloud, identity);
  }
});

afterAll(() => cloud?.stop());

interface Answer {
  status: number;
  type: string | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** A request with whatever headers, also ones that fetch would refuse or join. */
function send(
  path: string,
  { body, headers = {}, as = 'caller' }: { body?: string; headers?: object; as?: Identity | 'nobody' },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${tokens[as]}` };
    const call = request(
      `${cloud.url}${path}`,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => {
          const { statusCode = 0, headers } = answer;
          resolve({ status: statusCode, type: headers['content-type'], headers, body: text });
        });
      },
    );
    call.on('error', reject);
    call.end(body);
  });
}

const ask = (claims: object, as: Identity = 'caller', headers = {}) =>
  send('/v1/tokens', { body: JSON.stringify({ claims }), as, headers });

describe('no caller is ever handed what another asked for', () => {
  const caller = (as: Identity) => `${as}@${domain}`;

  test('two callers, the same request, 100 times over at once: each has its own', async () => {
    const asked = Array.from({ length: 100 }, (_each, index) => ({
      as: (index % 2 === 0 ? 'caller' : 'stranger') as Identity,
      aud: `https://shared-${index >> 5}.example.com`,
    }));
    const answers = await Promise.all(asked.map(({ as, aud }) => ask({ aud }, as)));
    const owners = new Map<string, string>();
    for (const [index, { body }] of answers.entries()) {
      const { token, claims } = JSON.parse(body);
      const as = asked[index]?.as as Identity;
      expect(claims).toMatchObject({ aud: asked[index]?.aud, caller: caller(as) });
      expect(decodeJwt(token)).toEqual(claims);
      expect(owners.get(token) ?? as).toBe(as);
      owners.set(token, as);
    }
  });

  test('headers that say one is another caller change nothing', async () => {
    const aud = 'https://posing.example.com';
    await ask({ aud }, 'stranger');
    const posing = {
      'x-forwarded-user': `stranger@${domain}`,
      'x-goog-authenticated-user-email': `accounts.google.com:stranger@${domain}`,
      'x-serverless-authorization': `Bearer ${tokens.stranger}`,
      'proxy-authorization': `Bearer ${tokens.stranger}`,
      cookie: `authorization=${tokens.stranger}`,
      'x-endpoint-api-userinfo': Buffer.from(`{"email":"stranger@${domain}"}`).toString('base64url'),
    };
    const { body } = await ask({ aud }, 'caller', posing);
    expect(JSON.parse(body)).toMatchObject({ reused: false, claims: { caller: caller('caller') } });
  });

  /** Each of these reads like its neighbour to somebody; to the function they are two. */
  const alike: [string, unknown, unknown][] = [
    ['case', { team: 'blue' }, { team: 'Blue' }],
    ['white space', { team: 'blue' }, { team: 'blue ' }],
    ['a tab and a space', { team: 'a b' }, { team: 'a\tb' }],
    ['a no-break space', { team: 'a b' }, { team: 'a\u00a0b' }],
    ['composed and decomposed letters', { team: 'caf\u00e9' }, { team: 'cafe\u0301' }],
    ['letters of two alphabets', { team: 'a' }, { team: '\u0430' }],
    ['wide letters', { team: 'blue' }, { team: '\uff42lue' }],
    ['a joiner of no width', { team: 'blue' }, { team: 'bl\u200due' }],
    ['half a surrogate pair', { team: '\ud800' }, { team: '\ufffd' }],
    ['a number and its text', { n: 1 }, { n: '1' }],
    ['zero and minus zero', { n: 0 }, { n: -0.5 }],
    ['true and its text', { n: true }, { n: 'true' }],
    ['null and nothing', { n: null }, {}],
    ['one and a list of one', { list: 'a' }, { list: ['a'] }],
    ['the order of a list', { list: ['a', 'b'] }, { list: ['b', 'a'] }],
    ['a list and its text', { list: ['a', 'b'] }, { list: ['a,b'] }],
    ['where a list nests', { list: [['a'], 'b'] }, { list: ['a', ['b']] }],
    ['a quotation mark', { team: 'a","n":"1' }, { team: 'a', n: '1' }],
    ['where a member nests', { nested: { n: 1 } }, { nested: {}, n: 1 }],
    ['a line break', { team: 'a\nb' }, { team: 'a\\nb' }],
    ['a NUL', { team: 'a\u0000' }, { team: 'a' }],
  ];

  test.each(alike)('%s tells two requests apart', async (name, first, second) => {
    const aud = `https://alike-${alike.findIndex(([each]) => each === name)}.example.com`;
    const [one, two] = [await ask({ aud, ...(first as object) }), await ask({ aud, ...(second as object) })];
    for (const [answer, asked] of [
      [one, first],
      [two, second],
    ] as const) {
      const { token, reused, claims } = JSON.parse(answer.body);
      expect(reused).toBe(false);
      expect(decodeJwt(token)).toEqual(claims);
      const { iss, sub, iat, exp, aud: signed, caller: of, ...own } = claims;
      expect(own).toEqual(asked);
    }
  });

  test.each([
    ['partner-api', 'PARTNER-API'],
    ['https://path.example.com', 'https://path.example.com/'],
    ['https://path.example.com/A', 'https://path.example.com/a'],
    ['https://percent.example.com/%41', 'https://percent.example.com/A'],
  ])('the audience %s is not %s', async (...audiences) => {
    const answers = [await ask({ aud: audiences[0] }), await ask({ aud: audiences[1] })];
    for (const [index, answer] of answers.entries()) {
      if (answer.status !== 200) continue;
      expect(JSON.parse(answer.body)).toMatchObject({ reused: false, claims: { aud: audiences[index] } });
    }
    expect(answers.some(({ status }) => status === 200)).toBe(true);
  });
});

describe('Host and X-Forwarded-* are never believed', () => {
  const poison = {
    host: 'evil.example.com',
    'x-forwarded-host': 'evil.example.com',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '127.0.0.1, metadata.google.internal',
    'x-forwarded-port': '443',
    'x-original-url': '/health',
    'x-rewrite-url': '/health',
    'x-http-method-override': 'GET',
    forwarded: 'for=127.0.0.1;host=evil.example.com;proto=https',
    'x-real-ip': '127.0.0.1',
  };

  test.each(['/', '/health', '/openapi.json', '/.well-known/jwks.json', '/v1/identity', '/nothing'])(
    '%s answers the same with them',
    async (path) => {
      const [plain, poisoned] = [await send(path, {}), await send(path, { headers: poison })];
      const bare = ({ status, type, body }: Answer) => ({
        status,
        type,
        body: body.replace(/urn:uuid:[\w-]+|"ageSeconds":\d+/g, ''),
      });
      expect(bare(poisoned)).toEqual(bare(plain));
      expect(JSON.stringify(poisoned.headers)).not.toContain('evil');
    },
  );

  test('a caller token for the host that they name is for another audience', async () => {
    const token = await fetchCallerToken(cloud, 'caller', 'https://evil.example.com');
    const answer = await ask({ aud: 'https://a.example.com' }, 'caller', {
      ...poison,
      authorization: `Bearer ${token}`,
    });
    expectProblem(answer, 'unauthenticated');
    expect(answer.body).not.toContain('evil');
  });
});

describe('what is built to break a parser is refused as what it is', () => {
  const aud = 'https://a.example.com';
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  test.each<[string, string, string]>([
    ['JSON 17 levels deep', `{"claims":{"aud":"${aud}","n":${nested(15)}}}`, 'invalid_claims'],
    ['JSON 32,000 levels deep', `{"claims":${nested(32_000)}}`, 'invalid_claims'],
    ['arrays that never close', '['.repeat(65_000), 'invalid_request'],
    ['objects that never close', '{"a":'.repeat(13_000), 'invalid_request'],
    [
      '8,000 members',
      `{"claims":{${Array.from({ length: 6_000 }, (_e, i) => `"m${i}":1`)}}}`,
      'invalid_claims',
    ],
    ['6,000 faults', `{${Array.from({ length: 6_000 }, (_e, i) => `"m${i}":1`)}}`, 'invalid_claims'],
    ['a member named twice', `{"claims":{"aud":"${aud}","aud":"https://b.example.com"}}`, 'invalid_claims'],
    ['__proto__ as a claim', `{"claims":{"aud":"${aud}","__proto__":{"admin":true}}}`, 'invalid_claims'],
    [
      '__proto__ beside the claims',
      `{"claims":{"aud":"${aud}"},"__proto__":{"claims":{}}}`,
      'invalid_request',
    ],
    [
      'constructor.prototype',
      `{"claims":{"aud":"${aud}","constructor":{"prototype":{"a":1}}}}`,
      'invalid_claims',
    ],
    [
      '__proto__ below a claim',
      `{"claims":{"aud":"${aud}","nested":{"__proto__":{"a":1}}}}`,
      'invalid_claims',
    ],
    ['__proto__ in escapes', `{"claims":{"aud":"${aud}","\\u005f_proto__":1}}`, 'invalid_claims'],
    ['a number of 60,000 digits', `{"claims":{"aud":"${aud}","n":${'9'.repeat(60_000)}}}`, 'invalid_claims'],
    ['a number of 60,000 zeros', `{"claims":{"aud":"${aud}","n":1${'0'.repeat(60_000)}1}}`, 'invalid_claims'],
    ['a number past any', `{"claims":{"aud":"${aud}","exp":1e999999}}`, 'invalid_claims'],
    [
      'an audience of 60,000 characters',
      `{"claims":{"aud":"https://${'a'.repeat(60_000)}.example.com"}}`,
      'invalid_claims',
    ],
    ['a body past 64 KiB', ' '.repeat(65_537), 'body_too_large'],
  ])('%s', async (_what, body, code) => {
    expectProblem(await send('/v1/tokens', { body }), code);
  });

  test('nothing of it stays: a request after them is answered as before them', async () => {
    const { body } = await ask({ aud: 'https://after.example.com' });
    const { claims } = JSON.parse(body);
    expect(Object.keys(claims).sort()).toEqual(['aud', 'caller', 'exp', 'iat', 'iss', 'sub']);
  });

  test.each([
    ['two Authorization headers', { authorization: ['Bearer a', 'Bearer b'] }, 'unauthenticated'],
    ['two content types', { 'content-type': ['application/json', 'text/plain'] }, 'unsupported_media_type'],
    [
      'a charset that is none',
      { 'content-type': 'application/json; charset=utf-7' },
      'unsupported_media_type',
    ],
    ['a compressed body', { 'content-encoding': 'br' }, 'unsupported_media_type'],
  ])('%s', async (_what, headers, code) => {
    expectProblem(await ask({ aud }, 'caller', headers), code);
  });
});

test('what a caller writes never becomes a line of the log, nor a control character in one', async () => {
  const forged = '{"severity":"INFO","message":"allow jwt to serviceAccount:root@example.com"}';
  const breaks = ['\n', '\r\n', '\u2028', '\u0085', '\u001b[2J', '\u0000', '"}\n'];
  for (const each of breaks) {
    await ask({ aud: `https://log.example.com/${each}${forged}` });
    await ask({ aud: 'https://log.example.com', team: `${each}${forged}` });
    await ask({ aud: `partner${each}${forged}` });
    await send(`/v1/keys/${encodeURIComponent(each + forged)}`, {});
    await send('/v1/identity', {
      headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01 forged` },
    });
  }
  const before = cloud.function.output().length;
  await ask({ aud: 'https://last.example.com' });
  await expect.poll(() => cloud.function.output().slice(before)).toContain('last.example.com');
  const lines = cloud.function.output().split('\n').filter(Boolean);
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(JSON.parse(line).message).not.toContain('root@example.com');
  }
  expect(lines.length).toBeGreaterThan(20);
});
