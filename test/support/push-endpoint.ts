import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedPush {
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it looks for in a body.
  readonly body: any;
}

/** A real server on loopback that Pub/Sub pushes to: notes each push and answers as told. */
export interface PushEndpoint extends AsyncDisposable {
  readonly url: string;
  readonly pushes: ReceivedPush[];
  /** Answers the push of this number, counted from 0; 204 unless told otherwise. */
  reply: (response: ServerResponse, index: number) => void;
}

export async function startPushEndpoint(): Promise<PushEndpoint> {
  const pushes: ReceivedPush[] = [];
  const server = createServer(async (incoming, response) => {
    const body = JSON.parse(await text(incoming));
    const index = pushes.push({ headers: incoming.headers, body }) - 1;
    endpoint.reply(response, index);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint: PushEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes,
    reply: (response) => response.writeHead(204).end(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return endpoint;
}
