import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Deadline } from '../issuance/ports.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  deadline: Deadline;
  /** The answer is refused past this many bytes. */
  maxBytes: number;
}

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Why there was no answer; `reason` is a word of ours or a system error code, and nothing of the request. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reason: string;

  constructor(reason: string) {
    super(`no answer: ${reason}`);
    this.reason = reason;
  }

  get isTimeout(): boolean {
    return this.reason === 'deadline';
  }

  /** An answer past its bound, which a second one would be too. */
  get isOversized(): boolean {
    return this.reason.startsWith('an answer past');
  }
}

interface Protocol {
  request: (
    url: URL,
    options: RequestOptions,
    onAnswer: (answer: IncomingMessage) => void,
  ) => import('node:http').ClientRequest;
  agent: Agent;
}

const protocols = new Map<string, Protocol>();

/**
 * One HTTP request over a kept-alive connection, its answer bounded in size and time. `node:http` costs a tenth of
 * what `fetch` does for each call, follows no redirect, and is loaded with the first request.
 * @throws HttpFailure where no whole answer came
 */
export async function requestHttp({
  method,
  url,
  headers,
  body,
  deadline,
  maxBytes,
}: HttpRequest): Promise<HttpAnswer> {
  const target = new URL(url);
  const { request, agent } = protocolOf(target.protocol);
  return new Promise((resolve, reject) => {
    const remaining = Math.max(0, deadline - performance.now());
    const timer = setTimeout(() => fail('deadline'), remaining);
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new HttpFailure(reason));
      call.destroy();
    };
    const call = request(target, { method, headers: { ...headers, ...lengthOf(body) }, agent }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) fail(`an answer past ${maxBytes} bytes`);
        else chunks.push(chunk);
      });
      answer.on('aborted', () => fail('a truncated answer'));
      answer.on('error', (error) => fail(codeOf(error)));
      answer.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
      });
    });
    call.on('error', (error) => fail(codeOf(error)));
    call.end(body);
  });
}

function lengthOf(body: string | undefined): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? 'a broken connection';
}

/**
 * Node's client for `http:` or `https:`. Not by `import`, which reads every export of `node:http` and with `WebSocket`
 * loads all of `fetch`: 20 ms and 3 MB of the first token.
 */
function protocolOf(name: string): Protocol {
  const known = protocols.get(name);
  if (known) return known;
  const { request, Agent } = process.getBuiltinModule(name === 'https:' ? 'node:https' : 'node:http');
  const protocol = { request, agent: new Agent({ keepAlive: true }) };
  protocols.set(name, protocol);
  return protocol;
}
