import { createServer } from 'node:http';
import { unsignedJws } from './unsigned-jws.ts';

/**
 * In IAM's place, with no key: answers `signJwt` after so many milliseconds with a JWS over what was sent, whose
 * signature nobody made. `node iam-stub.ts PORT MILLISECONDS`.
 */
const [port, milliseconds] = process.argv.slice(2).map(Number);

createServer((request, response) => {
  const receivedAt = performance.now();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { payload = '{}' } = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify(unsignedJws(payload));
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    if (milliseconds) at(receivedAt + milliseconds, answer);
    else answer();
  });
}).listen(port, '127.0.0.1');

/** To a fraction of a millisecond: a timer alone is late by most of one. */
function at(time: number, run: () => void): void {
  const left = time - performance.now();
  if (left <= 0) run();
  else if (left > 1.5) setTimeout(at, left - 1.5, time, run);
  else setImmediate(at, time, run);
}
