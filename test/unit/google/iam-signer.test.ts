import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { ClaimsSet } from '../../../functions/contract/generated/types.ts';
import type { Problem } from '../../../functions/contract/problem.ts';
import type { Credentials } from '../../../functions/google/credentials.ts';
import { createIamSigner } from '../../../functions/google/iam-signer.ts';
import { audience, now, signer } from '../../support/fixtures.ts';
import { startServer } from '../../support/http-server.ts';

const claims: ClaimsSet = { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 3600 };
const accessToken = 'ya29.canary-access-token';
const runtime = 'countersign@acme.iam.gserviceaccount.com';
const signed = { keyId: 'k1', signedJwt: 'header.payload.signature' };

function fakeCredentials(): Credentials & { discards: number } {
  return {
    discards: 0,
    accessToken: async () => accessToken,
    email: async () => runtime,
    discard() {
      this.discards += 1;
    },
  };
}

type Reply = (response: ServerResponse, request: IncomingMessage) => unknown;
const json =
  (status: number, body: unknown, headers = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const googleError = (status: number, name: string, message: string, details: object[] = []) =>
  json(status, { error: { code: status, message, status: name, details } });

/** Signs against a server that gives these replies in turn, the last for ever. */
async function signAgainst(
  replies: Reply[],
  { timeoutMilliseconds = 5_000, credentials = fakeCredentials() } = {},
) {
  const server = await startServer((request, response) => {
    const reply = replies[Math.min(server.requests.length, replies.length) - 1];
    request.resume().on('end', () => reply?.(response, request));
  });
  const iam = createIamSigner(
    { iamCredentials: server.origin, keys: server.origin, isLocal: true },
    credentials,
  );
  const scope = {
    requestId: 'r1',
    deadline: performance.now() + timeoutMilliseconds,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  };
  const outcome = await iam
    .signJwt({ serviceAccount: signer, delegates: [runtime], claims }, scope)
    .catch((error: Problem) => error);
  return { outcome, requests: server.requests };
}

test('sends what IAM asks for, and the trace along', async () => {
  let body = '';
  let headers: IncomingMessage['headers'] = {};
  const server = await startServer((request, response) => {
    headers = request.headers;
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => json(200, signed)(response, request));
  });
  const iam = createIamSigner(
    { iamCredentials: server.origin, keys: server.origin, isLocal: true },
    fakeCredentials(),
  );
  const scope = {
    requestId: 'r1',
    deadline: performance.now() + 2_000,
    traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  };
  expect(await iam.signJwt({ serviceAccount: signer, delegates: [runtime], claims }, scope)).toEqual(signed);
  expect(server.requests).toEqual([`POST /v1/projects/-/serviceAccounts/${signer}:signJwt`]);
  expect(headers).toMatchObject({ authorization: `Bearer ${accessToken}`, traceparent: scope.traceparent });
  expect(Number(headers['x-server-timeout'])).toBeGreaterThan(0);
  expect(Number(headers['x-server-timeout'])).toBeLessThanOrEqual(2);
  expect(JSON.parse(body)).toEqual({
    delegates: [`projects/-/serviceAccounts/${runtime}`],
    payload: JSON.stringify(claims),
  });
});

