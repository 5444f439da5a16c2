import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoSideways, openPerson, seriousFindings, signIn, startBrowser } from '../worlds/browser.ts';
import { startLoopWorld, tinyRollout, type LoopWorld } from '../worlds/loop-world.ts';
import { missingBrowser, titled } from '../worlds/tools.ts';
import { until } from '../worlds/wait.ts';

/** The pages in a real browser, over a real stack with a model that drifted and whose rollout waits for a person. */
const model = 'shop.parcels';
let world: LoopWorld;
let browser: Browser;

describe.skipIf(missingBrowser !== null)(titled('the pages in a browser', missingBrowser), () => {
  beforeAll(async () => {
    world = await startLoopWorld();
    browser = await startBrowser();
    const retrain = {
      growthFactor: null,
      onDecay: false,
      onDrift: true,
      onSpecChange: true,
      cooldown: { rows: 1 },
      budget: { runs: 20, per: { rows: 1_000 } },
      labelledRowsMin: 1,
    };
    await world.apply(
      await world.define(model, {
        rollout: { ...tinyRollout, automaticPercentMax: 50 },
        watch: { window: { rows: 200 }, falseAlarmRate: 1e-6 },
        retrain,
      }),
    );
    await held(1);
    await world.command(model, 'approve', { reason: 'reviewed before the first day' });
    await until('v1 is champion', async () => (await world.settled(model)).championVersion === 1);
    // Fewer than 200 rows are not judged for drift.
    await world.play(model, 4);
    await world.play(model, 4, { drifted: true });
    await until('the drift led to a rollout', async () => (await world.settled(model)).rollout !== null);
    await world.play(model, 2, { drifted: true });
    await held(2);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await world?.close();
  });

  test(
    'sign in, follow a drift alarm to its rollout, approve it; keyboard only: abort the next one',
    { timeout: 120_000 },
    async () => {
      const { context, page, errors } = await openPerson(browser, world.stack.controlUrl, {
        theme: 'light',
        width: 1_280,
      });
      await page.goto('/');
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      await page.getByLabel('Token').fill('prn_this-is-not-a-token-that-anybody-has-made');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      errors.length = 0; // the browser writes a refused sign-in into its console
      await signIn(page, world.stack.tokens.admin);

      const card = page.getByRole('article', { name: model });
      expect(await card.innerText()).toContain('The rollout of v2 waits for a person');
      await page
        .getByRole('navigation')
        .getByRole('link', { name: /^Alerts/ })
        .click();
      const alarm = page.getByRole('article').filter({ hasText: 'drifted in window' });
      expect(await alarm.innerText()).toContain('width');
      await alarm.getByRole('link', { name: 'what was decided' }).click();
      expect(await page.locator('#decisions').innerText()).toContain('width');
      await page.getByRole('link', { name: 'Decide', exact: true }).click();

      expect(await page.locator('#next').innerText()).toContain('operator or admin');
      await page.getByText('Approve', { exact: true }).first().click();
      await page
        .getByLabel(/^Reason/)
        .first()
        .fill('the new width is the new parcels');
      await page.getByRole('button', { name: 'Approve' }).click();
      await until('v2 is champion', async () => (await world.settled(model)).championVersion === 2);
      await page.goto(`/models/${model}`);
      expect(await page.locator('body').innerText()).toContain('the new width is the new parcels');

      await world.challenge(model);
      await page.goto(`/models/${model}/rollouts/3/1`);
      await abortByKeyboard(page, 'not before the weekend');
      await until('the slot is free', async () => (await world.settled(model)).rollout === null);
      expect(await world.settled(model)).toMatchObject({ championVersion: 2 });
      await page.goto(`/audit?model=${model}`);
      const audit = await page.locator('body').innerText();
      expect(audit).toContain('the new width is the new parcels');
      expect(audit).toContain('not before the weekend');
      expect(errors).toEqual([]);
      await context.close();
    },
  );

  describe.each([
    { theme: 'dark', width: 1_280 },
    { theme: 'light', width: 360 },
  ] as const)('$theme, $width px', (screen) => {
    test(
      'every page: no console error, nothing sticks out, no serious finding of axe-core',
      { timeout: 120_000 },
      async () => {
        const { context, page, errors } = await openPerson(browser, world.stack.controlUrl, screen);
        await page.goto('/sign-in');
        const findings = [...(await seriousFindings(page))];
        await signIn(page, world.stack.tokens.admin);
        for (const path of await pathsOf(page)) {
          const answer = await page.goto(path);
          expect(answer?.status(), path).toBe(200);
          findings.push(...(await seriousFindings(page)));
          await expectNoSideways(page);
        }
        expect(findings).toEqual([]);
        expect(errors).toEqual([]);
        await context.close();
      },
    );
  });

  test('a viewer sees why not; a stranger and an unknown model get one sentence', async () => {
    const { secret } = await makeToken('viewer');
    const { context, page } = await openPerson(browser, world.stack.controlUrl, { theme: 'light', width: 1_280 });
    await page.goto(`/models/${model}`);
    await signIn(page, secret);
    expect(new URL(page.url()).pathname).toBe(`/models/${model}`);
    await page.getByText('Freeze: not now').click();
    expect(await page.locator('#actions').innerText()).toMatch(/operator or admin/);
    expect((await page.goto('/models/nobody'))?.status()).toBe(404);
    expect(await page.locator('main').innerText()).toContain(model);
    await context.close();
  });
});

