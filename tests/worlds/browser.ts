import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where Debian's package puts it; another one by name. */
export const chromiumPath = process.env['PERENNIAL_CHROMIUM'] ?? '/usr/bin/chromium';

/** Quiet, without a sandbox (tests run as root in containers), and without looking up its maker's hosts. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}

export interface Screen {
  readonly theme: 'light' | 'dark';
  readonly width: number;
}

/** One signed-out person with an own browser profile; every error that the pages cause is collected. */
export async function openPerson(
  browser: Browser,
  baseURL: string,
  { theme, width }: Screen,
): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly errors: string[] }> {
  const context = await browser.newContext({
    baseURL,
    colorScheme: theme,
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`));
  return { context, page, errors };
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/sign-in');
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Findings of axe-core that are serious or critical, as text; an empty list is what is wanted. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Evaluated by the debugger: the page's own policy forbids foreign scripts.
  await page.evaluate(axeSource);
  const violations: unknown = await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations.map(({ id, impact, nodes ' +
      '}) => ({ id, impact, at: nodes.map((node) => node.target.join(" ")).slice(0, 3) })))',
  );
  if (!Array.isArray(violations)) throw new Error('axe gave no list');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, at }) => `${new URL(page.url()).pathname}: ${id} at ${at.join(', ')}`);
}

/** Nothing may stick out to the side: on a phone the whole page would slide under the thumb. */
export async function expectNoSideways(page: Page): Promise<void> {
  const { content, screen } = (await page.evaluate(
    '({ content: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth })',
  )) as { content: number; screen: number };
  expect(content, `${page.url()} is ${content} px wide on a screen of ${screen} px`).toBeLessThanOrEqual(screen);
}
