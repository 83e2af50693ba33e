import { createServer } from 'node:http';

/**
 * In IAM's place, with no key: answers `signJwt` after so many milliseconds with a JWS over what was sent, whose
 * signature nobody made. `node iam-stub.ts PORT MILLISECONDS`.
 */
const [port, milliseconds] = process.argv.slice(2).map(Number);
const keyId = '0123456789abcdef0123456789abcdef01234567';
const encode = (value: string) => Buffer.from(value).toString('base64url');
const header = encode(JSON.stringify({ alg: 'RS256', kid: keyId, typ: 'JWT' }));
const signature = Buffer.alloc(256, 7).toString('base64url');

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { payload = '{}' } = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify({ keyId, signedJwt: `${header}.${encode(payload)}.${signature}` });
    const answer = () =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
        .end(body);
    if (milliseconds) setTimeout(answer, milliseconds);
    else answer();
  });
}).listen(port, '127.0.0.1');
