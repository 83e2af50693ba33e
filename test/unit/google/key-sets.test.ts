import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { RemoteKeySet } from '../../../functions/google/key-sets.ts';
import { googleJwkSet, googleKid } from '../../support/google-keys.ts';
import { startServer } from '../../support/http-server.ts';

const good = (response: ServerResponse) => void response.end(JSON.stringify(googleJwkSet));

/** A key host that gives these answers in turn, the last for ever. */
async function startKeys(...answers: ((response: ServerResponse) => unknown)[]) {
  const server = await startServer((_request, response) => {
    answers[Math.min(server.requests.length, answers.length) - 1]?.(response);
  });
  return { set: new RemoteKeySet(`${server.origin}/keys`), requests: server.requests };
}

const within = (milliseconds: number) => performance.now() + milliseconds;

test('a set of no keys at all is not kept: the next who asks has it fetched', async () => {
  const { set } = await startKeys(
    (response) => response.end(JSON.stringify({ keys: [17, null, { kid: 3, kty: {} }] })),
    good,
  );
  await expect(set.find(googleKid, within(2_000))).rejects.toThrow('no JWK Set');
  expect(await set.find(googleKid, within(2_000))).toMatchObject({ kid: googleKid });
});

test('what is no key among the keys is passed over', async () => {
  const keys = [null, { kid: 3 }, ...googleJwkSet.keys];
  const { set } = await startKeys((response) => response.end(JSON.stringify({ keys })));
  expect((await set.get(within(2_000))).keys).toEqual(googleJwkSet.keys);
});

test('one who has little time ends the fetch for nobody else', async () => {
  const { set, requests } = await startKeys((response) => setTimeout(200).then(() => good(response)));
  const hurried = set.find(googleKid, within(30));
  const patient = set.find(googleKid, within(5_000));
  await expect(hurried).rejects.toMatchObject({ isTimeout: true });
  expect(await patient).toMatchObject({ kid: googleKid });
  expect(requests).toHaveLength(1);
});

test('a fetch that hangs is not waited for by who comes a second later', async () => {
  const { set, requests } = await startKeys(() => undefined, good);
  await expect(set.find(googleKid, within(1_050))).rejects.toMatchObject({ isTimeout: true });
  expect(await set.find(googleKid, within(3_000))).toMatchObject({ kid: googleKid });
  expect(requests).toHaveLength(2);
});

test('keys past their refresh serve on while their host is down, and at 15 minutes no more', async () => {
  const { set } = await startKeys(
    (response) => response.setHeader('cache-control', 'public, max-age=60') && good(response),
    (response) => response.writeHead(503).end(),
  );
  const clock = performance.now.bind(performance);
  let ahead = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock() + ahead);
  await set.get(within(5_000));
  for (ahead of [61_000, 800_000]) expect((await set.get(within(5_000))).keys).toEqual(googleJwkSet.keys);
  ahead = 901_000;
  await expect(set.get(within(5_000))).rejects.toThrow('503');
  vi.restoreAllMocks();
});
