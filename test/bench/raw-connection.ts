import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * One kept-alive HTTP/1.1 connection with nothing around it, one request at a time, answers with a Content-Length: the
 * least that a call can cost, and so the limit for clients and the load for servers. State: the answer so far.
 */
export class RawConnection {
  readonly #socket: Socket;
  #received = '';
  /** Where the answer ends, once its head is here. */
  #end = Number.POSITIVE_INFINITY;
  #bodyAt = 0;
  #answered: ((body: string) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (text: unknown) => this.#receive(text as string));
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('The connection was closed.')));
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Sends a whole request and resolves with the body of its 200, in Latin-1. */
  call(request: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(request, 'latin1');
    });
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    if (this.#end === Number.POSITIVE_INFINITY) this.#readHead();
    if (this.#received.length < this.#end) return;
    const body = this.#received.slice(this.#bodyAt);
    this.#received = '';
    this.#end = Number.POSITIVE_INFINITY;
    this.#answered?.(body);
  }

  #readHead(): void {
    const headEnds = this.#received.indexOf('\r\n\r\n');
    if (headEnds === -1) return;
    const head = this.#received.slice(0, headEnds);
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (!head.startsWith('HTTP/1.1 200') || length === undefined) {
      this.#failed?.(
        new Error(`Answered with: ${head.split('\r\n', 1)[0]} ${this.#received.slice(headEnds, 400)}`),
      );
      return;
    }
    this.#bodyAt = headEnds + 4;
    this.#end = this.#bodyAt + Number(length);
  }
}

/** A POST of JSON as the bytes on the wire. */
export function rawPost(path: string, headers: Record<string, string>, body: string): string {
  const lines = Object.entries({
    host: '127.0.0.1',
    'content-type': 'application/json',
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
