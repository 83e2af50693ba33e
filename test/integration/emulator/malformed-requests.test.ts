import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accessToken, accountPath, emailOf } from '../../support/emulator-client.ts';
import { expectEnvelope, type Sent, send as sendRaw } from '../../support/raw-request.ts';

let emulator: Emulator;
let token: string;

const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  emulator = await startEmulator();
  token = await accessToken(emulator, 'countersign');
});

afterAll(async () => {
  agent.destroy();
  await emulator.stop();
});

const send = (sent: Sent) => sendRaw(emulator.origin, agent, sent);

const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));

const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.integer({ min: 1, max: 5000 }).map(nested),
  fc
    .dictionary(
      fc.constantFrom(
        'payload',
        'delegates',
        'scope',
        'lifetime',
        'audience',
        'policy',
        'options',
        '__proto__',
        'x',
      ),
      fc.oneof(fc.jsonValue(), fc.constantFrom('{"exp":1e400}', '{"exp":-1}', '\ud800', '99999999999999s')),
    )
    .map((value) => Buffer.from(JSON.stringify(value))),
);

/** What stands for an account in a path: anything that a client can send there, but for a seeded one. */
const accounts = fc.oneof(
  fc.constantFrom('', '%', '%ff', '..', '%2e%2e%2f', '-', 'a%00b', "'", '{email}', 'x'.repeat(5000)),
  fc.string({ minLength: 1, maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const authorizations = () =>
  fc.oneof(
    fc.constant(`Bearer ${token}`),
    fc.constantFrom('', 'Bearer', 'Bearer a.b.c', 'Basic dTpw', 'Bearer  '),
  );

const posts = [
  'signJwt',
  'signBlob',
  'generateIdToken',
  'generateAccessToken',
  'getIamPolicy',
  'setIamPolicy',
];

const keyPaths = [
  'service_accounts/v1/jwk',
  'service_accounts/v1/metadata/jwk',
  'service_accounts/v1/metadata/x509',
  'service_accounts/v1/metadata/raw',
  'robot/v1/metadata/x509',
  'robot/v1/metadata/jwk',
];

const runs = { numRuns: 200 };

describe('a malformed request gets the error envelope', () => {
  it.each(posts)('at %s, for its body', async (method) => {
    const property = fc.asyncProperty(bodies, authorizations(), async (body, authorization) => {
      const received = await send({
        method: 'POST',
        path: accountPath('signer', method),
        headers: { authorization },
        body,
      });
      // An object that means nothing to the method, such as {"audience":"x"}, may by chance be a whole request.
      if (received.status !== 200) expectEnvelope(received);
    });
    await fc.assert(property, runs);
  });

  it.each(posts)('at %s, for its account and HTTP method', async (method) => {
    const methods = fc.constantFrom('POST', 'GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');
    const property = fc.asyncProperty(accounts, methods, async (account, httpMethod) => {
      const path = `/v1/projects/-/serviceAccounts/${account}:${method}`;
      const headers = { authorization: `Bearer ${token}` };
      const body = Buffer.from('{"payload":"e30=","audience":"a","scope":["a"]}');
      expectEnvelope(
        await send({ method: httpMethod, path, headers, body: httpMethod === 'GET' ? Buffer.of() : body }),
      );
    });
    await fc.assert(property, runs);
  });

  it.each([...keyPaths, 'v1/projects/-/serviceAccounts/keys-of'])(
    'at %s, for its account',
    async (prefix) => {
      const property = fc.asyncProperty(accounts, authorizations(), async (account, authorization) => {
        const path = prefix.startsWith('v1')
          ? `/v1/projects/-/serviceAccounts/${account}/keys`
          : `/${prefix}/${account}`;
        expectEnvelope(await send({ method: 'GET', path, headers: { authorization }, body: Buffer.of() }));
      });
      await fc.assert(property, runs);
    },
  );

  it.each(['oauth2/v3/certs', 'oauth2/v1/certs'])('at %s, for its HTTP method', async (path) => {
    const methods = fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS');
    const property = fc.asyncProperty(methods, bodies, async (method, body) => {
      expectEnvelope(await send({ method, path: `/${path}`, headers: {}, body }));
    });
    await fc.assert(property, runs);
  });

  it('at any other path', async () => {
    const paths = fc.string().map((text) => `/v2/${encodeURIComponent(text.toWellFormed())}`);
    const property = fc.asyncProperty(paths, bodies, async (path, body) => {
      expectEnvelope(await send({ method: 'POST', path, headers: {}, body }));
    });
    await fc.assert(property, runs);
  });

  it.each(['/clock', '/faults', '/bindings', '/roles', '/keys:rotate', '/delivery', '/staleness'])(
    'at the controls %s',
    async (path) => {
      const method = path === '/faults' || path === '/keys:rotate' ? 'POST' : 'PUT';
      const property = fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 50 }), async (bytes) => {
        const body = Buffer.concat([Buffer.from('{"wrong":'), bytes]);
        expectEnvelope(await send({ method, path: `/emulator/v1${path}`, headers: {}, body }));
      });
      await fc.assert(property, runs);
    },
  );
});

