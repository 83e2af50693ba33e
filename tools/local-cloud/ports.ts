import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port of this setting that can't be listened on. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';

  constructor(setting: string, port: number) {
    super(`Port ${port} is taken. Free it, or set ${setting} to another, such as ${setting}=${port + 100}.`);
  }
}

/** Makes sure that the ports can be listened on. @throws PortTaken for the first that can't */
export async function requireFree(ports: [setting: string, port: number][]): Promise<void> {
  for (const [setting, port] of ports) {
    if (!(await isFree(port))) throw new PortTaken(setting, port);
  }
}

/** `count` free ports one after another, the first of them; another process may still take one before its use. */
export async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = await freePort();
    const others = Array.from({ length: count - 1 }, (_each, index) => isFree(first + 1 + index));
    if ((await Promise.all(others)).every(Boolean)) return first;
  }
}

const maxTries = 5;

/**
 * Starts something on ports that were found free, on others again where another process took one in between.
 * @throws what `start` does where it is no such collision, or happens again and again
 */
export async function startOnFreePorts<Ports, Started>(
  find: () => Promise<Ports>,
  start: (ports: Ports) => Promise<Started>,
): Promise<Started> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(await find());
    } catch (error) {
      const isTaken = error instanceof PortTaken || /is taken|EADDRINUSE/.test(String(error));
      if (!isTaken || tries === maxTries) throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
