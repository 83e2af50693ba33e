import type { Server as HttpServer } from 'node:http';
import type { Http2Server } from 'node:http2';
import { createServer, type Server, type Socket } from 'node:net';

/** How HTTP/2 without TLS begins (RFC 9113, section 3.4); no method of HTTP/1.1 begins so. */
const preface = 'PRI';

/** One port for HTTP/1.1 and HTTP/2 without TLS. `close` cuts every connection. */
export interface SharedPort {
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/**
 * A server that looks at the first bytes of a connection and hands it, with them, to the one of the two that speaks
 * it: Google's Pub/Sub clients know one address for both REST and gRPC.
 */
export function createSharedPort(http1: HttpServer, http2: Http2Server): SharedPort {
  const sockets = new Set<Socket>();
  // What node:http asks of the connections that it accepts itself.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    route(socket, http1, http2);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { server, close };
}

function route(socket: Socket, http1: HttpServer, http2: Http2Server): void {
  let head = Buffer.of();
  const leave = () => socket.destroy();
  const look = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const start = head.toString('latin1', 0, preface.length);
    if (start.length < preface.length && preface.startsWith(start)) return;
    socket.off('data', look).off('end', leave).pause();
    socket.unshift(head);
    const isHttp2 = start === preface;
    (isHttp2 ? http2 : http1).emit('connection', socket);
    // node:http2 reads what was put back by itself; node:http waits for the socket to flow.
    if (!isHttp2) socket.resume();
  };
  socket.on('data', look).on('end', leave);
}
