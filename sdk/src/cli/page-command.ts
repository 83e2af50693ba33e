import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { fetchGoogleKeys, isServiceAccount } from '../diagnose/keys/google-keys.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { loadPage } from './load-page.ts';
import { readEmulatorHost } from './read-options.ts';

const keysPath = /^\/v1\/keys\/([^/?]+)$/;

/** Serves the doctor's page on loopback until it is interrupted, and the public keys it asks for by a click. */
export const pageCommand: Command = async (args, surroundings) => {
  const { values } = parseArgs({ args, options: { port: { type: 'string', default: '0' } } });
  if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
    throw new UsageError('--port must be a number up to 65535');
  }
  const html = await loadPage();
  const emulatorHost = readEmulatorHost(surroundings.env, 'COUNTERSIGN_KEYS_EMULATOR_HOST');
  const server = createServer((request, response) => void answer(request, response, html, emulatorHost));
  await listen(server, Number(values.port));
  const { port } = server.address() as AddressInfo;
  surroundings.print(`http://127.0.0.1:${port}/\n`);
  await surroundings.interrupted();
  server.closeAllConnections();
  server.close();
  return exitCodes.done;
};

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new UsageError(`port ${port} can't be listened on`, { cause })));
    server.listen(port, '127.0.0.1', resolve);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  html: string,
  emulatorHost: string | undefined,
): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  // The page has its policy inside; this is what only a header can say.
  response.setHeader('content-security-policy', "frame-ancestors 'none'");
  // A foreign name that resolves to loopback must not make this server its own.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? ''))
    return void respond(response, 421);
  if (request.method !== 'GET') return void respond(response, 405);
  if (request.url === '/') return void respond(response, 200, 'text/html; charset=utf-8', html);
  // The one character of an account's e-mail that a browser may encode.
  const account = (keysPath.exec(request.url ?? '')?.[1] ?? '').replace('%40', '@');
  if (!isServiceAccount(account)) return void respond(response, 404);
  try {
    const jwks = await fetchGoogleKeys(account, { emulatorHost });
    respond(response, 200, 'application/json', JSON.stringify(jwks));
  } catch {
    respond(response, 502);
  }
}

function respond(response: ServerResponse, status: number, type = 'text/plain', body = ''): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
