import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken, TokenClient, type TokenClientOptions } from '../../../sdk/src/index.ts';
import { decodeJwt } from '../../../sdk/src/jwt.ts';
import {
  replyWithProblem,
  replyWithToken,
  startTokenServer,
  type TokenServer,
} from '../../support/token-server.ts';

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

describe('a request that its owner changes after the call', () => {
  it('is what it was when it was made, in what is asked and in what is kept', async () => {
    const client = newClient();
    const request = { aud, claims: { team: 'blue' } };
    const blue = client.getToken(request);
    request.claims.team = 'red';
    const red = client.getToken(request);
    request.aud = 'https://b.example.com';
    await client.getToken(request);
    const teamOf = async (token: Promise<string>) => decodeJwt(await token).claims.team;
    expect([await teamOf(blue), await teamOf(red)]).toEqual(['blue', 'red']);
    expect(client.peek({ aud, claims: { team: 'blue' } })).toBe(await blue);
    expect(server.requests.map(({ body }) => body.claims)).toEqual([
      { aud, team: 'blue' },
      { aud, team: 'red' },
      { aud: 'https://b.example.com', team: 'red' },
    ]);
  });

  it('is so through the retries of a call of one operation', async () => {
    const input = { claims: { aud } };
    const replies = [replyWithProblem(503, 'signer_unavailable'), replyWithToken()];
    server.reply = (request, response) => {
      input.claims.aud = 'https://b.example.com';
      return replies.shift()?.(request, response);
    };
    const call = newClient().call(createToken, input);
    input.claims.aud = 'https://c.example.com';
    expect((await call).claims.aud).toBe(aud);
  });
});

it('asks with what JSON says of a request: no functions, and what a wrapped value holds', async () => {
  const claims = { team: 'blue', n: Object(5), toString: () => 'blue' };
  await newClient().getToken(Object.assign({ aud, claims }, { describe: () => 'blue' }));
  expect(server.requests[0]?.body).toEqual({ claims: { aud, team: 'blue', n: 5 } });
});

it('takes no member for a claim that the request only inherits', async () => {
  const client = newClient();
  const inherited = { aud, claims: { admin: true, roles: Object.create({ admin: true }) } };
  const token = await client.getToken(inherited);
  expect(await client.getToken({ aud, claims: { admin: true, roles: { admin: true } } })).not.toBe(token);
  expect(server.requests[0]?.body.claims.roles).toEqual({});
});
