import { randomInt } from 'node:crypto';
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

/** Below those that systems give to outgoing connections, from 32768 on, of which any may take a port that is free now. */
const lowestPort = 10_000;
const highestPort = 32_000;

/** `count` free ports one after another, the first of them; another process may still take one before its use. */
export async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(lowestPort, highestPort);
    const ports = Array.from({ length: count }, (_each, index) => isFree(first + index));
    if ((await Promise.all(ports)).every(Boolean)) return first;
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
