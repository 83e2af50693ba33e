import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root, run } from '../../support/packed-sdk.ts';

/** Opens every file handle that it may, asks for a token, closes them and asks again. */
const program = `
import { closeSync, openSync } from 'node:fs';
import { TokenClient } from '${join(root, 'sdk/src/index.ts')}';
import { tokenResponse } from '${join(root, 'test/support/token-server.ts')}';

const client = new TokenClient({
  url: 'http://localhost',
  callerToken: async () => 'caller-token',
  fetch: async (url, { body }) => Response.json(tokenResponse({ path: '/v1/tokens', body: JSON.parse(body) })),
});
const handles = [];
try {
  for (;;) handles.push(openSync('/dev/null', 'r'));
} catch {}
const outcomes = [await client.getToken('https://a.example.com').catch(({ code }) => code)];
for (const handle of handles) closeSync(handle);
outcomes.push(await client.getToken('https://a.example.com').then((token) => typeof token));
console.log(JSON.stringify(outcomes));
`;

it('keeps no failure of the first request, not even that its code could not be loaded', async () => {
  const limited = 'ulimit -n 64 && exec "$0" --input-type=module -e "$1"';
  const output = await run(root, 'sh', '-c', limited, process.execPath, program);
  expect(JSON.parse(output)).toEqual(['EMFILE', 'string']);
});
