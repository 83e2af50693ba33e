import { Readable } from 'node:stream';
import { GoogleAuth, type IdTokenClient } from 'google-auth-library';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountersignAuthClient, googleAuthCallerToken } from '../../../sdk/src/google-auth.ts';
import { TokenClient } from '../../../sdk/src/index.ts';
import {
  makeToken,
  type Reply,
  sendJson,
  serverTimeSeconds,
  startTokenServer,
  type TokenServer,
} from '../../support/token-server.ts';

let service: TokenServer;
let api: TokenServer;

beforeEach(async () => {
  service = await startTokenServer();
  api = await startTokenServer((_, response) => sendJson(response, 200, { items: [1] }));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await service[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

describe('googleAuthCallerToken', () => {
  it('fetches one ID token for the service through the library, for any number of calls', async () => {
    const fetched = vi.fn(async (aud: string) => {
      const iat = serverTimeSeconds();
      return makeToken({ aud, iat, exp: iat + 3600 });
    });
    const auth = new GoogleAuth();
    const provider = { idTokenProvider: { fetchIdToken: fetched } } as unknown as IdTokenClient;
    vi.spyOn(auth, 'getIdTokenClient').mockResolvedValue(provider);
    const client = new TokenClient({ url: service.url, callerToken: googleAuthCallerToken(auth) });
    await Promise.all(Array.from({ length: 20 }, (_, i) => client.getToken(`https://${i}.example.com`)));
    expect(fetched.mock.calls).toEqual([[service.url]]);
    expect(service.requests[0]?.headers.authorization).toBe(`Bearer ${await fetched.mock.results[0]?.value}`);
  });

  it('says what to do where the credentials are none, or a user’s, and nothing that the library said', async () => {
    const auth = new GoogleAuth();
    vi.spyOn(auth, 'getIdTokenClient').mockRejectedValue(new Error('Could not load eyJ'));
    const client = new TokenClient({ url: service.url, callerToken: googleAuthCallerToken(auth) });
    await expect(client.getToken('a')).rejects.toMatchObject({
      code: 'caller_token_unavailable',
      retryable: true,
      message:
        "No ID token for the caller: google-auth-library has none (Error). Outside of Google Cloud its credentials have to be a service account's: gcloud auth application-default login --impersonate-service-account=EMAIL",
    });
  });
});

describe('CountersignAuthClient', () => {
  const newClient = () => new TokenClient({ url: service.url, callerToken: async () => 'caller-token' });

  it('waits no longer for its token than the request’s signal says', async () => {
    service.reply = () => {};
    const auth = new CountersignAuthClient(newClient(), api.url);
    const abort = new AbortController();
    const asked = auth.request({ url: api.url, signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    expect(api.requests).toHaveLength(0);
  });

  it('authenticates requests of google-auth-library with our token', async () => {
    const client = newClient();
    const auth = new GoogleAuth({ authClient: new CountersignAuthClient(client, `${api.url}/`) });
    const { data } = await auth.request<{ items: number[] }>({
      url: `${api.url}/v1/items`,
      headers: { 'x-a': '1' },
    });
    expect(data).toEqual({ items: [1] });
    expect(api.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${client.peek(`${api.url}/`)}`,
      'x-a': '1',
    });
    expect(await auth.getAccessToken()).toBe(client.peek(`${api.url}/`));
  });

  it('gives headers for its origin, or where none is named, and none for others', async () => {
    const authClient = new CountersignAuthClient(newClient(), `${api.url}/`);
    expect(
      (await authClient.getRequestHeaders(`${api.url}/google.storage.v2.Storage`)).get('authorization'),
    ).toMatch(/^Bearer /);
    expect((await authClient.getRequestHeaders()).has('authorization')).toBe(true);
    expect((await authClient.getRequestHeaders('https://evil.example.com')).has('authorization')).toBe(false);
    await authClient.request({ url: `${service.url}/elsewhere`, method: 'POST', data: {} }).catch(() => {});
    expect(service.requests.at(-1)?.headers.authorization).toBeUndefined();
    expect(() => new CountersignAuthClient(newClient(), 'partner-api')).toThrow(TypeError);
  });

  describe('of an answer that redirects', () => {
    const redirectTo =
      (status: number, location: string): Reply =>
      ({ path }, response) =>
        path === '/landed'
          ? sendJson(response, 200, { items: [1] })
          : void response.writeHead(status, { location }).end();

    it.each([301, 302, 303, 307, 308])(
      'follows a %i, and takes the token to no other port',
      async (status) => {
        const authClient = new CountersignAuthClient(newClient(), api.url);
        await using elsewhere = await startTokenServer(redirectTo(status, ''));
        api.reply = redirectTo(status, `${elsewhere.url}/landed`);
        const answer = await authClient.request({
          url: `${api.url}/a`,
          params: { b: 'c' },
          headers: { cookie: 'd=e', 'x-a': '1' },
          method: 'PUT',
          data: { a: 1 },
        });
        expect(answer.data).toEqual({ items: [1] });
        expect(api.requests).toMatchObject([
          { path: '/a?b=c', headers: { authorization: expect.any(String) } },
        ]);
        expect(elsewhere.requests).toMatchObject([
          { path: '/landed', body: status === 303 ? undefined : { a: 1 } },
        ]);
        const { authorization, cookie, 'x-a': other } = elsewhere.requests[0]?.headers ?? {};
        expect([authorization, cookie, other]).toEqual([undefined, undefined, '1']);
      },
    );

    it('follows within the origin with the token, but not for ever', async () => {
      const authClient = new CountersignAuthClient(newClient(), api.url);
      api.reply = redirectTo(302, '/landed');
      expect(
        (await authClient.request({ url: '/a', baseURL: api.url, method: 'POST', data: { a: 1 } })).status,
      ).toBe(200);
      expect(api.requests).toMatchObject([
        { body: { a: 1 } },
        { path: '/landed', body: undefined, headers: { authorization: expect.any(String) } },
      ]);
      api.reply = redirectTo(302, '/again');
      await expect(authClient.request({ url: api.url })).rejects.toMatchObject({ status: 302 });
      expect(api.requests).toHaveLength(2 + 21);
    });

    it('follows as often as maxRedirects says, also where another origin redirects on', async () => {
      const authClient = new CountersignAuthClient(newClient(), api.url);
      await using elsewhere = await startTokenServer(redirectTo(302, '/again'));
      api.reply = redirectTo(302, `${elsewhere.url}/again`);
      await expect(authClient.request({ url: api.url, maxRedirects: 3 })).rejects.toThrow();
      expect([api.requests.length, elsewhere.requests.length]).toEqual([1, 3]);
      await expect(authClient.request({ url: api.url, maxRedirects: 0 })).rejects.toThrow();
      expect([api.requests.length, elsewhere.requests.length]).toEqual([2, 3]);
    });

    it('sends no body, and no header of one, once a POST has become a GET, however it was spelt', async () => {
      const authClient = new CountersignAuthClient(newClient(), api.url);
      api.reply = redirectTo(301, '/landed');
      const headers = { 'content-length': '2', 'content-type': 'application/json' };
      await authClient.request({ url: api.url, method: 'post' as 'POST', data: '{}', headers });
      const { headers: sent, body } = api.requests[1] ?? {};
      expect([body, sent?.['content-length'], sent?.['content-type']]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('resolves the location against what was asked, with its params', async () => {
      const authClient = new CountersignAuthClient(newClient(), api.url);
      api.reply = redirectTo(302, '#part');
      await expect(
        authClient.request({ url: `${api.url}/a`, params: { b: 'c' }, maxRedirects: 1 }),
      ).rejects.toThrow();
      expect(api.requests.map(({ path }) => path)).toEqual(['/a?b=c', '/a?b=c']);
    });

    // Bun's fetch reads files.
    it.each(['http://[', 'file:///etc/hostname', 'data:text/plain,hi'])(
      'rejects where the location is none that HTTP leads to: %s',
      async (location) => {
        const authClient = new CountersignAuthClient(newClient(), api.url);
        api.reply = redirectTo(302, location);
        await expect(authClient.request({ url: api.url })).rejects.toMatchObject({ status: 302 });
      },
    );
  });

  it('refreshes and tries once more on 401, and rejects on a second', async () => {
    let refusals = 1;
    api.reply = (_, response) => sendJson(response, refusals-- > 0 ? 401 : 200, { items: [1] });
    const authClient = new CountersignAuthClient(newClient(), api.url);
    expect((await authClient.request({ url: api.url, method: 'POST', data: { a: 1 } })).status).toBe(200);
    expect(api.requests.map(({ body }) => body)).toEqual([{ a: 1 }, { a: 1 }]);
    expect(service.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
    refusals = 2;
    await expect(authClient.request({ url: api.url })).rejects.toMatchObject({ status: 401 });
    expect(api.requests).toHaveLength(4);
  });

  it('does so also where the request takes a 401 for an answer', async () => {
    let refusals = 1;
    api.reply = (_, response) => sendJson(response, refusals-- > 0 ? 401 : 200, { items: [1] });
    const authClient = new CountersignAuthClient(newClient(), api.url);
    expect((await authClient.request({ url: api.url, validateStatus: () => true })).status).toBe(200);
  });

  describe('of a request that is sent twice', () => {
    const form = { grant_type: 'password', client_secret: 'mine', a: '1' };
    const formData = new FormData();
    for (const [name, value] of Object.entries(form)) formData.set(name, value);

    it.each([
      ['a 401', 'data', new URLSearchParams(form)],
      ['a 401', 'body', new URLSearchParams(form)],
      ['a 401', 'data', formData],
      ['a 307', 'data', new URLSearchParams(form)],
    ])('after %s sends all of a form again, in %s', async (answer, member, body) => {
      const answers = [
        new Response('', { status: Number(answer.slice(2)), headers: { location: '/landed' } }),
        new Response('{}'),
      ];
      const sent: object[] = [];
      const fetchImplementation = async (_: unknown, init?: RequestInit) => {
        sent.push(Object.fromEntries(init?.body as unknown as Iterable<[string, string]>));
        return answers.shift() as Response;
      };
      const authClient = new CountersignAuthClient(newClient(), api.url);
      await authClient.request({ url: api.url, method: 'POST', [member]: body, fetchImplementation });
      expect(sent).toEqual([form, form]);
    });

    it.each([
      [401, new ReadableStream()],
      [401, Readable.from(['a'])],
      [307, Readable.from(['a'])],
    ])('is not after a %i where its body is a stream', async (status, data) => {
      const headers = { location: '/landed' };
      const fetchImplementation = vi.fn(async () => new Response('', { status, headers }));
      const authClient = new CountersignAuthClient(newClient(), api.url);
      const asked = authClient.request({ url: api.url, method: 'POST', data, fetchImplementation });
      await expect(asked).rejects.toMatchObject({ status });
      expect(fetchImplementation).toHaveBeenCalledOnce();
    });
  });
});