describe('elsewhere', () => {
  it('tokeninfo answers the error of OAuth 2.0', async () => {
    const property = fc.asyncProperty(
      fc.string(),
      fc.constantFrom('id_token', 'access_token', 'x'),
      async (text, name) => {
        const path = `/tokeninfo?${name}=${encodeURIComponent(text.toWellFormed())}`;
        const { status, text: answer } = await send({ method: 'GET', path, headers: {}, body: Buffer.of() });
        expect([status, JSON.parse(answer)]).toEqual([
          400,
          { error: 'invalid_token', error_description: 'Invalid Value' },
        ]);
      },
    );
    await fc.assert(property, runs);
  });

  it('the metadata server answers as itself', async () => {
    const paths = fc.array(
      fc.oneof(accounts, fc.constantFrom('instance', 'service-accounts', 'default', 'token')),
    );
    const headers = { 'metadata-flavor': 'Google' };
    const property = fc.asyncProperty(paths, async (names) => {
      const path = `/computeMetadata/v1/${names.join('/')}`;
      const { status, headers: received } = await send({ method: 'GET', path, headers, body: Buffer.of() });
      expect([200, 301, 404]).toContain(status);
      expect(received['metadata-flavor']).toBe('Google');
    });
    await fc.assert(property, runs);
  });

  it('a body past the limit of the front end is refused in its words', async () => {
    const body = Buffer.alloc(10_485_761, 'x');
    const received = await send({
      method: 'POST',
      path: accountPath('signer', 'signJwt'),
      headers: {},
      body,
    });
    expectEnvelope(received);
    expect(received.text).toContain('Request payload size exceeds the limit: 10485760 bytes.');
  });

  it('what is not HTTP gets the envelope too', async () => {
    const socket = connect(emulator.ports.countersign, '127.0.0.1');
    await once(socket, 'connect');
    socket.end('\0\0\0\r\n\r\n');
    let text = '';
    for await (const chunk of socket.setEncoding('utf8')) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
      error: { status: 'INVALID_ARGUMENT' },
    });
  });

  it('a client that breaks off in its body harms nobody', async () => {
    const error = vi.spyOn(console, 'error');
    const socket = connect(emulator.ports.countersign, '127.0.0.1');
    await once(socket, 'connect');
    const path = accountPath('signer', 'signJwt');
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"pay`;
    await new Promise((resolve) => socket.write(head, resolve));
    socket.destroy();
    await once(socket, 'close');
    const keys = `/service_accounts/v1/jwk/${emailOf('signer')}`;
    expect((await send({ method: 'GET', path: keys, headers: {}, body: Buffer.of() })).status).toBe(200);
    expect(error).not.toHaveBeenCalled();
    error.mockRestore();
  });
});
