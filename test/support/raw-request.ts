import { type Agent, type IncomingHttpHeaders, request } from 'node:http';
import { expect } from 'vitest';

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends the very bytes, over connections that `agent` keeps. */
export function send(origin: string, agent: Agent, { method, path, headers, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const options = { method, path, headers: { ...headers, 'content-length': body.length }, agent };
    const outgoing = request(origin, options, async (incoming) => {
      let text = '';
      for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Google's envelope, and nothing else in its place. */
export function expectEnvelope({ status, headers, text }: Received): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(headers['content-type']).toBe('application/json; charset=UTF-8');
  const { error } = JSON.parse(text);
  expect(error).toMatchObject({
    code: status,
    message: expect.any(String),
    status: expect.stringMatching(/^[A-Z_]+$/),
  });
}
