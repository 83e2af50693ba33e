import type { IncomingMessage } from 'node:http';
import { Problem } from '../contract/problem.ts';
import type { Deadline } from '../issuance/ports.ts';
import { headerValues } from './headers.ts';

/**
 * The request's JSON text, of at most `maxBytes`.
 * @throws Problem `unsupported_media_type`, `body_too_large`, `invalid_request` or `deadline_exceeded`
 */
export async function readJsonText(
  request: IncomingMessage,
  { maxBytes, deadline }: { maxBytes: number; deadline: Deadline },
): Promise<string> {
  refuseOtherMedia(request);
  const body = await readBody(request, { maxBytes, deadline });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Problem('invalid_request', 'The body is not UTF-8. Send JSON in UTF-8 (RFC 8259 section 8.1).');
  }
}

/**
 * The request's body, of at most `maxBytes`; one that is announced as longer is not read.
 * @throws Problem `body_too_large`, `invalid_request` or `deadline_exceeded`
 */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, deadline }: { maxBytes: number; deadline: Deadline },
): Promise<Buffer> {
  const [length] = headerValues(request, 'content-length');
  if (Number(length) > maxBytes) throw tooLarge(maxBytes);
  return collect(request, maxBytes, deadline);
}

function refuseOtherMedia(request: IncomingMessage): void {
  // Of several, two readers might each take another: together they are none.
  const type = headerValues(request, 'content-type').join();
  if (!/^application\/json *(; *charset="?utf-8"? *)?$/i.test(type)) {
    throw new Problem(
      'unsupported_media_type',
      'The body is not announced as JSON. Send Content-Type: application/json.',
    );
  }
  const encoding = headerValues(request, 'content-encoding').join();
  if (encoding !== '' && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupported_media_type', 'The body has a Content-Encoding. Send it without.');
  }
}

function collect(request: IncomingMessage, maxBytes: number, deadline: Deadline): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const slow = () =>
      fail(new Problem('deadline_exceeded', 'The body did not arrive in time. Send it at once.'));
    const timer = setTimeout(slow, Math.max(0, deadline - performance.now()));
    const fail = (problem: Problem) => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      reject(problem);
    };
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) fail(tooLarge(maxBytes));
      else chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    request.on('error', () => fail(new Problem('invalid_request', 'The body broke off.')));
  });
}

function tooLarge(maxBytes: number): Problem {
  return new Problem('body_too_large', `The body is past ${maxBytes / 1024} KiB. Send less.`);
}
