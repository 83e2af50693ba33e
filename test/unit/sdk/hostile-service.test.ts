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
    ['calls an expired token alive', claims({ iat: 1700000000, exp: 1700003600 })],
    ['has a token that expires before it is issued', claims({ iat: 4102444801, exp: 4102444800 })],
  ])('is invalid_response and not kept where it %s', async (_, reply) => {
    stage.server.reply = reply;
    const client = newClient();
    expect(await failure(client)).toMatchObject({ code: 'invalid_response', retryable: false });
    expect(stage.server.requests).toHaveLength(1);
    expect(client.stats()).toMatchObject({ entries: 0, refreshes: 0, failures: 1 });
  });

  it('does not let a life that is a lie outlive the token', async () => {
    stage.server.reply = body({ expiresInSeconds: 1e9 });
    const client = newClient();
    await client.getToken(aud);
    stage.clocks.pass(60 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });

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
