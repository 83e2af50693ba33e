import { expect, test } from 'vitest';
import { TokenClient } from '../../sdk/src/index.ts';
import { startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';

test('SIGTERM lets the request in flight finish, and the process ends by itself', async () => {
  const cloud = await startLocalCloud({ output: 'keep' });
  try {
    Object.assign(process.env, cloud.envOf('caller'));
    const client = new TokenClient({ url: cloud.url });
    await client.getToken('https://first.example.com');
    await fetch(`${cloud.emulatorUrl}/emulator/v1/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api: 'signJwt', latencyMs: 1_500 }),
    });
    const inFlight = client.getToken('https://in-flight.example.com');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const startedAt = performance.now();
    await cloud.function.stop();
    // Had it waited for idle connections or been killed, it would have taken far longer than the request.
    expect(performance.now() - startedAt).toBeLessThan(4_500);
    expect(await inFlight).toMatch(/^eyJ/);
    await expect(fetch(`${cloud.url}/health`)).rejects.toThrow();
  } finally {
    await cloud.stop();
  }
}, 30_000);
