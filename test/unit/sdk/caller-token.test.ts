import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TokenClient } from '../../../sdk/src/index.ts';
import { takeClocks } from '../../support/clocks.ts';
import {
  makeToken,
  type Reply,
  replyWithIdentity,
  startTokenServer,
  type TokenServer,
} from '../../support/token-server.ts';

const aud = 'https://reports.example.com';

let service: TokenServer;
let metadata: TokenServer;

beforeEach(async () => {
  service = await startTokenServer();
  metadata = await startTokenServer(replyWithIdentity());
  vi.stubEnv('GCE_METADATA_HOST', metadata.url.replace('http://', ''));
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await service[Symbol.asyncDispose]();
  await metadata[Symbol.asyncDispose]();
});

it('takes an empty GCE_METADATA_HOST for none', async () => {
  vi.stubEnv('GCE_METADATA_HOST', '');
  const asked: string[] = [];
  const fetch = async (url: unknown) => {
    asked.push(new URL(String(url)).host);
    return new Response('no', { status: 404 });
  };
  await expect(new TokenClient({ url: service.url, fetch }).getToken(aud)).rejects.toThrow();
  expect(asked).toEqual(['metadata.google.internal']);
});

it('takes a GCE_METADATA_HOST with a scheme, as Google’s libraries do', async () => {
  vi.stubEnv('GCE_METADATA_HOST', metadata.url);
  await new TokenClient({ url: service.url }).getToken(aud);
  expect(metadata.requests).toHaveLength(1);
});

it("asks the metadata server for an ID token of the service's URL, once for many audiences", async () => {
  const client = new TokenClient({ url: `${service.url}/` });
  await Promise.all([client.getToken(aud), client.getToken('https://b.example.com')]);
  await client.getToken('https://c.example.com');
  expect(metadata.requests).toHaveLength(1);
  const [request] = metadata.requests;
  expect(request?.headers['metadata-flavor']).toBe('Google');
  const url = new URL(request?.path ?? '', metadata.url);
  expect(url.pathname).toBe('/computeMetadata/v1/instance/service-accounts/default/identity');
  expect(Object.fromEntries(url.searchParams)).toEqual({ audience: service.url, format: 'full' });
  expect(service.requests[0]?.headers.authorization).toMatch(/^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
});

it('encodes an audience with a query and a fragment whole', async () => {
  const callerAudience = 'https://svc.example/?a=1&b=ü +#f';
  await new TokenClient({ url: service.url, callerAudience }).getToken(aud);
  expect(new URL(metadata.requests[0]?.path ?? '', metadata.url).searchParams.get('audience')).toBe(
    callerAudience,
  );
});

it('asks again shortly before the kept token expires', async () => {
  const clocks = takeClocks();
  const client = new TokenClient({ url: service.url });
  await client.getToken(aud);
  clocks.pass(3541_000);
  await client.getToken('https://b.example.com');
  expect(metadata.requests).toHaveLength(2);
});

it.each<[string, Reply]>([
  ['is not a metadata server', (_, response) => void response.writeHead(200).end(makeToken({}))],
  [
    'has no service account',
    (_, response) => void response.writeHead(404, { 'metadata-flavor': 'Google' }).end('no'),
  ],
  [
    'redirects',
    (_, response) =>
      void response.writeHead(302, { location: service.url, 'metadata-flavor': 'Google' }).end(),
  ],
  [
    'answers with HTML',
    (_, response) => void response.writeHead(200, { 'metadata-flavor': 'Google' }).end('<html>'),
  ],
  ['gives a token for another audience', replyWithIdentity({ aud: 'https://evil.example.com' })],
  ['gives a token that is expired', replyWithIdentity({ iat: 1000, exp: 4600 })],
])('rejects with caller_token_unavailable where what answers %s', async (_, reply) => {
  metadata.reply = reply;
  const client = new TokenClient({ url: service.url });
  await expect(client.getToken(aud)).rejects.toMatchObject({ code: 'caller_token_unavailable' });
  expect(service.requests).toHaveLength(0);
});

it('says at once that there is no metadata server', async () => {
  await metadata[Symbol.asyncDispose]();
  const client = new TokenClient({ url: service.url });
  await expect(client.getToken(aud)).rejects.toMatchObject({
    code: 'caller_token_unavailable',
    message: expect.stringContaining(
      '/computeMetadata/v1/instance/service-accounts/default/identity could not be reached: ECONNREFUSED',
    ),
  });
});

it.each([undefined, null, '', 'Bearer eyJ', 'eyJhbGciOi.e30.AA\r\nx: y'])(
  'does not send %j, which a callerToken function gave, as a token',
  async (token) => {
    const client = new TokenClient({ url: service.url, callerToken: async () => token as string });
    await expect(client.getToken(aud)).rejects.toMatchObject({
      code: 'caller_token_unavailable',
      message: 'No ID token for the caller: not a token',
    });
    expect(service.requests).toHaveLength(0);
  },
);

it('says what the metadata server answered in place of a token', async () => {
  metadata.reply = (_, response) => void response.writeHead(404, { 'metadata-flavor': 'Google' }).end('no');
  await expect(new TokenClient({ url: service.url }).getToken(aud)).rejects.toThrow(
    `No ID token for the caller: No live JWT for ${service.url}`,
  );
});
