import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Identity, identities } from '../identity.ts';
import { invalidArgument } from './api-error.ts';
import { createListener, type ListenerOptions } from './listener.ts';
import { json } from './route.ts';

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
  const servers: Server[] = [];
  const stop = async () => void (await Promise.all(servers.map(close)));
  const ports: Partial<Record<Identity, number>> = {};
  try {
    for (const [index, identity] of identities.entries()) {
      const server = createServer(createListener({ ...traffic, identity }));
      server.on('clientError', (_, socket) => refuseGarbage(socket));
      servers.push(server);
      ports[identity] = await listen(server, port === 0 ? 0 : port + index, host);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports: ports as Record<Identity, number>, stop };
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

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
