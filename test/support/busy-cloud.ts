import { writeFileSync } from 'node:fs';
import { vi } from 'vitest';
import { TokenClient } from '../../sdk/src/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/local-cloud.ts';

/** The trace that the first request comes with, and the span of its caller. */
export const traceId = '0af7651916cd43dd8448eb211c80319c';
export const parentId = 'b7ad6b7169203331';

const project = 'projects/countersign-local';

/** A client whose requests carry this `traceparent`, as an instrumented `fetch` would put it there. */
function clientWith(cloud: LocalCloud, traceparent: string): TokenClient {
  const withTrace: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set('traceparent', traceparent);
    return fetch(url, { ...init, headers });
  };
  return new TokenClient({ url: cloud.url, fetch: withTrace });
}

async function control(cloud: LocalCloud, path: string, body: object): Promise<void> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  await fetch(`${cloud.emulatorUrl}/emulator/v1/${path}`, init);
}

async function publish(cloud: LocalCloud, message: object): Promise<void> {
  const metadata = `${cloud.emulatorUrl}/computeMetadata/v1/instance/service-accounts/default/token`;
  const token = await (await fetch(metadata, { headers: { 'metadata-flavor': 'Google' } })).json();
  const data = Buffer.from(JSON.stringify(message)).toString('base64');
  await fetch(`${cloud.emulatorUrl}/v1/${project}/topics/token-requests:publish`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token.access_token}` },
    body: JSON.stringify({ messages: [{ data }] }),
  });
}

/**
 * One of everything that there is to watch, at last a broken policy in the place of the file.
 * @returns what reached IAM for the very first token, whose caller sent a trace
 */
export async function keepBusy(cloud: LocalCloud, policy: string): Promise<{ traceparent: string | null }[]> {
  const client = clientWith(cloud, `00-${traceId}-${parentId}-01`);
  await client.getToken('https://traced.example.com');
  const { requests } = await (await fetch(`${cloud.emulatorUrl}/emulator/v1/requests?api=signJwt`)).json();
  await new TokenClient({ url: cloud.url }).getToken('https://traced.example.com');
  await client.getToken('https://denied.example.org').catch(() => {});
  await control(cloud, 'faults', { api: 'signJwt', count: 1, status: 503 });
  await client.getToken('https://retried.example.com');
  await control(cloud, 'faults', { api: 'signJwt', count: 1, status: 400 });
  await client.getToken('https://rejected.example.com').catch(() => {});
  await fetch(`${cloud.url}/v1/tokens`, { method: 'POST' });
  await fetch(`${cloud.url}/a-secret-that-was-pasted-here?key=canary`);
  await fetch(`${cloud.url}/.well-known/jwks.json`);
  await fetch(`${cloud.url}/health`);
  const items = [{ id: 'a', claims: { aud: 'https://batch.example.com' } }];
  await publish(cloud, { requests: items, deliverTo: { secret: `${project}/secrets/batch-one` } });
  await publish(cloud, { requests: items, deliverTo: { secret: `${project}/secrets/unlabelled` } });
  const until = (isWritten: () => Promise<boolean> | boolean) =>
    vi.waitUntil(isWritten, { timeout: 20_000, interval: 300 });
  await until(() => cloud.batchFunction.output().match(/"operation":"push"/g)?.length === 2);
  writeFileSync(policy, '{"bindings": "broken"}');
  await until(async () => {
    await fetch(`${cloud.url}/.well-known/jwks.json`);
    return cloud.function.output().includes('policy not loaded');
  });
  return requests;
}
