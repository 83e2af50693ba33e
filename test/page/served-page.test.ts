import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalFunction, startFunction } from '../support/function.ts';
import { type OpenBrowser, startBrowserAt } from './browser.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';
const aud = 'https://reports.example.com';

let local: LocalFunction;
let browser: OpenBrowser;

beforeAll(async () => {
  local = await startFunction();
  browser = await startBrowserAt(`${local.url}/`);
});
afterAll(() => browser.stop());

async function freshToken(): Promise<string> {
  const answer = await local.call('/v1/tokens', { body: { claims: { aud } } });
  return (await answer.json()).token;
}

test("diagnoses a token with the signer's keys, fetched by a click from the function that served the page", async () => {
  const { page, requests, problems } = await browser.open();
  await page.fill('#audience', aud);
  await page.fill('#token', await freshToken());
  const firstCode = page.locator('.finding h3 code').first();
  await expect.poll(() => firstCode.textContent()).toBe('jwks_unavailable');
  expect(requests).toEqual([]);
  await page.click('#fetch-keys');
  await expect.poll(() => page.locator('#verdict').textContent()).toMatch(/^Valid/);
  expect(requests).toEqual([`${local.url}/v1/keys/${encodeURIComponent(signer)}`]);
  expect(problems).toEqual([]);
  await page.fill('#audience', 'https://other.example.com');
  await expect.poll(() => firstCode.textContent()).toBe('audience_mismatch');
});

test('says that there are no keys where the function has none for the issuer', async () => {
  const { page } = await browser.open();
  const stranger = Buffer.from(JSON.stringify({ iss: signer.replace('signer', 'stranger') }));
  await page.fill('#token', `eyJhbGciOiJSUzI1NiJ9.${stranger.toString('base64url')}.AAAA`);
  await page.click('#fetch-keys');
  await expect.poll(() => page.locator('#keys-status').textContent()).toMatch(/\S/);
  expect(await page.inputValue('#keys')).toBe('');
});

test('nobody may frame it', async () => {
  const { page, problems } = await browser.open();
  // A page of the same origin is no exception; the policy of the framing page must not be what refuses.
  await page.route('**/framing', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<iframe src="/"></iframe>' }),
  );
  await page.goto(`${browser.url}framing`);
  await expect.poll(() => problems.join(' ')).toContain('frame-ancestors');
});
