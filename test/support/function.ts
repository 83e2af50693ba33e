import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Emulator, type Identity, startEmulator } from '../../emulator/emulator.ts';
import { compose } from '../../functions/compose.ts';
import { readHttpConfig } from '../../functions/config.ts';
import type { HttpServices } from '../../functions/http/exchange.ts';
import { createHandler } from '../../functions/http/handle.ts';

export interface LocalFunction {
  url: string;
  emulator: Emulator;
  services: HttpServices;
  /** An ID token of this account of the local cloud, for the function unless told otherwise. */
  idToken: (identity?: Identity, audience?: string) => Promise<string>;
  /** Sends a request as `caller`, its body as JSON where it is no string. */
  call: (path: string, options?: CallOptions) => Promise<Response>;
}

export interface CallOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  as?: Identity | 'nobody';
}

const localPolicy = new URL('../../tools/policies/local.json', import.meta.url).pathname;

/** The function's handler and the local cloud, in this process, until the test file ends. */
export async function startFunction({
  policy,
  change,
  iam = async (origin) => origin,
}: {
  policy?: string;
  change?: (services: HttpServices) => HttpServices;
  /** Where the function finds IAM, given where it is. */
  iam?: (origin: string) => Promise<string>;
} = {}): Promise<LocalFunction> {
  const emulator = await startEmulator();
  Object.assign(process.env, emulator.env('countersign'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const composed = compose(
    readHttpConfig({
      ...emulator.env('countersign'),
      IAM_CREDENTIALS_EMULATOR_HOST: new URL(await iam(emulator.origin)).host,
      COUNTERSIGN_LOCAL: 'true',
      COUNTERSIGN_URL: url,
      COUNTERSIGN_POLICY: policy === undefined ? localPolicy : writePolicy(policy),
    }),
  );
  for (const level of ['info', 'warn', 'error'] as const) composed.log[level] = () => {};
  const services = change?.(composed) ?? composed;
  const handler = createHandler(services);
  server.on('request', (request, response) => void handler(request, response));
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await emulator.stop();
  });

  const idToken = async (identity: Identity = 'caller', audience = url) => {
    const path = `/computeMetadata/v1/instance/service-accounts/default/identity?audience=${encodeURIComponent(audience)}&format=full`;
    const answer = await fetch(`http://127.0.0.1:${emulator.ports[identity]}${path}`, {
      headers: { 'Metadata-Flavor': 'Google' },
    });
    return answer.text();
  };

  const call = async (path: string, { method, body, headers = {}, as = 'caller' }: CallOptions = {}) => {
    const authorization = as === 'nobody' ? {} : { authorization: `Bearer ${await idToken(as)}` };
    return fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        ...authorization,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && {
        body: toBody(body),
      }),
    });
  };
  return { url, emulator, services, idToken, call };
}

function writePolicy(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
  writeFileSync(path, text);
  return path;
}

function toBody(body: unknown): BodyInit {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body);
}
