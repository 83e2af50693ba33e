import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFetch, TokenClient } from '../../../sdk/src/index.ts';
import { type Reply, startTokenServer, type TokenServer } from '../../support/token-server.ts';

let service: TokenServer;
let api: TokenServer;
let elsewhere: TokenServer;
let client: TokenClient;

const greet: Reply = (_, response) => void response.end('"hello"');
/** Refuses the first token that it sees, for ever. */
const refuseFirst = (): Reply => {
  let refused: string | undefined;
  return ({ headers }, response) => {
    refused ??= headers.authorization;
    response.writeHead(headers.authorization === refused ? 401 : 200).end('"hello"');
  };
};

beforeEach(async () => {
  service = await startTokenServer();
  api = await startTokenServer(greet);
  elsewhere = await startTokenServer(greet);
  client = new TokenClient({ url: service.url, callerToken: async () => 'caller-token' });
});

afterEach(async () => {
  for (const server of [service, api, elsewhere]) await server[Symbol.asyncDispose]();
});

it('attaches the token, keeps the headers of the request and the rest of it', async () => {
  const fetchApi = createFetch(client, api.url);
  await fetchApi(`${api.url}/a?b=c`, { method: 'PUT', headers: { 'x-a': '1' }, body: '{"a":1}' });
  await fetchApi(new Request(`${api.url}/d`, { headers: { 'x-a': '2' } }));
  await fetchApi(new URL(`${api.url}/e`));
  const authorization = `Bearer ${client.peek(api.url)}`;
  expect(api.requests).toMatchObject([
    { path: '/a?b=c', headers: { authorization, 'x-a': '1' }, body: { a: 1 } },
    { path: '/d', headers: { authorization, 'x-a': '2' } },
    { path: '/e', headers: { authorization } },
  ]);
});

it('sends what the request was when it was made, whatever its owner changes meanwhile', async () => {
  const fetchApi = createFetch(client, api.url);
  const url = new URL(`${api.url}/1`);
  const init = { method: 'POST', body: '1', headers: { 'x-a': '1' } };
  const first = fetchApi(url, init);
  url.pathname = '/2';
  Object.assign(init, { body: '2' });
  init.headers['x-a'] = '2';
  const second = fetchApi(url, init);
  url.port = new URL(elsewhere.url).port;
  await Promise.all([first, second]);
  expect(elsewhere.requests).toHaveLength(0);
  expect(api.requests.map(({ path, headers, body }) => [path, headers['x-a'], body])).toEqual([
    ['/1', '1', 1],
    ['/2', '2', 2],
  ]);
});

it('takes the method and body of a Request that stands for the options, as fetch does', async () => {
  const request = new Request('http://x', { method: 'POST', body: '{"a":1}' });
  await createFetch(client, api.url)(api.url, request);
  expect(api.requests).toMatchObject([{ headers: { authorization: expect.any(String) }, body: { a: 1 } }]);
});

it.each([
  [
    'of a class',
    new (class {
      get method() {
        return 'POST';
      }
      get body() {
        return '{"a":1}';
      }
    })(),
  ],
  ['with a prototype', Object.create({ method: 'POST', body: '{"a":1}' })],
])('takes the method and body of options %s, as fetch does', async (_, init) => {
  await createFetch(client, api.url)(api.url, init);
  expect(api.requests).toMatchObject([{ headers: { authorization: expect.any(String) }, body: { a: 1 } }]);
});

it('takes no 401 of an origin for its own that a redirect led to without the token', async () => {
  elsewhere.reply = (_, response) => void response.writeHead(401).end();
  api.reply = (_, response) => void response.writeHead(302, { location: elsewhere.url }).end();
  expect((await createFetch(client, api.url)(api.url)).status).toBe(401);
  expect([api.requests.length, elsewhere.requests.length]).toEqual([1, 1]);
  expect(client.peek(api.url)).toBeDefined();
});

it.each<[string, () => ReadableStream]>([
  ['fails', () => new ReadableStream({ start: (controller) => controller.error(new Error('broken')) })],
  ['can not be cancelled', () => new ReadableStream({ cancel: () => new Promise(() => {}) })],
])('sends the request once more after a 401 whose body %s', async (_, body) => {
  const answers = [new Response(body(), { status: 401 }), new Response('hello')];
  const fetchApi = createFetch(client, api.url, { fetch: async () => answers.shift() as Response });
  expect(await (await fetchApi(api.url)).text()).toBe('hello');
});

