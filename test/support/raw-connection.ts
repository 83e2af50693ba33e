import { connect } from 'node:net';
import nock from 'nock';

// nock reads what every socket sends as HTTP, and fails where it is none.
nock.restore();

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const quietMilliseconds = 10_000;

/**
 * Sends these bytes, written by hand, and reads until the server closes the connection, or until `count` answers are
 * there. More pieces are sent one after another; with `end` nothing more is said to come.
 */
export function sendBytes(
  url: string,
  bytes: string | Buffer | AsyncIterable<string | Buffer>,
  { count = Number.POSITIVE_INFINITY, end = false } = {},
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const answers = () => readAnswers(Buffer.concat(received).toString('latin1'));
    const socket = connect(Number(port), hostname, async () => {
      const pieces = typeof bytes === 'string' || Buffer.isBuffer(bytes) ? [bytes] : bytes;
      for await (const piece of pieces) {
        if (socket.destroyed) return;
        socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
      }
      if (end) socket.end();
    });
    socket.setTimeout(quietMilliseconds, () => {
      socket.destroy(new Error(`no end after ${answers().length} answers`));
    });
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (answers().length >= count) socket.destroy();
    });
    // A server that has answered may reset what is still on its way to it.
    socket.on('error', (error) => (answers().length > 0 ? resolve(answers()) : reject(error)));
    socket.on('close', () => resolve(answers()));
  });
}

/** The whole answers in what was received; interim ones (1xx) are passed over. */
function readAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return answers;
    const [line = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((each) => {
        const at = each.indexOf(':');
        return [each.slice(0, at).toLowerCase(), each.slice(at + 1).trim()];
      }),
    );
    const [, version, status] = /^HTTP\/(1\.[01]) (\d{3}) /.exec(line) ?? [];
    if (version === undefined) throw new Error(`no status line: ${JSON.stringify(line.slice(0, 80))}`);
    const length = Number(headers['content-length'] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return answers;
    rest = rest.slice(end + 4 + length);
    if (Number(status) >= 200) answers.push({ status: Number(status), headers, body });
  }
}
