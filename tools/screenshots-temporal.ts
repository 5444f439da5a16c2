// The pictures of docs/temporal-ui.md: prepares its three situations on a real stack and photographs the Temporal Web
// UI. `node --import tsx tools/screenshots-temporal.ts [--stay | --url http://127.0.0.1:8233]`. With --stay the stack
// is left up until Ctrl-C; with --url only pictures are taken, of a stack that was left up. PERENNIAL_CHROMIUM names
// the browser.
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { rootDir } from '../src/config.ts';
import { workflowIds } from '../src/domain/words/ids.ts';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../tests/worlds/loop-world.ts';
import { until } from '../tests/worlds/wait.ts';
import { readOptions } from './options.mjs';

const folder = path.join(rootDir, 'docs', 'img');
const bytesMax = 150 * 1024;
const size = { width: 1280, height: 860 };
/** Without the bars of the Web UI. */
const clip = { x: 205, y: 50, width: size.width - 205, height: size.height - 50 };
const { values } = readOptions({ options: { stay: { type: 'boolean', default: false }, url: { type: 'string' } } });
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * A rollout that may not end without a person; a model whose cooldown says no; a training for a queue that nobody
 * serves.
 */
async function prepare(world: LoopWorld): Promise<void> {
  say('a run is stuck');
  await world.apply(await world.define('claims.triage', { trainer: { gpu: { tag: 'a100' } } }));
  say('a rollout waits for a person');
  await world.apply(await world.define('payments.refunds', { rollout: { ...tinyRollout, automaticPercentMax: 50 } }));
  const held = (version: number) =>
    until(`v${version} is held`, async () => (await world.status('payments.refunds')).rollout?.status === 'held');
  await held(1);
  await world.command('payments.refunds', 'approve', { reason: 'looks well on the hold-out' });
  await until('v1 is champion', async () => (await world.settled('payments.refunds')).championVersion === 1);
  await world.challenge('payments.refunds');
  await world.play('payments.refunds', 2);
  await held(2);
  say('it did not retrain');
  const retrain = {
    growthFactor: null,
    onDecay: false,
    onSpecChange: true,
    newLabelledRows: 40,
    cooldown: { rows: 5_000 },
    budget: { runs: 20, per: { rows: 1_000 } },
    labelledRowsMin: 1,
  };
  await world.champion('shop.returns', { retrain });
  await world.play('shop.returns', 3);
  await until('the alert about the queue', async () =>
    (await world.status('claims.triage')).openAlerts.some((row) => row.kind === 'queue-unserved'),
  );
}

const shots: Readonly<Record<string, (page: Page, ui: string) => Promise<void>>> = {
  async 'temporal-waiting-list'(page, ui) {
    await page.goto(
      `${ui}/workflows?query=${encodeURIComponent('PerennialNeedsApproval = true AND ExecutionStatus = "Running"')}`,
    );
    await seen(page, workflowIds.rollout('payments.refunds', 2, 1));
  },
  async 'temporal-rollout-waits'(page, ui) {
    await openWorkflow(page, ui, workflowIds.rollout('payments.refunds', 2, 1), 'user-metadata');
    await seen(page, 'waits for a person');
  },
  async 'temporal-not-retrained'(page, ui) {
    await openWorkflow(page, ui, workflowIds.model('shop.returns'), 'timeline');
    await seen(page, 'retrain? (window/3)');
    await page.getByText('retrain? (window/3)').first().click();
    await seen(page, 'blockedBy');
    await page.getByText('blockedBy').first().scrollIntoViewIfNeeded();
  },
  async 'temporal-run-stuck'(page, ui) {
    await openWorkflow(page, ui, workflowIds.train('claims.triage', 1), 'user-metadata');
    await seen(page, 'no worker serves');
  },
};

async function openWorkflow(page: Page, ui: string, workflowId: string, tab: string): Promise<void> {
  const { origin, pathname } = new URL(ui);
  const response = await fetch(`${origin}/api/v1${pathname}/workflows/${encodeURIComponent(workflowId)}`);
  const found = (await response.json()) as {
    readonly workflowExecutionInfo?: { readonly execution?: { readonly runId?: string } };
  };
  await page.goto(
    `${ui}/workflows/${encodeURIComponent(workflowId)}/${found.workflowExecutionInfo?.execution?.runId ?? ''}/${tab}`,
  );
}

/** Markdown is shown in a frame of its own, so every frame is looked into. */
async function seen(page: Page, text: string): Promise<void> {
  await until(
    `"${text}" is shown`,
    async () =>
      (await Promise.all(page.frames().map((frame) => frame.getByText(text).count()))).some((count) => count > 0),
    15_000,
  );
}

async function photograph(ui: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const flags = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const browser = await chromium.launch({
    executablePath: process.env['PERENNIAL_CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
  });
  try {
    const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
    page.setDefaultTimeout(20_000);
    for (const [name, shoot] of Object.entries(shots)) {
      await shoot(page, ui).catch((error: unknown) => say(`  ${name}: ${String(error).split('\n')[0]}`));
      await hideHost(page);
      const png = await page.screenshot({ clip });
      if (png.byteLength > bytesMax) throw new Error(`${name}.png has ${png.byteLength} bytes, more than ${bytesMax}`);
      await writeFile(path.join(folder, `${name}.png`), png);
      say(`  ${name}.png: ${Math.round(png.byteLength / 1024)} KiB`);
    }
  } finally {
    await browser.close();
  }
}

/** The name of the machine that the pictures were taken on is nobody's business. */
async function hideHost(page: Page): Promise<void> {
  // As text: it runs in the browser, whose types are not ours.
  await page.evaluate(`{
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      node.textContent = node.textContent.replaceAll(${JSON.stringify(hostname())}, 'worker');
  }`);
}

const world = values.url === undefined ? await startLoopWorld() : null;
try {
  if (world !== null) await prepare(world);
  const ui = `${values.url ?? world?.stack.temporalUiUrl ?? ''}/namespaces/perennial`;
  say(ui);
  if (values.stay)
    await new Promise<void>((resolve) => process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()));
  else await photograph(ui);
} finally {
  await world?.close();
}
