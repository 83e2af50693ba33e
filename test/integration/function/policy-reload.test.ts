import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FilePolicySource } from '../../../functions/issuance/policy-source.ts';
import { startFunction } from '../../support/function.ts';

const policyOf = (id: string) =>
  JSON.stringify({
    bindings: [
      {
        id,
        members: ['serviceAccount:caller@countersign-local.iam.gserviceaccount.com'],
        audiences: ['https://*.example.com'],
        serviceAccounts: ['signer@countersign-local.iam.gserviceaccount.com'],
      },
    ],
  });

test('a policy that is replaced under load drops no request, a broken one in between included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const path = join(folder, 'policy.json');
  // As a mounted secret changes: all at once, by another file taking the place.
  const replace = async (text: string) => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  await replace(policyOf('start'));
  const reports: string[] = [];
  const policySource = new FilePolicySource({
    path,
    maxStaleSeconds: 3600,
    runtimeAccount: async () => 'countersign@countersign-local.iam.gserviceaccount.com',
    report: ({ mistakes }) => void reports.push(mistakes === undefined ? 'loaded' : 'broken'),
    // Fifty times as fast as the clock, so that the file is looked at ten times a second.
    now: () => Math.floor(Date.now() / 20),
  });
  const local = await startFunction({
    change: (services) => ({ ...services, issuance: { ...services.issuance, policySource } }),
  });
  const headers = { authorization: `Bearer ${await local.idToken()}` };
  const seen = new Set<string>();
  let statuses = new Map<number, number>();
  let isDone = false;
  const askOn = async () => {
    while (!isDone) {
      const body = { claims: { aud: 'https://load.example.com' } };
      const answer = await local.call('/v1/tokens?validateOnly=true', { as: 'nobody', headers, body });
      statuses = statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      seen.add((await answer.json()).binding);
    }
  };
  const askers = Array.from({ length: 8 }, askOn);
  for (const text of [policyOf('second'), '{"bindings": [', policyOf('third'), '', policyOf('fourth')]) {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await replace(text);
  }
  await expect.poll(() => seen.has('fourth'), { timeout: 5_000 }).toBe(true);
  isDone = true;
  await Promise.all(askers);
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect([...seen]).toEqual(['start', 'second', 'third', 'fourth']);
  expect(reports).toContain('broken');
}, 30_000);