it("sends the token to the audience's origin alone, and where a redirect leads elsewhere not there", async () => {
  const fetchApi = createFetch(client, `${api.url}/*`);
  await fetchApi(elsewhere.url);
  api.reply = (_, response) => void response.writeHead(307, { location: elsewhere.url }).end();
  await fetchApi(api.url);
  expect(api.requests[0]?.headers.authorization).toBeTypeOf('string');
  expect(elsewhere.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
});

it('sends it to the origins that are listed', async () => {
  const fetchApi = createFetch(client, 'partner-api', { origins: [elsewhere.url] });
  await fetchApi(elsewhere.url);
  await fetchApi(api.url);
  expect(elsewhere.requests[0]?.headers.authorization).toBeTypeOf('string');
  expect(api.requests[0]?.headers.authorization).toBeUndefined();
});

it.each([
  ['partner-api', {}, 'partner-api'],
  ['http://user:secret@api.example.com', {}, 'http://api.example.com'],
  ['https://a.example.com', { origins: ['ftp://b/'] }, 'ftp://b'],
  [undefined as never, {}, 'undefined'],
])('throws a TypeError for %s with %j, which says what was found', (audience, options, found) =>
  expect(() => createFetch(client, audience, options)).toThrow(
    new TypeError(
      `A token goes to https origins, or http on loopback, alone, and ${found} is none. List where it may go in origins, such as https://reports.example.com.`,
    ),
  ),
);

it('on 401 has the token signed anew, once, and sends the request once more', async () => {
  api.reply = refuseFirst();
  const response = await createFetch(client, api.url)(api.url, { method: 'POST', body: '{"a":1}' });
  expect([response.status, await response.json()]).toEqual([200, 'hello']);
  expect(api.requests.map(({ body }) => body)).toEqual([{ a: 1 }, { a: 1 }]);
  expect(service.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
});

it('gives a second 401 to the caller', async () => {
  api.reply = (_, response) => void response.writeHead(401).end();
  expect((await createFetch(client, api.url)(api.url)).status).toBe(401);
  expect(api.requests).toHaveLength(2);
});

it('refreshes once for a hundred requests that meet a 401', async () => {
  await client.getToken(api.url);
  api.reply = refuseFirst();
  const fetchApi = createFetch(client, api.url);
  const responses = await Promise.all(Array.from({ length: 100 }, () => fetchApi(api.url)));
  expect(responses.every(({ status }) => status === 200)).toBe(true);
  expect(service.requests).toHaveLength(2);
});

it.each([
  ['a stream', () => new Response('{"a":1}').body, {}],
  ['a Request', () => undefined, new Request('http://x', { method: 'POST', body: '{"a":1}' })],
])('sends the body of %s once, and leaves a fresh token for the next', async (_, body, request) => {
  api.reply = refuseFirst();
  const fetchApi = createFetch(client, api.url);
  const stream = body();
  const response =
    request instanceof Request
      ? await fetchApi(new Request(api.url, request))
      : await fetchApi(api.url, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  expect(response.status).toBe(401);
  expect(api.requests).toHaveLength(1);
  expect((await fetchApi(api.url)).status).toBe(200);
});

it.each([new Blob(['{"a":1}']), new URLSearchParams('a=1'), new TextEncoder().encode('{"a":1}')])(
  'sends a body that can be read again twice (%o)',
  async (body) => {
    api.reply = refuseFirst();
    const seen: number[] = [];
    const fetchApi = createFetch(client, api.url, {
      fetch: async (input, init) => {
        seen.push((await new Response(init?.body as BodyInit).arrayBuffer()).byteLength);
        return fetch(input, { ...init, body: '{}' });
      },
    });
    expect((await fetchApi(api.url, { method: 'POST', body })).status).toBe(200);
    expect(seen[0]).toBeGreaterThan(0);
    expect(seen[1]).toBe(seen[0]);
  },
);

it("rejects with the request's own signal while the token is on its way", async () => {
  service.reply = () => {};
  const abort = new AbortController();
  const call = createFetch(client, api.url)(api.url, { signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 20);
  await expect(call).rejects.toThrow('enough');
  expect(api.requests).toHaveLength(0);
});
