import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { causes, specimenWith } from '../support/corpus/causes.ts';
import { rsaJwks } from '../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken, type Specimen, signer } from '../support/corpus/specimen.ts';
import { startBrowser } from './browser.ts';

let browser: Awaited<ReturnType<typeof startBrowser>>;

beforeAll(async () => {
  browser = await startBrowser({ [`/v1/keys/${signer}`]: JSON.stringify(rsaJwks) });
});
afterAll(() => browser.stop());

const jwks = JSON.stringify(rsaJwks);

async function fillForm(page: Page, specimen: Specimen, keys = jwks): Promise<void> {
  const { issuer, audience, subject, algorithms } = specimen.expectations;
  await page.evaluate(() => document.querySelector('details')?.setAttribute('open', ''));
  await page.fill('#keys', keys);
  await page.fill('#issuer', String(issuer ?? ''));
  await page.fill('#audience', String(audience ?? ''));
  await page.fill('#subject', subject ?? '');
  await page.fill('#algorithms', String(algorithms ?? ''));
  await page.fill('#at', String(now));
  await page.fill('#token', renderToken(specimen));
}

const codes = (page: Page) => page.locator('.finding h3 code').allTextContents();
const verdict = (page: Page) => page.locator('#verdict').textContent();

test('says that a good token is valid, and shows what is in it', async () => {
  const { page, problems } = await browser.open();
  await fillForm(page, goodSpecimen());
  await expect.poll(() => verdict(page)).toBe('Valid: nothing is wrong with this token.');
  expect(await codes(page)).toEqual([]);
  expect(await page.locator('#decoded').textContent()).toContain(signer);
  expect(await page.locator('#timeline svg .life').count()).toBe(1);
  expect(await page.locator('#timeline').textContent()).toContain('2027-01-15 08:59:00Z');
  expect(await page.locator('#timeline').textContent()).toContain('in 59 minutes');
  expect(problems).toEqual([]);
});

describe.each(causes)('%s: %s', (text, name, code) => {
  test('is named as the root cause', async () => {
    const { page } = await browser.open();
    await fillForm(page, specimenWith(name));
    await expect.poll(async () => (await codes(page))[0]).toBe(code);
    expect(await page.locator('.finding.root').textContent()).toContain('Root cause');
  });

  test('is among what the error text can mean', async () => {
    const { page } = await browser.open();
    await page.fill('#token', `JsonWebTokenError: ${text}`);
    await expect.poll(() => codes(page)).toContain(code);
  });
});

test('explains the error text of a library', async () => {
  const { page } = await browser.open();
  await page.fill(
    '#token',
    "error in secret or public key callback: Unable to find a signing key that matches 'a1'",
  );
  await expect.poll(() => verdict(page)).toBe('This error text can mean, likeliest first:');
  expect((await codes(page))[0]).toBe('kid_not_found');
  await page.fill('#token', 'ENOENT: no such file or directory');
  await expect.poll(() => verdict(page)).toMatch(/^This is neither a JWT/);
});

test('speaks Japanese by a click, or where the browser does', async () => {
  const { page } = await browser.open();
  await fillForm(page, specimenWith('expired an hour ago'));
  await expect.poll(() => codes(page)).toEqual(['expired']);
  await page.click('button[data-language=ja]');
  expect(await page.getAttribute('html', 'lang')).toBe('ja');
  expect(await verdict(page)).toBe('無効: 検証側はこのトークンを拒否します。');
  expect(await page.locator('.finding.root').textContent()).toContain('期限切れになりました');
  expect(await page.getAttribute('button[data-language=ja]', 'aria-pressed')).toBe('true');

  const japanese = await browser.open({ locale: 'ja-JP' });
  expect(await japanese.page.title()).toContain('この JWT はなぜ通らないのか');
});

test('works offline once loaded, and no request leaves', async () => {
  const { page, requests, problems } = await browser.open();
  await page.context().setOffline(true);
  await fillForm(page, specimenWith('an audience with a slash at the end'));
  await expect.poll(() => codes(page)).toEqual(['audience_mismatch']);
  await page.click('button[data-language=ja]');
  expect(requests).toEqual([]);
  expect(problems).toEqual([]);
  const stored = await page.evaluate(() => [
    localStorage.length,
    sessionStorage.length,
    document.cookie,
    location.href,
  ]);
  expect(stored).toEqual([0, 0, '', browser.url]);
});

