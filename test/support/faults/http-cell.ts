import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../../../emulator/emulator.ts';
import { compose } from '../../../functions/compose.ts';
import { readHttpConfig } from '../../../functions/config.ts';
import { createHandler } from '../../../functions/http/handle.ts';
import { callerToken, captureLog } from './cell-surroundings.ts';
import { type Observation, patienceMs } from './observe.ts';

export interface HttpFunction {
  /** Sends a request as `caller`, with so many milliseconds left for it where that is given. */
  ask(request: HttpAsk, leftMs?: number): Promise<Observation>;
  close(): Promise<void>;
}

export interface HttpAsk {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
}

/** The target `countersign` with nothing kept yet; one of its hosts may be another than the local cloud. */
export async function startHttpFunction(
  emulator: Emulator,
  policyPath: string,
  hosts: { iamCredentials?: string; keys?: string },
): Promise<HttpFunction> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = readHttpConfig({
    ...emulator.env('countersign'),
    GCE_METADATA_HOST: process.env.GCE_METADATA_HOST,
    COUNTERSIGN_LOCAL: 'true',
    COUNTERSIGN_URL: url,
    COUNTERSIGN_POLICY: policyPath,
    COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
  });
  const services = compose({ ...config, hosts: { ...config.hosts, ...hosts } });
  const logged = captureLog(services.log);
  const handler = createHandler(services);
  server.on('request', (request, response) => void handler(request, response));
  const authorization = `Bearer ${await callerToken(emulator, 'caller', url)}`;

  return {
    async ask({ method, path, body }, leftMs) {
      const startedAt = performance.now();
      const answer = await fetch(`${url}${path}`, {
        method,
        signal: AbortSignal.timeout(patienceMs),
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(leftMs !== undefined && { 'x-server-timeout': String(leftMs / 1000) }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      const milliseconds = performance.now() - startedAt;
      const headers = JSON.stringify([...answer.headers]);
      return { what: describe(answer, text), text: `${headers}\n${text}\n${logged()}`, milliseconds };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function describe({ status, headers }: Response, text: string): string {
  if (status === 200) return '200';
  const { code } = JSON.parse(text);
  const retryAfter = headers.get('retry-after');
  return `${status} ${code}${retryAfter === null ? '' : `, Retry-After ${retryAfter}`}`;
}
