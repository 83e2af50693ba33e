import { beforeAll, expect, test } from 'vitest';
import { type LocalFunction, startFunction } from '../../support/function.ts';
import { blocksOf, readPage } from '../../support/markdown.ts';

let local: LocalFunction;

beforeAll(async () => {
  local = await startFunction();
});

const section = (heading: string) =>
  readPage('README.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

test('the claim request that the README shows gets a token', async () => {
  const [request] = blocksOf('README.md').filter(({ heading }) => heading === 'Ask for a token');
  const answer = await local.call('/v1/tokens', { body: JSON.parse(request?.code ?? '') });
  expect(answer.status).toBe(200);
  const { claims, expiresInSeconds } = await answer.json();
  expect(claims).toMatchObject(JSON.parse(request?.code ?? '').claims);
  expect(expiresInSeconds).toBeGreaterThan(3590);
});

test('each path that the README names is one that the function serves', async () => {
  const routes = [...section('Ask for a token').matchAll(/`(GET|POST) (\/\S*?)`/g)];
  expect(routes.length).toBeGreaterThan(3);
  for (const [, method = '', path = ''] of routes) {
    const answer = await local.call(path, { method, ...(method === 'POST' && { body: {} }) });
    expect([path, answer.status]).not.toEqual([path, 404]);
    expect([path, answer.status]).not.toEqual([path, 405]);
  }
});
