import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../support/caller-token.ts';
import { expectProblem, findFault } from '../support/problem-table.ts';
import { type RawAnswer, sendBytes } from '../support/raw-connection.ts';

let cloud: LocalCloud;
let authorization = '';

beforeAll(async () => {
  cloud = await startLocalCloud({ output: 'keep' });
  authorization = `authorization: Bearer ${await fetchCallerToken(cloud)}`;
});

afterAll(async () => {
  // Whatever was sent, it serves on, and no line of its log is anything but one of ours.
  const health = await fetch(`${cloud.url}/health`).then(({ status }) => status);
  await cloud.stop();
  expect(health).toBe(200);
  const lines = cloud.function.output().trim().split('\n');
  expect(lines.map((line) => JSON.parse(line)).filter(({ message }) => message === undefined)).toEqual([]);
});

const seen = ({ status, headers, body }: RawAnswer) => ({ status, type: headers['content-type'], body });
const host = 'host: reports.example.com';
/** A whole request for a token, its connection kept. */
const ask = (aud: string, ...headers: string[]) => {
  const body = JSON.stringify({ claims: { aud } });
  const length = `content-length: ${body.length}`;
  const lines = [host, authorization, 'content-type: application/json', length, ...headers];
  return `POST /v1/tokens HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
};
const audOf = ({ body }: RawAnswer) => JSON.parse(body).claims?.aud;

test('a CONNECT whose sender resets the connection ends nothing', async () => {
  const { hostname, port } = new URL(cloud.url);
  for (let tries = 0; tries < 20; tries++) {
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    socket.write(`CONNECT metadata.google.internal:80 HTTP/1.1\r\n${host}\r\n\r\n`, () =>
      socket.resetAndDestroy(),
    );
  }
  await setTimeout(200);
  expect((await fetch(`${cloud.url}/health`)).status).toBe(200);
});

describe('what is no HTTP request is answered with a problem, and the connection ends', () => {
  const get = (...headers: string[]) => `GET /health HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`;
  test.each<[string, string, string]>([
    ['a method that nobody knows', `FOO /health HTTP/1.1\r\n${host}\r\n\r\n`, 'invalid_request'],
    ['a method in lower case', `get /health HTTP/1.1\r\n${host}\r\n\r\n`, 'invalid_request'],
    ['no words at all', '\x00\x01\x02\x03', 'invalid_request'],
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'invalid_request'],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'invalid_request'],
    ['lines that end in LF alone', `GET /health HTTP/1.1\n${host}\n\n`, 'invalid_request'],
    ['a folded header', get(host, 'x-a: 1', ' 2'), 'invalid_request'],
    ['a space before a colon', get('host : a'), 'invalid_request'],
    ['a NUL in a header', get('host: a\x00b'), 'invalid_request'],
    ['no Host', get('x-a: 1'), 'invalid_request'],
    ['two Hosts', get(host, 'host: evil.example.com'), 'invalid_request'],
    ['a header past 16 KiB', get(host, `x-a: ${'a'.repeat(300_000)}`), 'invalid_request'],
    ['4,000 headers', get(host, ...Array(4_000).fill('x-a:')), 'invalid_request'],
    ['a path past 16 KiB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n\r\n`, 'invalid_request'],
    ['CONNECT', `CONNECT metadata.google.internal:80 HTTP/1.1\r\n${host}\r\n\r\n`, 'not_found'],
  ])('%s', async (_what, bytes, code) => {
    const answers = await sendBytes(cloud.url, bytes);
    expect(answers).toHaveLength(1);
    expectProblem(answers.map(seen)[0], code);
    expect(answers[0]?.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store' });
  });
});

