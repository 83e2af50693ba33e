import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { createStreamListener } from '../grpc/stream-listener.ts';
import { type Identity, identities } from '../identity.ts';
import { invalidArgument } from './api-error.ts';
import { createListener, type ListenerOptions } from './listener.ts';
import { json } from './route.ts';
import { createSharedPort, type SharedPort } from './shared-port.ts';

interface ServeOptions {
  /** The first of the ports; 0 gives each identity a free one. */
  readonly port: number;
  readonly host: string;
  readonly traffic: Omit<ListenerOptions, 'identity'>;
}

interface Serving {
  readonly ports: Readonly<Record<Identity, number>>;
  readonly stop: () => Promise<void>;
}

/** Serves every identity on a port of its own. Rejects, with nothing left open, when one of them is taken. */
export async function serveIdentities({ port, host, traffic }: ServeOptions): Promise<Serving> {
  const shared: SharedPort[] = [];
  const stop = async () => void (await Promise.all(shared.map(({ close }) => close())));
  const ports: Partial<Record<Identity, number>> = {};
  try {
    for (const [index, identity] of identities.entries()) {
      const sharedPort = createServers({ ...traffic, identity });
      shared.push(sharedPort);
      ports[identity] = await listen(sharedPort.server, port === 0 ? 0 : port + index, host);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports: ports as Record<Identity, number>, stop };
}

function createServers(options: ListenerOptions): SharedPort {
  const http1 = createServer(createListener(options));
  http1.on('clientError', (_, socket) => refuseGarbage(socket));
  const http2 = createHttp2Server();
  http2.on('stream', createStreamListener(options));
  return createSharedPort(http1, http2);
}

/** What does not even parse as HTTP gets the envelope too, as far as the client still listens. */
function refuseGarbage(socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const { headers, body } = json(invalidArgument().body);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}
