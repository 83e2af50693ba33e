import { beforeAll, expect, test } from 'vitest';
import { type LocalFunction, startFunction } from '../../support/function.ts';

let local: LocalFunction;

beforeAll(async () => {
  local = await startFunction();
});

test("GET / is the doctor's page, for anybody, under a policy that lets nothing else in and nobody frame it", async () => {
  const answer = await local.call('/', { as: 'nobody' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
  const policy = answer.headers.get('content-security-policy') ?? '';
  const directives = policy.split('; ');
  expect(directives).toContain("default-src 'none'");
  expect(directives).toContain("connect-src 'self'");
  expect(directives).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:/);
  const html = await answer.text();
  expect(html).toContain('<title>');
  expect(html).toContain(`content="${policy.replace("; frame-ancestors 'none'", '')}"`);
});

test('HEAD / has the headers and no body', async () => {
  const answer = await local.call('/', { as: 'nobody', method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(100_000);
  expect(await answer.text()).toBe('');
});

test('POST / names the methods that it takes', async () => {
  const answer = await local.call('/', { as: 'nobody', body: {} });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, HEAD');
});
