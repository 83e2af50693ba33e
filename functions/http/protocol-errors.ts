import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Problem } from '../contract/problem.ts';
import { problemAnswer, toMessage } from './respond.ts';

/** How long a refused connection may go on sending: one that is closed on unread bytes may lose its answer. */
const lingerMilliseconds = 1_000;

/**
 * Answers what Node answers with a bare status line, or not at all: what is no HTTP request, one that does not
 * arrive in time, and CONNECT. The connection ends with the answer.
 */
export function answerProtocolErrors(server: Server): void {
  const exchanges = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  server.prependListener('request', (request, response) =>
    exchanges.set(request.socket, { request, response }),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET') return void socket.destroy();
    const refuse = () => endWith(socket, toProblem(error));
    const { request, response } = exchanges.get(socket) ?? {};
    if (response === undefined || response.writableFinished) return refuse();
    // A fault in the body of the request is its answer; one behind the request must not be taken for its answer.
    if (request?.complete) return void response.once('close', refuse);
    return response.headersSent ? void socket.destroy() : refuse();
  });
  server.on('connect', (_request, socket) => {
    // Node takes its own listener away with this event, and one that nobody hears ends the process.
    socket.on('error', () => socket.destroy());
    endWith(socket, new Problem('not_found', 'This is no proxy; the routes are in /openapi.json.'));
  });
}

function toProblem({ code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('invalid_request', 'The headers are past 16 KiB. Send less.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new Problem('body_too_large', 'The chunk extensions are past 16 KiB. Send none.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('deadline_exceeded', 'The request did not arrive in time. Send it at once.');
    default:
      return new Problem('invalid_request', 'This is no HTTP request. Send one as RFC 9112 has it.');
  }
}

function endWith(socket: Duplex, problem: Problem): void {
  if (!socket.writable) return;
  const { status, headers, text } = toMessage(problemAnswer(problem, undefined, randomUUID()));
  const lines = Object.entries({ ...headers, date: new Date().toUTCString(), connection: 'close' });
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines.map((line) => line.join(': '))];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  setTimeout(() => socket.destroy(), lingerMilliseconds).unref();
}
