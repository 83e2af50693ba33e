import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CountersignError, type TokenClientOptions } from '../../../sdk/src/index.ts';
import { aud, failure, minute, setClientStage } from '../../support/client-stage.ts';
import {
  makeToken,
  type Reply,
  replyWithProblem,
  replyWithToken,
  sendJson,
  tokenResponse,
} from '../../support/token-server.ts';

const secret = 'caller-token-that-nobody-else-may-see';
const { stage, newClient } = setClientStage(secret);

/** An answer of 200 written by hand, and the end of the connection. */
function endWith(response: ServerResponse, headers: string, text: string): void {
  response.socket?.end(`HTTP/1.1 200 OK\r\n${headers}\r\n${text}`);
}

describe('an answer that is not one of Countersign', () => {
  const body =
    (change: object): Reply =>
    (request, response) =>
      sendJson(response, 200, { ...tokenResponse(request), ...change });
  const claims = (change: object) => replyWithToken({ claims: change });
  const raw = (text: string | Buffer, status = 200, headers = {}): Reply => {
    return (_, response) => void response.writeHead(status, headers).end(text);
  };

  it.each<[string, Reply]>([
    ['is empty', raw('')],
    ['is 204', raw('', 204)],
    ['is HTML', raw('<!doctype html>', 200, { 'content-type': 'text/html' })],
    ['is null', raw('null')],
    ['is an array', raw('[]')],
    ['is truncated', raw('{"token": "ey')],
    ['is not UTF-8', raw(Buffer.from([0xff, 0xfe, 0x00]))],
    ['is larger than 1 MiB', body({ padding: 'x'.repeat(1024 * 1024) })],
    [
      'is a compressed bomb',
      raw(gzipSync(Buffer.alloc(200 * 1024 * 1024)), 200, { 'content-encoding': 'gzip' }),
    ],
    ['redirects', raw('', 307, { location: 'https://evil.example.com/v1/tokens' })],
    ['redirects to itself', raw('', 302, { location: '/v1/tokens' })],
    ['refuses in HTML', raw('<html>', 403, { 'content-type': 'text/html' })],
    ['is a problem of another kind', raw('{"type":"about:blank","title":"x"}', 400)],
    ['has no token', body({ token: undefined })],
    ['has a token of another type', body({ token: 7 })],
    ['has a token that is no JWT', body({ token: 'a.b.c' })],
    ['has a token with a line break', body({ token: `${makeToken({ aud })}\n` })],
    [
      'has a token without a signature',
      body({ token: makeToken({ aud, iat: 1, exp: 4102444800 }).replace(/[^.]+$/, '') }),
    ],
    ['has a token for another audience', claims({ aud: 'https://evil.example.com' })],
    ['has a token for more audiences', claims({ aud: [aud, 'https://evil.example.com'] })],
    ['has a token without exp', claims({ exp: undefined })],
    ['has a token whose exp is text', claims({ exp: 'tomorrow' })],
    ['has a token whose claims are null', body({ token: 'eyJhbGciOiJSUzI1NiJ9.bnVsbA.c2ln' })],
    ['has a token that is expired on arrival', replyWithToken({ expiresInSeconds: 0 })],
    ['has a token with a negative life', body({ expiresInSeconds: -5 })],
    ['has a life that is text', body({ expiresInSeconds: 'long' })],
    ['has a life of NaN, which JSON has not', raw('{"token":"a.b.c","expiresInSeconds":NaN}')],
    ['has a life that is an object', body({ expiresInSeconds: {} })],
    ['has a life of the least there is', body({ expiresInSeconds: -1e308 })],
    ['has a token whose exp is null', claims({ exp: null })],
    ['has a token whose exp is negative', claims({ exp: -1e308 })],
    ['has a token without iat', claims({ iat: undefined })],
    ['ends before its JSON does', raw('{"token":"ey', 200, { 'content-length': '12' })],
    [
      'has more than its Content-Length',
      (_, response) => endWith(response, 'Content-Length: 2\r\n', '{}{"token":1}'),
    ],
    [
      'has its token in a trailer',
      (_, response) =>
        endWith(
          response,
          'Transfer-Encoding: chunked\r\nTrailer: token\r\n',
          `2\r\n{}\r\n0\r\ntoken: ${makeToken({ aud })}\r\n\r\n`,
        ),
    ],
    ['calls an expired token alive', claims({ iat: 1700000000, exp: 1700003600 })],
    ['has a token that expires before it is issued', claims({ iat: 4102444801, exp: 4102444800 })],
  ])('is invalid_response and not kept where it %s', async (_, reply) => {
    stage.server.reply = reply;
    const client = newClient();
    expect(await failure(client)).toMatchObject({ code: 'invalid_response', retryable: false });
    expect(stage.server.requests).toHaveLength(1);
    expect(client.stats()).toMatchObject({ entries: 0, refreshes: 0, failures: 1 });
  });

  it.each<[string, Reply]>([
    [
      'is shorter than its Content-Length',
      (_, response) => endWith(response, 'Content-Length: 900\r\n', '{"token":"ey'),
    ],
    [
      'breaks its chunks off',
      (_, response) => endWith(response, 'Transfer-Encoding: chunked\r\n', '5\r\n{"tok'),
    ],
    ['is no HTTP', (_, response) => void response.socket?.end('SSH-2.0-x\r\n')],
    [
      'has two lengths',
      (_, response) => endWith(response, 'Content-Length: 2\r\nContent-Length: 3\r\n', '{}'),
    ],
    ['has headers without end', (_, response) => endWith(response, `x: ${'y'.repeat(200_000)}\r\n`, '{}')],
    [
      'is 1,000 interim answers and no final one',
      (_, response) => void response.socket?.end('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000)),
    ],
  ])('is a fault of the network, tried again and not kept, where it %s', async (_, reply) => {
    stage.server.reply = reply;
    const client = newClient({ timeoutMs: 3_000 });
    expect(await failure(client)).toMatchObject({ code: 'network_error', retryable: true });
    expect(client.stats()).toMatchObject({ entries: 0, refreshes: 0, failures: 1 });
    stage.server.reply = replyWithToken();
    await expect(client.getToken(aud)).resolves.toBeTypeOf('string');
  });

  it('is read past interim answers', async () => {
    stage.server.reply = (request, response) => {
      for (let count = 0; count < 100; count += 1) response.writeProcessing();
      sendJson(response, 200, tokenResponse(request));
    };
    await expect(newClient().getToken(aud)).resolves.toBeTypeOf('string');
  });

  it.each([1e9, 1e308])(
    'does not let a life that is a lie outlive the token: %d',
    async (expiresInSeconds) => {
      stage.server.reply = body({ expiresInSeconds });
      const client = newClient();
      await client.getToken(aud);
      stage.clocks.pass(60 * minute);
      expect(client.peek(aud)).toBeUndefined();
    },
  );

  it('is read no further than its bound where it never ends', async () => {
    let sent = 0;
    stage.server.reply = async (_, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024, ' ');
      while (!response.destroyed && sent < 1e9) {
        sent += chunk.length;
        if (!response.write(chunk)) await delay(1);
      }
    };
    expect(await failure(newClient())).toMatchObject({ code: 'invalid_response' });
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });
});

