import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { buildPage } from '../../sdk/page/build-page.ts';

/** The page in a browser, with everything it asked of a network. */
export interface OpenedPage {
  page: Page;
  /** Every request after the document itself. */
  requests: string[];
  /** Errors of the console, among them what the policy refused. */
  problems: string[];
}

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export interface OpenBrowser {
  open(options?: BrowserContextOptions): Promise<OpenedPage>;
  url: string;
  stop(): Promise<void>;
}

/** One browser and one server of the page for a file of tests. */
export async function startBrowser(keys: Readonly<Record<string, string>> = {}): Promise<OpenBrowser> {
  const server = await servePage((await buildPage()).html, keys);
  const browser = await startBrowserAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    ...browser,
    async stop() {
      await browser.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One browser for the page that is served at this URL. */
export async function startBrowserAt(url: string): Promise<OpenBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
  return {
    url,
    async open(options = {}) {
      const context = await browser.newContext({ locale: 'en-US', ...options });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const requests: string[] = [];
      const problems: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(url);
      page.on('request', (request) => requests.push(request.url()));
      return { page, requests, problems };
    },
    stop: () => browser.close(),
  };
}

async function servePage(html: string, keys: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    if (path === '/') response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
    else if (keys[path] !== undefined) response.end(keys[path]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
