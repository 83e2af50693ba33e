import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TokenClient, type TokenClientOptions } from '../../../sdk/src/index.ts';
import { replyWithToken, startTokenServer, type TokenServer } from '../../support/token-server.ts';

const aud = 'https://reports.example.com';

let server: TokenServer;

const newClient = (options: TokenClientOptions = {}) =>
  new TokenClient({ url: server.url, callerToken: async () => 'caller-token', ...options });

beforeEach(async () => {
  server = await startTokenServer();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

describe('the key', () => {
  it.each([
    ['an audience alone and a request that says no more', aud, { aud }],
    ['an explicit kind and the default', aud, { aud, kind: 'jwt' as const }],
    ['the order of audiences', { aud: [aud, 'b'] }, { aud: ['b', aud] }],
    [
      'the order of claims',
      { aud, claims: { a: 1, b: { c: 2, d: 3 } } },
      { claims: { b: { d: 3, c: 2 }, a: 1 }, aud },
    ],
    ['members that are undefined', { aud, claims: { a: undefined } }, { aud, claims: {} }],
  ])('does not tell apart %s', async (_, one, other) => {
    const client = newClient();
    expect(await client.getToken(one)).toBe(await client.getToken(other as never));
  });

  it.each([
    ['one audience and an array of it', aud, { aud: [aud] }],
    ['audiences', aud, `${aud}/`],
    ['the order of other arrays', { aud, claims: { a: [1, 2] } }, { aud, claims: { a: [2, 1] } }],
    ['claims', { aud, claims: { a: 1 } }, { aud, claims: { a: '1' } }],
    ['lifetimes', { aud, ttlSeconds: 60 }, { aud, ttlSeconds: 61 }],
    ['profiles', { aud, profile: 'iap' as const }, { aud, profile: 'generic' as const }],
    ['signers', { aud, serviceAccount: 'a@x' }, { aud, serviceAccount: 'b@x' }],
    ['delegates', { aud, delegates: ['a', 'b'] }, { aud, delegates: ['b', 'a'] }],
    ['kinds', aud, { aud, kind: 'id_token' as const }],
  ])('tells apart %s', async (_, one, other) => {
    const client = newClient();
    expect(await client.getToken(one)).not.toBe(await client.getToken(other));
  });

  it('takes an audience that reads like the key of a request for an audience', async () => {
    const client = newClient();
    const other = await client.getToken({ aud, ttlSeconds: 60 });
    const lookalike = `["${aud}",false,{"ttlSeconds":60}]`;
    expect(await client.getToken(lookalike)).not.toBe(other);
    expect(client.peek(lookalike)).toBe(await client.getToken(lookalike));
  });
});

it.each([{ jti: 'one' }, { exp: 4102444800 }, { iat: 1700000000 }, { nbf: 1700000000 }])(
  'never keeps nor shares a token that fixes %j',
  async (claims) => {
    const client = newClient();
    server.reply = replyWithToken({ claims: { iat: Math.floor(Date.now() / 1000), exp: 4102444800 } });
    const tokens = await Promise.all([1, 2].map(() => client.getToken({ aud, claims })));
    expect(new Set(tokens).size).toBe(2);
    expect(server.requests).toHaveLength(2);
    expect(client.peek({ aud, claims })).toBeUndefined();
    expect(client.stats().entries).toBe(0);
  },
);