test('fetches keys from its own server by a click, and from nowhere else', async () => {
  const { page, requests } = await browser.open();
  await page.fill('#at', String(now));
  await page.fill('#token', renderToken(goodSpecimen()));
  await expect.poll(() => codes(page)).toEqual(['jwks_unavailable']);
  expect(requests).toEqual([]);
  await page.click('#fetch-keys');
  await expect.poll(() => verdict(page)).toMatch(/^Valid/);
  expect(requests).toEqual([`${browser.url}v1/keys/${encodeURIComponent(signer)}`]);
  await page.click('#clear');
  expect(await page.inputValue('#token')).toBe('');
  expect(await page.inputValue('#keys')).toBe('');
});

test('has a policy under which injected script and foreign requests fail', async () => {
  const { page, problems } = await browser.open();
  const refused = await page.evaluate(async () => {
    const attempts = [
      () => document.createElement('img').setAttribute('onerror', 'window.injected = true'),
      () => {
        document.body.innerHTML = '<img src=x onerror="window.injected = true">';
      },
    ];
    const thrown = attempts.map((attempt) => {
      try {
        attempt();
        return 'done';
      } catch {
        return 'refused';
      }
    });
    const fetched = await fetch('https://example.com/').then(
      () => 'fetched',
      () => 'refused',
    );
    return [...thrown, fetched, 'injected' in window];
  });
  expect(refused).toEqual(['refused', 'refused', 'refused', false]);
  expect(problems.join('\n')).toContain('Content Security Policy');
});

test('shows a claim that is markup as text', async () => {
  const { page } = await browser.open();
  const specimen = goodSpecimen();
  specimen.claims = { ...specimen.claims, name: '<img src=x onerror=alert(1)>' };
  await fillForm(page, specimen);
  await expect.poll(() => page.locator('#decoded').textContent()).toContain('<img src=x');
  expect(await page.locator('#decoded img').count()).toBe(0);
});

test('can be used with the keyboard alone', async () => {
  const { page } = await browser.open();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(await page.getAttribute('html', 'lang')).toBe('ja');
  await page.keyboard.press('Tab');
  await page.keyboard.type('jwt expired');
  await expect.poll(() => codes(page)).toEqual(['expired']);
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const views = [
  ['desktop', { viewport: { width: 1280, height: 900 } }, 'en'],
  ['desktop-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }, 'en'],
  ['phone', { viewport: { width: 390, height: 844 } }, 'en'],
  ['phone-dark-japanese', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, 'ja'],
  ['desktop-japanese', { viewport: { width: 1280, height: 900 } }, 'ja'],
] as const;

describe.each(views)('on %s', (name, options, language) => {
  test.each(['waiting', 'findings', 'valid'])(
    'has no accessibility violation and fits: %s',
    async (state) => {
      // axe is put in past the policy, which would refuse it.
      const { page } = await browser.open({ ...options, bypassCSP: true });
      await page.click(`button[data-language=${language}]`);
      if (state === 'findings') {
        await fillForm(
          page,
          specimenWith(
            'another key of the set',
            'an audience with a slash at the end',
            'expired an hour ago',
            'Bearer in front',
          ),
        );
        await expect.poll(() => codes(page)).toHaveLength(4);
      }
      if (state === 'valid') {
        await fillForm(page, goodSpecimen());
        await expect.poll(() => page.getAttribute('#verdict', 'data-verdict')).toBe('valid');
        await page.locator('#snippets summary').first().click();
      }
      await page.evaluate(axe);
      const violations = await page.evaluate(async () => {
        const { axe: runner } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const { violations: found } = await runner.run();
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      });
      expect(violations).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      if (process.env.SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${state}.png`, fullPage: true });
      }
    },
  );
});

test('is dark where the reader wants it dark', async () => {
  const ground = async (colorScheme: 'light' | 'dark') => {
    const { page } = await browser.open({ colorScheme });
    return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  };
  expect(await ground('light')).toBe('rgb(244, 245, 243)');
  expect(await ground('dark')).toBe('rgb(18, 21, 24)');
});
