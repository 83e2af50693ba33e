import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  url: string;
  close: () => Promise<void>;
}

/**
 * A load balancer at its plainest: each connection goes to the next of the ports that takes one, and knows nothing of
 * what the process behind it is about to do.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    turn += 1;
    open.add(client);
    client.on('close', () => open.delete(client));
    client.on('error', () => undefined);
    join(client, [...ports.slice(turn % ports.length), ...ports.slice(0, turn % ports.length)]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Joins the client with the first port that takes the connection; resets it where none does. */
function join(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined) return void client.resetAndDestroy();
  const backend = connect(port, '127.0.0.1');
  const refused = () => join(client, others);
  backend.once('error', refused);
  backend.once('connect', () => {
    backend.removeListener('error', refused);
    backend.on('error', () => client.resetAndDestroy());
    backend.on('close', () => client.destroySoon());
    client.on('close', () => backend.destroy());
    client.pipe(backend).pipe(client);
  });
}
