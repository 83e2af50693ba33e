import { createServer } from 'node:http';
import { unsignedJws } from './unsigned-jws.ts';

/**
 * In IAM's place, with no key: answers `signJwt` after so many milliseconds with a JWS over what was sent, whose
 * signature nobody made. `node iam-stub.ts PORT MILLISECONDS`.
 */
const [port, milliseconds] = process.argv.slice(2).map(Number);

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { payload = '{}' } = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify(unsignedJws(payload));
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    if (milliseconds) setTimeout(answer, milliseconds);
    else answer();
  });
}).listen(port, '127.0.0.1');
