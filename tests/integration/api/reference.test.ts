import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveApi, type Serving } from '../../../src/control/serve.ts';
import { startBrowser } from '../../worlds/browser.ts';
import { missingBrowser, titled } from '../../worlds/tools.ts';
import { createApiWorld, type ApiWorld } from '../../worlds/api-world.ts';

let world: ApiWorld;
let control: Serving;
let browser: Browser | undefined;

beforeAll(async () => {
  world = await createApiWorld();
  control = await serveApi(world.api, { host: '127.0.0.1', port: 0 });
  if (missingBrowser === null) browser = await startBrowser();
});
afterAll(async () => {
  await browser?.close();
  await control.stop(500);
  await world.close();
});

test.skipIf(missingBrowser !== null)(
  titled('the reference page works under its own policy, and asks nobody else', missingBrowser),
  async () => {
    const name = await world.applied();
    const origin = `http://127.0.0.1:${control.port}`;
    const page = await (await browser?.newContext())?.newPage();
    if (page === undefined) throw new Error('no browser');
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) strangers.push(url);
    });
    await page.goto(`${origin}/docs`);
    await page.locator('.opblock').first().waitFor();
    // It draws its groups one after the other.
    await expect.poll(() => page.locator('.opblock').count(), { timeout: 60_000 }).toBeGreaterThan(30);
    expect({ complaints, strangers }).toEqual({ complaints: [], strangers: [] });
    // The calls of a model take a token to be read: with it pasted, its own fields are shown.
    await page.goto(`${origin}/docs`);
    await page.locator('#token').fill(world.token);
    await page.locator('#token').blur();
    await page.goto(`${origin}/docs?model=${name}`);
    await page.locator('.opblock-post').first().waitFor();
    await expect.poll(() => page.locator('body').textContent(), { timeout: 60_000 }).toContain('merchant');
    expect({ complaints, strangers }).toEqual({ complaints: [], strangers: [] });
  },
);
