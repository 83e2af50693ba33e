import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { standInFront } from '../../../functions/http/front.ts';
import { readBody } from '../../../functions/http/read-body.ts';
import { problemAnswer, respond, toProblem } from '../../../functions/http/respond.ts';
import { expectProblem } from '../../support/problem-table.ts';
import { type RawAnswer, sendBytes } from '../../support/raw-connection.ts';

let server: Server;
let url = '';
let bodyMilliseconds = 200;

/** A server as the framework makes it, with a listener that reads a body for so long; its times are made short. */
beforeEach(async () => {
  bodyMilliseconds = 200;
  const listener: RequestListener = async (request, response) => {
    try {
      const body = await readBody(request, {
        maxBytes: 1024,
        deadline: performance.now() + bodyMilliseconds,
      });
      respond(response, { status: 200, body: { bytes: body.length } });
    } catch (error) {
      respond(response, problemAnswer(toProblem(error), request, '00000000-0000-4000-8000-000000000000'));
    }
  };
  server = createServer({ connectionsCheckingInterval: 20 });
  standInFront(server, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const seen = ({ status, headers, body }: RawAnswer) => ({ status, type: headers['content-type'], body });
const openConnections = () =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

/** One byte of the text after another, as slowly as that. */
async function* slowly(text: string, milliseconds: number) {
  for (const byte of text) {
    yield byte;
    await setTimeout(milliseconds);
  }
}

test('headers have ten seconds, and the whole request a minute', () => {
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 60_000 });
});

test('headers that trickle in are refused at their time, and 50 such connections end', async () => {
  server.headersTimeout = 200;
  const trickle = () =>
    sendBytes(url, slowly(`GET /health HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(200)}`, 10));
  const answers = await Promise.all(Array.from({ length: 50 }, trickle));
  for (const [answer, ...more] of answers) {
    expectProblem(answer && seen(answer), 'deadline_exceeded');
    expect(more).toEqual([]);
  }
  await expect.poll(openConnections).toBe(0);
});

test('a connection that says nothing ends too', async () => {
  server.headersTimeout = 200;
  const answers = await sendBytes(url, slowly('', 0));
  expectProblem(answers.map(seen)[0], 'deadline_exceeded');
});

test('a body that trickles in is refused at the deadline, and its connection ends', async () => {
  const head = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n';
  async function* request() {
    yield head;
    yield* slowly('a'.repeat(100), 10);
  }
  const answers = await sendBytes(url, request());
  expectProblem(answers.map(seen)[0], 'deadline_exceeded');
  expect(answers).toHaveLength(1);
  await expect.poll(openConnections).toBe(0);
});

test('a body that is whole in time is read, however small its pieces', async () => {
  bodyMilliseconds = 4_000;
  async function* request() {
    yield 'POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 20\r\n\r\n';
    yield* slowly('a'.repeat(20), 1);
  }
  expect((await sendBytes(url, request())).map(({ body }) => body)).toEqual(['{"bytes":20}']);
});

test('what breaks off behind an unanswered request is answered after it', async () => {
  const request = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nab';
  const answers = await sendBytes(url, `${request}NONSENSE\r\n\r\n`);
  expect(answers.map(({ status }) => status)).toEqual([200, 400]);
});
