import { sign } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createCloud } from '../../emulator/cloud/cloud.ts';
import { parseSeed } from '../../emulator/cloud/seed.ts';
import type { ServiceAccount } from '../../emulator/cloud/service-accounts.ts';
import { serveIdentities } from '../../emulator/http/serve-identities.ts';
import { iamCredentialsRoutes } from '../../emulator/iam-credentials/routes.ts';
import { Faults } from '../../emulator/traffic/faults.ts';
import { RequestLog } from '../../emulator/traffic/request-log.ts';
import type { ClientWork } from './emulator-sign-client.ts';
import { describe, median, type Row } from './row.ts';

const rounds = 7;
const roundMs = 500;
const domain = 'countersign-local.iam.gserviceaccount.com';

/**
 * Measures `signJwt` of the emulator over HTTP, with 16 connections from a thread of their own, against a loop of
 * `crypto.sign` with the same key in the same process.
 */
export async function rows(): Promise<Row[]> {
  const seed = parseSeed();
  const cloud = createCloud(seed);
  cloud.policies.load(seed.roles, seed.bindings);
  const routes = iamCredentialsRoutes(cloud);
  const traffic = { cloud, routes, controls: [], faults: new Faults(), log: new RequestLog() };
  const { ports, stop } = await serveIdentities({ port: 0, host: '127.0.0.1', traffic });

  const signer = cloud.serviceAccounts.find(`signer@${domain}`) as ServiceAccount;
  const { privateKey } = await cloud.keysOf(signer).signingKey(cloud.clock.now()).pair();
  const { token } = cloud.accessTokens.issue({
    email: `countersign@${domain}`,
    scopes: ['https://www.googleapis.com/auth/cloud-platform'],
    expiresAtMs: cloud.clock.nowMs() + 3_600_000,
  });
  const payload = JSON.stringify({
    iss: signer.email,
    sub: signer.email,
    aud: 'https://reports.example.com',
  });
  const workerData: ClientWork = {
    url: `http://127.0.0.1:${ports.countersign}/v1/projects/-/serviceAccounts/${signer.email}:signJwt`,
    authorization: `Bearer ${token}`,
    body: JSON.stringify({ payload }),
    connections: 16,
  };
  const worker = new Worker(new URL('./emulator-sign-client.ts', import.meta.url), { workerData });
  const signOverHttp = async () => {
    worker.postMessage(roundMs);
    const [count] = await once(worker, 'message');
    return (count * 1000) / roundMs;
  };
  const input = Buffer.from(payload);
  const signDirectly = () => countFor(roundMs, () => sign('sha256', input, privateKey));

  await signOverHttp();
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round += 1) pairs.push([signDirectly(), await signOverHttp()]);
  await worker.terminate();
  await stop();
  const direct = pairs.map(([rate]) => rate);
  const http = pairs.map(([, rate]) => rate);
  return [
    {
      row: "the emulator's signJwt over HTTP",
      peer: '`crypto.sign` with the same key',
      ratio: median(pairs.map(([ofSign, ofHttp]) => ofHttp / ofSign)),
      figures: `${describe('signJwt', http, '/s')}, ${describe('crypto.sign', direct, '/s')}`,
      goal: ['at least', 0.5],
    },
  ];
}

function countFor(milliseconds: number, run: () => unknown): number {
  const start = performance.now();
  let count = 0;
  for (; performance.now() - start < milliseconds; count += 1) run();
  return (count * 1000) / (performance.now() - start);
}
