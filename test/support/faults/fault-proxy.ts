import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Fault } from './matrix.ts';

/** A word that stands in every header and body which a fault makes up, so that its way out would be seen. */
export const canary = 'ya29.canary-of-a-dependency';

export interface FaultProxy {
  readonly origin: string;
  readonly host: string;
  /** The headers of each request that met a fault, in their order. */
  readonly met: IncomingMessage['headers'][];
  /** From now on the requests of these paths meet the fault; the others go on to the true server. */
  meet(fault: Fault, path: RegExp, wrongType: unknown): Promise<void>;
  /** The fault is over. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A real server before `target`, that lets each request through until it is told what is to go wrong. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const met: IncomingMessage['headers'][] = [];
  let current: { fault: Fault; path: RegExp; wrongType: unknown } | undefined;
  let holder: Socket | undefined;

  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => outgoing.destroy());
    void (async () => {
      const body = await buffer(incoming);
      if (current === undefined || !current.path.test(incoming.url ?? '')) {
        return forward(await ask(incoming, body), outgoing);
      }
      const { fault, wrongType } = current;
      met.push(incoming.headers);
      await misbehave(fault, { incoming, outgoing, wrongType, truly: () => ask(incoming, body) });
    })().catch(() => outgoing.destroy());
  });

  const ask = async ({ method, url, headers }: IncomingMessage, body: Buffer): Promise<TrueAnswer> => {
    const { host: _host, connection: _connection, ...rest } = headers;
    const asked = request(`${target}${url}`, { method, headers: rest, agent }).end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
  };

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    met,
    async meet(fault, path, wrongType) {
      current = { fault, path, wrongType };
      met.length = 0;
      if (fault !== 'refused') return;
      await stop();
      // A socket that does not listen holds the port, lest another server be given it.
      holder = connect({ port: Number(new URL(target).port), host: '127.0.0.1', localPort: port });
      await once(holder, 'connect');
    },
    async mend() {
      current = undefined;
      if (holder === undefined) return;
      const released = once(holder, 'close');
      holder.resetAndDestroy();
      await released;
      holder = undefined;
      await listen(port);
    },
    async close() {
      holder?.destroy();
      agent.destroy();
      if (server.listening) await stop();
    },
  };
}

interface TrueAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

function forward({ status, headers, body }: TrueAnswer, outgoing: ServerResponse): void {
  const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': body.length }).end(body);
}

interface Meeting {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  wrongType: unknown;
  /** The answer that would have been given. */
  truly: () => Promise<TrueAnswer>;
}

/** The metadata server's mark, without which its clients believe nothing, and the canary. */
const madeUpHeaders = { 'metadata-flavor': 'Google', 'x-goog-canary': canary };

async function misbehave(fault: Fault, { incoming, outgoing, wrongType, truly }: Meeting): Promise<void> {
  switch (fault) {
    case 'refused':
      throw new Error('nobody listens');
    case 'reset':
      return void incoming.socket.resetAndDestroy();
    case 'black hole':
      return;
    case 'slow body':
      return drip(await truly(), outgoing);
    case 'truncated':
      return breakOff(await truly(), outgoing);
    case 'garbage':
      return void outgoing.writeHead(200, madeUpHeaders).end(`\0\x01<html>${canary}`);
    case 'wrong type':
      return void outgoing
        .writeHead(200, { ...madeUpHeaders, 'content-type': 'application/json' })
        .end(JSON.stringify(wrongType));
    case 'huge':
      return flood(outgoing);
    default:
      return refuse(fault, outgoing);
  }
}

/** Google's envelope of an error, with a sentence that no caller should read. */
function refuse(fault: string, outgoing: ServerResponse): void {
  const code = Number(/\d{3}/.exec(fault)?.[0]);
  const status = rpcStatus[code];
  const retryAfter = fault.endsWith('7 s') ? { 'retry-after': '7' } : {};
  const message = `Request had authorization: Bearer ${canary}`;
  outgoing
    .writeHead(code, { ...madeUpHeaders, ...retryAfter, 'content-type': 'application/json; charset=UTF-8' })
    .end(JSON.stringify({ error: { code, message, status } }));
}

const rpcStatus: Record<number, string> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

function drip({ status, headers, body }: TrueAnswer, outgoing: ServerResponse): void {
  const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': body.length + 1_000 });
  let sent = 0;
  const timer = setInterval(() => {
    outgoing.write(body.subarray(sent, sent + 1).toString() || ' ');
    sent += 1;
  }, 100);
  outgoing.on('close', () => clearInterval(timer));
}

function breakOff({ status, headers, body }: TrueAnswer, outgoing: ServerResponse): void {
  const { 'transfer-encoding': _chunked, connection: _connection, ...rest } = headers;
  outgoing.writeHead(status, { ...rest, 'content-length': Math.max(2, body.length) });
  outgoing.write(body.subarray(0, body.length / 2), () => outgoing.socket?.end());
}

/** JSON without an end, some megabytes a second: what reads without a bound keeps all of it. */
function flood(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { ...madeUpHeaders, 'content-type': 'application/json' });
  const chunk = `"${'x'.repeat(64 * 1024)}",`;
  outgoing.write('[');
  // Past the bound of what has one at once.
  for (let sent = 0; sent < 32; sent += 1) outgoing.write(chunk);
  const timer = setInterval(() => outgoing.write(chunk), 10);
  outgoing.on('close', () => clearInterval(timer));
}
