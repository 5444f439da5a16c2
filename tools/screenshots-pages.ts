/**
 * Pictures of the pages for README and docs, from a stack that runs here:
 *
 *     npm run demo && PERENNIAL_STATE_DIR=.perennial/demo npm run dev
 *     PERENNIAL_STATE_DIR=.perennial/demo node --import tsx tools/screenshots-pages.ts
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { findStack } from '../src/stack/find-stack.ts';
import { readConfig, rootDir } from '../src/config.ts';
import type { Browser } from 'playwright-core';
import { openPerson, signIn, startBrowser, type Screen } from '../tests/worlds/browser.ts';

interface Picture extends Screen {
  readonly name: string;
  readonly path: string;
  readonly height: number;
}

const folder = path.join(rootDir, 'docs', 'img');
/** The version that the canary threw back, in the demo with its own seed. */
const badVersion = Number(process.argv[2] ?? '4');

const pictures: readonly Picture[] = [
  { name: 'home-light', path: '/', theme: 'light', width: 1_200, height: 720 },
  { name: 'model-light', path: '/models/fraud', theme: 'light', width: 1_200, height: 1_500 },
  { name: 'model-phone', path: '/models/fraud', theme: 'dark', width: 390, height: 1_200 },
  { name: 'rollout-dark', path: `/models/fraud/rollouts/${badVersion}/1`, theme: 'dark', width: 1_200, height: 1_250 },
  { name: 'audit-light', path: '/audit?model=fraud', theme: 'light', width: 1_200, height: 900 },
  { name: 'portfolio-light', path: '/portfolio', theme: 'light', width: 1_200, height: 800 },
];

const stack = await findStack(readConfig());
await mkdir(folder, { recursive: true });
const browser = await startBrowser();
try {
  for (const picture of pictures) await take(browser, picture);
} finally {
  await browser.close();
}

async function take(from: Browser, { name, path: page, theme, width, height }: Picture): Promise<void> {
  const person = await openPerson(from, stack.controlUrl, { theme, width });
  await person.page.setViewportSize({ width, height });
  await person.page.goto(page);
  await signIn(person.page, stack.token);
  await person.page.waitForLoadState('networkidle');
  await person.page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  process.stdout.write(`docs/img/${name}.png\n`);
  await person.context.close();
}
