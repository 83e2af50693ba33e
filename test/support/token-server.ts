import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: what a client sent; each test knows what it looks for.
  readonly body: any;
}

export type Reply = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** A real HTTP server on loopback in Countersign's place: notes each request, answers as told. */
export interface TokenServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Answers from now on; by default with a token for what was asked. */
  reply: Reply;
}

export async function startTokenServer(reply: Reply = replyWithToken()): Promise<TokenServer> {
  const requests: SeenRequest[] = [];
  const server: Server = createServer(async (incoming, response) => {
    const body = await text(incoming).catch(() => '');
    const request = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: body ? JSON.parse(body) : undefined,
    };
    requests.push(request);
    await started.reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const started: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    reply,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return started;
}

const dateNow = Date.now.bind(Date);

/** The servers' own clock, whatever a test does to the client's. */
export function serverTimeSeconds(): number {
  return Math.floor(dateNow() / 1000);
}

let serial = 0;

/** A JWT in form, not signed by anybody: the client decodes and does not verify. */
export function makeToken(claims: object, kid = 'key-1'): string {
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${segment({ alg: 'RS256', kid, typ: 'JWT' })}.${segment(claims)}.${segment({ serial: serial++ })}`;
}

export interface Issue {
  lifetimeSeconds?: number;
  expiresInSeconds?: number;
  reused?: boolean;
  kid?: string;
  claims?: object;
}

/** The body that Countersign would answer this request with, each time with a new token. */
export function tokenResponse({ body, path }: Pick<SeenRequest, 'body' | 'path'>, issue: Issue = {}) {
  const {
    lifetimeSeconds = body.ttlSeconds ?? 3600,
    expiresInSeconds = lifetimeSeconds,
    kid = 'key-1',
  } = issue;
  const asked = path === '/v1/tokens' ? body.claims : { aud: body.aud };
  const exp = serverTimeSeconds() + expiresInSeconds;
  const iss = 'signer@acme.iam.gserviceaccount.com';
  const claims = { iss, sub: iss, iat: exp - lifetimeSeconds, exp, ...asked, ...issue.claims };
  return { token: makeToken(claims, kid), kid, claims, expiresInSeconds, reused: issue.reused ?? false };
}

export function replyWithToken(issue: Issue = {}): Reply {
  return (request, response) => sendJson(response, 200, tokenResponse(request, issue));
}

/** In the metadata server's place: an ID token for the audience that was asked, with these claims. */
export function replyWithIdentity(claims: object = {}): Reply {
  return ({ path }, response) => {
    const aud = new URL(path, 'http://metadata').searchParams.get('audience');
    const iat = serverTimeSeconds();
    const token = makeToken({ iss: 'https://accounts.google.com', aud, iat, exp: iat + 3600, ...claims });
    response.writeHead(200, { 'metadata-flavor': 'Google' }).end(`${token}\n`);
  };
}

export function replyWithProblem(
  status: number,
  code: string,
  extra: { headers?: Record<string, string>; [name: string]: unknown } = {},
): Reply {
  const { headers = {}, ...members } = extra;
  return (_, response) => {
    const problem = {
      type: `urn:countersign:problem:${code}`,
      title: code,
      status,
      detail: `detail of ${code}`,
      code,
      instance: 'urn:uuid:00000000-0000-4000-8000-000000000000',
      ...members,
    };
    sendJson(response, status, problem, { 'content-type': 'application/problem+json', ...headers });
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
