import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Deadline } from '../issuance/ports.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: string;
  /** Name and value in turns, which Node writes out as they are: that saves a tenth of a call. */
  headers?: readonly string[];
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

/** A host that is asked again and again: how to reach it is worked out once. */
interface Host {
  request: (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest;
  hostname: string;
  port: string;
  agent: Agent;
  /** As the `Host` header has it. */
  name: string;
}

const hosts = new Map<string, Host>();

/**
 * One HTTP request over a kept-alive connection, its answer bounded in size and time. `node:http` costs a tenth of
 * what `fetch` does for each call, follows no redirect, and is loaded with the first request.
 * @throws HttpFailure where no whole answer came
 */
export function requestHttp({
  method,
  url,
  headers = [],
  body,
  deadline,
  maxBytes,
}: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const pathAt = url.indexOf('/', url.indexOf('//') + 2);
    const { request, hostname, port, agent, name } = hostOf(url.slice(0, pathAt));
    const sent = ['Host', name, ...headers];
    if (body !== undefined) {
      sent.push('content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)));
    }
    const fail = (reason: string) => {
      clearTimeout(timer);
      reject(new HttpFailure(reason));
      call.destroy();
    };
    const failWith = (error: Error) => fail(codeOf(error));
    const path = url.slice(pathAt);
    const call = request({ hostname, port, agent, method, path, headers: sent }, (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) fail(`an answer past ${maxBytes} bytes`);
        else chunks.push(chunk);
      });
      answer.on('error', failWith);
      answer.on('end', () => {
        clearTimeout(timer);
        // The most of answers are one chunk, which need not be copied.
        const whole = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: String(whole) });
      });
    });
    // Once there is a call to end: one that Node refuses to make rejects by itself.
    const timer = setTimeout(() => fail('deadline'), Math.max(0, deadline - performance.now()));
    call.on('error', failWith);
    call.end(body);
  });
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? 'a broken connection';
}

/**
 * Node's client for `http:` or `https:`, loaded at once and not before the first request to such a host: of `node:https`
 * that is 13 ms, which the local cloud never needs.
 */
function hostOf(origin: string): Host {
  const known = hosts.get(origin);
  if (known) return known;
  const { protocol, hostname, port, host: name } = new URL(origin);
  const { request, Agent } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
  // A name in brackets is an IPv6 address.
  const address = hostname.replace(/^\[|\]$/g, '');
  const agent = new Agent({ keepAlive: true });
  // It has this host alone, and need not work out for each call which.
  agent.getName = () => origin;
  const host: Host = { request, hostname: address, port, agent, name };
  hosts.set(origin, host);
  return host;
}
