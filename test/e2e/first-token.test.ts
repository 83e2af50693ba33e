import { createPublicKey } from 'node:crypto';
import { connect } from 'node:net';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TokenClient } from '../../sdk/src/index.ts';
import { type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../support/caller-token.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';

let cloud: LocalCloud;
let client: TokenClient;

beforeAll(async () => {
  cloud = await startLocalCloud({ output: 'keep' });
  Object.assign(process.env, cloud.envOf('caller'));
  client = new TokenClient({ url: cloud.url });
});

afterAll(() => cloud?.stop());

/** The audit lines that the function's process wrote for this audience; they come by a pipe, a little later. */
function auditOf(audience: string): { reused: boolean }[] {
  return cloud.function
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(`"${audience}"`))
    .map((line) => JSON.parse(line));
}

test('getToken gives a JWT that jose and jsonwebtoken verify against the published keys', async () => {
  const audience = 'https://verified.example.com';
  const token = await client.getToken(audience);
  const keysUrl = new URL('/.well-known/jwks.json', cloud.url);
  const { payload, protectedHeader } = await jwtVerify(token, createRemoteJWKSet(keysUrl), { audience });
  expect(payload).toMatchObject({ iss: signer, sub: signer, aud: audience });
  expect(Number.isInteger(payload.iat) && Number.isInteger(payload.exp)).toBe(true);
  const { keys } = await (await fetch(keysUrl)).json();
  const jwk = keys.find(({ kid }: { kid: string }) => kid === protectedHeader.kid);
  expect(decodeProtectedHeader(token).kid).toBe(jwk.kid);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  expect(jsonwebtoken.verify(token, key, { algorithms: ['RS256'], issuer: signer })).toEqual(payload);
});

test('getToken twice makes one request', async () => {
  const audience = 'https://twice.example.com';
  expect(await client.getToken(audience)).toBe(await client.getToken(audience));
  await expect.poll(() => auditOf(audience)).toHaveLength(1);
});

test('50 parallel calls for a new audience make one request and one IAM call', async () => {
  const audience = 'https://parallel.example.com';
  const tokens = await Promise.all(Array.from({ length: 50 }, () => client.getToken(audience)));
  expect(new Set(tokens).size).toBe(1);
  await expect.poll(() => auditOf(audience)).toMatchObject([{ reused: false }]);
});

test('a second client is handed the first one’s token: one IAM call for both', async () => {
  const audience = 'https://shared.example.com';
  const first = await client.getToken(audience);
  expect(await new TokenClient({ url: cloud.url }).getToken(audience)).toBe(first);
  await expect.poll(() => auditOf(audience)).toMatchObject([{ reused: false }, { reused: true }]);
});

test('malformed JSON is a problem document from functions-framework too, and its body is in no log', async () => {
  const answer = await fetch(`${cloud.url}/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await fetchCallerToken(cloud)}` },
    body: '{"claims": canary-body',
  });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'invalid_request' });
  expect(cloud.function.output()).not.toContain('canary-body');
});

/** The status line and body that a request written by hand is answered with. */
function sendRaw(requestLine: string, headers = ''): Promise<string> {
  const { hostname, port } = new URL(cloud.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${requestLine}\r\nhost: ${hostname}\r\nconnection: close\r\n${headers}\r\n`);
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

test.each([
  ['GET /%zz HTTP/1.1', 404, 'not_found'],
  ['GET /favicon.ico HTTP/1.1', 404, 'not_found'],
  ['POST /robots.txt HTTP/1.1', 404, 'not_found'],
  ['OPTIONS * HTTP/1.1', 404, 'not_found'],
  ['GET //user@# HTTP/1.1', 404, 'not_found'],
  ['GET /health# HTTP/1.1', 404, 'not_found'],
])('what the framework would answer by itself is a problem document: %s', async (line, status, code) => {
  const answer = await sendRaw(line);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(answer).toContain('content-type: application/problem+json');
  expect(answer).toContain(`"code":"${code}"`);
});

test('an absolute target and an unknown expectation are served', async () => {
  expect(await sendRaw(`GET ${cloud.url}/health HTTP/1.1`)).toContain('{"status":"ok"}');
  expect(await sendRaw('GET /health HTTP/1.1', 'expect: something\r\n')).toContain('{"status":"ok"}');
});