describe('where a request ends is never in doubt', () => {
  const smuggled = `GET /openapi.json HTTP/1.1\r\n${host}\r\n\r\n`;
  const post = (headers: string[], body: string) =>
    `POST /v1/tokens HTTP/1.1\r\n${[host, ...headers].join('\r\n')}\r\n\r\n${body}`;
  const length = (count: number | string) => `content-length: ${count}`;
  const encoding = (value: string) => `transfer-encoding: ${value}`;

  test.each<[string, string]>([
    ['CL and TE', post([length(5), encoding('chunked')], `0\r\n\r\n${smuggled}`)],
    ['TE and CL', post([encoding('chunked'), length(5)], `0\r\n\r\n${smuggled}`)],
    ['two lengths', post([length(5), length(0)], `12345${smuggled}`)],
    ['two equal lengths', post([length(5), length(5)], `12345${smuggled}`)],
    ['a list of lengths', post([length('5, 5')], `12345${smuggled}`)],
    ['a signed length', post([length('+5')], `12345${smuggled}`)],
    ['a length in hexadecimal', post([length('0x5')], `12345${smuggled}`)],
    ['a length past any number', post([length('9'.repeat(40))], smuggled)],
    ['another encoding', post([encoding('gzip')], smuggled)],
    ['chunked, and then another', post([encoding('chunked, identity')], `0\r\n\r\n${smuggled}`)],
    ['chunked under a vertical tab', post([encoding('\x0bchunked')], `0\r\n\r\n${smuggled}`)],
    ['a chunk size that is none', post([encoding('chunked')], `zz\r\n\r\n${smuggled}`)],
    ['a chunk size past any number', post([encoding('chunked')], `${'f'.repeat(20)}\r\n${smuggled}`)],
    ['chunk extensions past 16 KiB', post([encoding('chunked')], `1;${'a'.repeat(40_000)}\r\n`)],
  ])('%s: at most the one request is answered', async (_what, bytes) => {
    const answers = await sendBytes(cloud.url, bytes);
    expect(answers.map(seen).map(findFault)).toEqual([undefined]);
    expect([400, 401, 413]).toContain(answers[0]?.status);
    expect(answers[0]?.body).not.toContain('openapi');
  });

  test('pipelined requests are answered each with its own token, in order', async () => {
    const audiences = Array.from({ length: 20 }, (_each, index) => `https://p${index}.example.com`);
    const answers = await sendBytes(cloud.url, audiences.map((aud) => ask(aud)).join(''), { count: 20 });
    expect(answers.map(audOf)).toEqual(audiences);
  });

  test('bytes behind a request that is still being signed are not taken for its answer', async () => {
    const answers = await sendBytes(cloud.url, `${ask('https://before.example.com')}GARBAGE\r\n\r\n`);
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(audOf(answers[0] as RawAnswer)).toBe('https://before.example.com');
    expectProblem(answers.map(seen)[1], 'invalid_request');
  });

  test('a body that breaks its chunks off is refused as the request that it is of', async () => {
    const headers = [authorization, 'content-type: application/json', encoding('chunked')];
    const answers = await sendBytes(cloud.url, post(headers, '5\r\n{"cla\r\nnonsense'));
    expect(answers).toHaveLength(1);
    expectProblem(answers.map(seen)[0], 'invalid_request');
  });

  test('a body that grows past 64 KiB chunk by chunk is refused, and the connection ends', async () => {
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
    const headers = [authorization, 'content-type: application/json', encoding('chunked')];
    async function* endless() {
      yield post(headers, '');
      for (let count = 0; count < 400; count += 1) {
        yield chunk;
        await setTimeout(1);
      }
    }
    const answers = await sendBytes(cloud.url, endless());
    expectProblem(answers.map(seen)[0], 'body_too_large');
    expect(answers).toHaveLength(1);
  });

  test.each(['x-a: 1', 'expect: 100-continue', 'expect: 200-maybe', 'te: x'])(
    'a token is given, and the connection kept, with the header %j',
    async (header) => {
      const aud = 'https://kept.example.com';
      const answers = await sendBytes(cloud.url, ask(aud, header) + ask(aud), { count: 2 });
      expect(answers.map(audOf)).toEqual([aud, aud]);
    },
  );

  test.each(['h2c', 'websocket'])(
    'an upgrade to %s is not made, and the connection ends',
    async (protocol) => {
      const aud = 'https://upgrade.example.com';
      const answers = await sendBytes(
        cloud.url,
        ask(aud, 'connection: upgrade', `upgrade: ${protocol}`) + smuggled,
      );
      expect(answers.map(audOf)).toEqual([aud]);
      expect(answers[0]?.headers.connection).toBe('close');
    },
  );
});

test('500 connections that are broken off in mid-request hold nothing up', async () => {
  const cut = ask('https://cut.example.com');
  const { hostname, port } = new URL(cloud.url);
  await Promise.all(
    Array.from({ length: 500 }, async (_each, index) => {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write(cut.slice(0, (index * 7) % cut.length));
      await setTimeout(20);
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }),
  );
  const answers = await sendBytes(cloud.url, ask('https://after.example.com'), { count: 1 });
  expect(answers.map(audOf)).toEqual(['https://after.example.com']);
});
