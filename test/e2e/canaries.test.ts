import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { fetchCallerToken } from '../support/caller-token.ts';
import { root } from '../support/imports.ts';

let cloud: LocalCloud | undefined;

afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

/** What of these appears in the output: planted words, parts of the tokens that were sent, anything that looks like one. */
function findLeaks(output: string, canaries: readonly string[]): string[] {
  const parts = canaries.flatMap((canary) => [
    canary,
    ...canary.split('.').filter((part) => part.length > 20),
  ]);
  const lookalikes = output.match(/eyJ[\w-]{10,}\.[\w-]{10,}|ya29\.[\w-]{10,}|Bearer \S{10,}/g) ?? [];
  return [...parts.filter((part) => output.includes(part)), ...lookalikes];
}

/** Sends what goes well and what goes wrong, canaries everywhere; answers all that no log may hold. */
async function sendCanaries(local: LocalCloud): Promise<string[]> {
  const idToken = await fetchCallerToken(local);
  const canary = () => `canary-${randomUUID()}`;
  const [inBody, inHeader, inQuery, inClaim, inBearer] = [canary(), canary(), canary(), canary(), canary()];
  const tokens: string[] = [idToken];
  const send = async (path: string, body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${local.url}${path}`, {
      method: 'POST',
      body,
      headers: {
        authorization: `Bearer ${idToken}`,
        'content-type': 'application/json',
        'x-api-key': inHeader,
        cookie: `session=${inHeader}`,
        ...headers,
      },
    });
    const { token } = (await answer.json()) as { token?: string };
    if (token !== undefined) tokens.push(token);
    return answer.status;
  };
  const claims = (more: object = {}) =>
    JSON.stringify({ claims: { aud: 'https://canary.example.com', ...more } });
  const fault = (body: object) =>
    fetch(`${local.emulatorUrl}/emulator/v1/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const statuses = [
    await send('/v1/tokens', claims({ team: inClaim })),
    await send('/v1/tokens', `{"claims": "${inBody}`),
    await send('/v1/tokens', claims({ iat: inClaim })),
    await send('/v1/tokens', claims({ secret: inClaim })),
    await send(
      '/v1/tokens',
      JSON.stringify({ claims: { aud: `https://canary.example.com/?key=${inQuery}` } }),
    ),
    await send(`/v1/tokens?key=${inQuery}`, claims(), { authorization: `Bearer ${inBearer}` }),
    await send('/v1/tokens', claims(), { authorization: `Bearer ${idToken}x` }),
    await send('/v1/id-tokens', JSON.stringify({ aud: 'https://canary.example.com' })),
    await send('/v1/signatures', JSON.stringify({ bytes: Buffer.from(inBody).toString('base64') })),
    await send('/v1/tokens', 'x'.repeat(70_000)),
  ];
  await fault({ api: 'signJwt', status: 400, body: { error: { message: `${inClaim} ${idToken}` } } });
  statuses.push(await send('/v1/tokens', claims({ n: 1 })));
  await fault({ api: 'signJwt', status: 200, body: { keyId: 'k', signedJwt: idToken } });
  statuses.push(await send('/v1/tokens', claims({ n: 2 })));
  expect(statuses).toEqual([200, 400, 400, 403, 403, 401, 401, 200, 403, 413, 502, 502]);
  return [...tokens, inBody, inHeader, inQuery, inClaim, inBearer];
}

test('no token, header value or body reaches the output, whatever goes wrong', async () => {
  cloud = await startLocalCloud({ output: 'keep' });
  const canaries = await sendCanaries(cloud);
  await expect.poll(() => cloud?.function.output()).toContain('signer_response_invalid');
  expect(findLeaks(cloud.function.output(), canaries)).toEqual([]);
});

test('a leak that is planted is found', async () => {
  const functionEnv = { NODE_OPTIONS: `--import=${root}test/support/planted-leak.mjs` };
  cloud = await startLocalCloud({ output: 'keep', functionEnv });
  const canaries = await sendCanaries(cloud);
  await expect.poll(() => findLeaks(cloud?.function.output() ?? '', canaries)).not.toEqual([]);
});