describe('no error repeats a token', () => {
  const seen = (error: Error): string => {
    const { message, stack, cause } = error;
    return (
      JSON.stringify([message, stack, error, Object.getOwnPropertyDescriptors(error)]) +
      (cause ? seen(cause as Error) : '')
    );
  };
  const jwt = makeToken({ aud });

  it.each<[string, TokenClientOptions, Reply | undefined]>([
    [
      'of a server that answers with what it was sent',
      {},
      ({ headers }, response) => {
        const text = `${headers.authorization} and ${jwt}`;
        const errors = [{ pointer: '/claims', actual: text, expected: text, hint: text }];
        replyWithProblem(400, 'invalid_claims', { detail: text, instance: text, errors })(
          undefined as never,
          response,
        );
      },
    ],
    [
      'of a server that answers with it in escapes',
      {},
      ({ headers }, response) => {
        const escaped = [...`${headers.authorization} and ${jwt}`]
          .map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('');
        const problem = JSON.stringify({ type: 'urn:countersign:problem:invalid_claims', detail: '@' });
        response.writeHead(400).end(problem.replace('@', escaped));
      },
    ],
    ['of a header that the runtime refuses', { callerToken: async () => `${secret}\r\n` }, undefined],
    [
      'of a callerToken function',
      {
        callerToken: async () => {
          throw Object.assign(new Error(`cannot verify ${secret}`), { config: { headers: secret } });
        },
      },
      undefined,
    ],
    [
      'of a fetch',
      {
        fetch: async (_, init) => {
          throw new TypeError(`invalid header ${JSON.stringify(init)}`, {
            cause: { code: 'UND_ERR', headers: secret },
          });
        },
      },
      undefined,
    ],
  ])('%s', async (_, options, reply) => {
    if (reply) stage.server.reply = reply;
    const error = await failure(newClient({ timeoutMs: 300, ...options }));
    expect(error).toBeInstanceOf(CountersignError);
    expect(seen(error)).not.toMatch(/nobody-else-may-see|eyJ/);
  });
});