/** Tab and Enter only, as somebody does who has no mouse. */
async function abortByKeyboard(page: Page, reason: string): Promise<void> {
  await tabTo(page, 'summary', 'Abort');
  await page.keyboard.press('Enter');
  await tabTo(page, 'textarea', '');
  await page.keyboard.type(reason);
  await tabTo(page, 'button', 'Abort');
  await page.keyboard.press('Enter');
  await page.locator('dialog[open]').waitFor();
  await tabTo(page, 'dialog button[value="yes"]', '');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** Presses Tab until the focus is on such an element with that text; a focus that cannot be seen is a defect too. */
async function tabTo(page: Page, selector: string, text: string): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    const script = `(() => {
      const at = document.activeElement;
      const text = ${JSON.stringify(text)};
      const isIt = at !== null && at.matches(${JSON.stringify(selector)}) &&
        (text === '' || at.textContent.trim() === text);
      return isIt ? getComputedStyle(at).outlineStyle : null;
    })()`;
    const found: unknown = await page.evaluate(script);
    if (found !== null) {
      expect(found, `the focus on ${selector} "${text}" cannot be seen`).not.toBe('none');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${selector} "${text}"`);
}

/** Every kind of page, by the links that a person would follow. */
async function pathsOf(page: Page): Promise<readonly string[]> {
  const history = await world.history(model);
  const snapshot = history.runs.find((run) => run.kind === 'train');
  const version = await fetch(`${world.stack.controlUrl}/v1/models/${model}/versions/1`, {
    headers: { authorization: `Bearer ${world.stack.tokens.admin}` },
  });
  const { snapshots } = (await version.json()) as { snapshots: string[] };
  await page.goto('/');
  const navigation = await page
    .getByRole('navigation')
    .first()
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return [
    ...new Set([
      ...navigation.filter((href) => href.startsWith('/')),
      `/models/${model}`,
      `/models/${model}/versions/1`,
      `/models/${model}/rollouts/2/1`,
      `/snapshots/${snapshots[0] ?? ''}`,
      `/runs/view?id=${encodeURIComponent(snapshot?.runId ?? '')}`,
      `/runs/compare?a=${encodeURIComponent(`train/${model}/1`)}&b=${encodeURIComponent(`train/${model}/2`)}`,
      '/alerts?state=closed',
    ]),
  ];
}

async function held(version: number): Promise<void> {
  await until(`v${version} is held`, async () => {
    const { rollout } = await world.status(model);
    return rollout?.version === version && rollout.status === 'held';
  });
}

async function makeToken(role: string): Promise<{ readonly secret: string }> {
  const answer = await fetch(`${world.stack.controlUrl}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.stack.tokens.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `pages-${role}`, role, scope: '*' }),
  });
  return (await answer.json()) as { secret: string };
}