describe('what IAM answers becomes', () => {
  const denied = googleError(
    403,
    'PERMISSION_DENIED',
    "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).",
    [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'IAM_PERMISSION_DENIED',
        domain: 'iam.googleapis.com',
      },
    ],
  );
  const disabled = googleError(403, 'PERMISSION_DENIED', 'disabled', [
    { reason: 'SERVICE_DISABLED', metadata: { consumer: 'projects/12345' } },
  ]);
  const selfBan = googleError(
    400,
    'FAILED_PRECONDITION',
    "You can't create a token for the same service account that you used to authenticate the request.",
  );

  test.each<[string, Reply, string, RegExp]>([
    [
      'a refused permission',
      denied,
      'signer_permission_missing',
      /gcloud iam service-accounts add-iam-policy-binding signer@acme\.iam\.gserviceaccount\.com --project=acme --member=serviceAccount:countersign@acme\.iam\.gserviceaccount\.com --role=\S+.*2 to 7 minutes/,
    ],
    [
      'a disabled API',
      disabled,
      'signer_api_disabled',
      /gcloud services enable iamcredentials\.googleapis\.com --project=12345/,
    ],
    ['the self-impersonation ban', selfBan, 'signer_rejected', /same service account/],
    [
      'a bad argument',
      googleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
      'signer_rejected',
      /400 INVALID_ARGUMENT/,
    ],
    [
      'a spent quota',
      googleError(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded'),
      'signer_quota_exceeded',
      /429/,
    ],
    ['an unaccepted token', googleError(401, 'UNAUTHENTICATED', 'invalid'), 'signer_unavailable', /401/],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: 'https://evil.example' }).end(),
      'signer_response_invalid',
      /redirect/,
    ],
    [
      'HTML',
      (response) => response.writeHead(200).end('<html>'),
      'signer_response_invalid',
      /no keyId and signedJwt/,
    ],
    ['an HTML error', (response) => response.writeHead(404).end('<html>'), 'signer_rejected', /404/],
    ['no signedJwt', json(200, { keyId: 'k1' }), 'signer_response_invalid', /no keyId and signedJwt/],
    ['null', json(200, null), 'signer_response_invalid', /no keyId and signedJwt/],
  ])('%s', async (_what, reply, code, detail) => {
    const { outcome } = await signAgainst([reply]);
    expect(outcome).toMatchObject({ code, message: expect.stringMatching(detail) });
  });

  test('an unaccepted access token is fetched anew once', async () => {
    const credentials = fakeCredentials();
    const { outcome } = await signAgainst(
      [googleError(401, 'UNAUTHENTICATED', 'expired'), json(200, signed)],
      { credentials },
    );
    expect(outcome).toEqual(signed);
    expect(credentials.discards).toBe(1);
  });

  test('Retry-After of a spent quota is passed on', async () => {
    const { outcome } = await signAgainst([json(429, {}, { 'retry-after': '17' })]);
    expect(outcome).toMatchObject({ retryAfterSeconds: 17 });
  });
});

describe('a failing IAM', () => {
  test('that recovers is tried again', async () => {
    const failure = json(503, {});
    const { outcome, requests } = await signAgainst([
      failure,
      failure,
      (response) => response.destroy(),
      json(200, signed),
    ]);
    expect(outcome).toEqual(signed);
    expect(requests).toHaveLength(4);
  });

  test('that does not recover is unavailable after four tries', async () => {
    const { outcome, requests } = await signAgainst([json(503, {}, { 'retry-after': '30' })]);
    expect(outcome).toMatchObject({ code: 'signer_unavailable', retryAfterSeconds: 30 });
    expect(requests).toHaveLength(4);
  });

  test.each<[string, Reply]>([
    ['resets the connection', (response) => response.destroy()],
    [
      'breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"keyId"');
        setTimeout(() => response.destroy(), 5);
      },
    ],
  ])('that %s is unavailable', async (_what, reply) => {
    const { outcome } = await signAgainst([reply]);
    expect(outcome).toMatchObject({ code: 'signer_unavailable' });
  });

  test('that answers past a megabyte is not asked again', async () => {
    const { outcome, requests } = await signAgainst([(response) => response.end('x'.repeat(2_000_000))]);
    expect(outcome).toMatchObject({ code: 'signer_response_invalid' });
    expect(requests).toHaveLength(1);
  });

  test('that could not answer any more is not asked', async () => {
    const { outcome, requests } = await signAgainst([json(200, signed)], { timeoutMilliseconds: 10 });
    expect(outcome).toMatchObject({ code: 'deadline_exceeded' });
    expect(requests).toEqual([]);
  });

  test.each<[string, Reply]>([
    ['never answers', () => undefined],
    [
      'answers a byte at a time',
      (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('that %s is given up at the deadline', async (_what, reply) => {
    const startedAt = performance.now();
    const { outcome } = await signAgainst([reply], { timeoutMilliseconds: 250 });
    expect(outcome).toMatchObject({ code: 'deadline_exceeded' });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
  });

  test('that refuses connections is unavailable', async () => {
    const gone = await startServer(() => undefined);
    const iam = createIamSigner(
      { iamCredentials: 'http://127.0.0.1:1', keys: gone.origin, isLocal: true },
      fakeCredentials(),
    );
    const scope = { requestId: 'r1', deadline: performance.now() + 5_000, traceparent: undefined };
    await expect(iam.signJwt({ serviceAccount: signer, delegates: [], claims }, scope)).rejects.toMatchObject(
      {
        code: 'signer_unavailable',
        message: expect.stringContaining('ECONNREFUSED'),
      },
    );
  });
});

test('no problem quotes the access token or what was sent', async () => {
  const leaky: Reply = json(400, {
    error: {
      message: `bad: ${JSON.stringify(claims)} eyJhbGciOiJSUzI1NiJ9.e30.c2ln`,
      status: 'INVALID_ARGUMENT',
    },
  });
  const { outcome } = await signAgainst([leaky]);
  const text = `${(outcome as Problem).stack} ${JSON.stringify(outcome)}`;
  expect(text).not.toContain('eyJ');
  expect(text).not.toContain(accessToken);
});
