import { afterAll, beforeAll, expect, test } from 'vitest';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { putEvidence } from '../runs/evidence.ts';
import { window } from '../schema/index.ts';
import { lastWindowsOf } from './last-windows.ts';

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
});
afterAll(() => world.close());

async function judge(number: number, body: object): Promise<void> {
  const { db } = world.database;
  const { evidenceId } = await putEvidence(db, {
    model: 'fraud',
    kind: 'window',
    subject: { of: 'window', window: number },
    verdict: 'quiet',
    body,
  });
  const at = new Date('2026-01-03T00:00:00Z');
  await db.insert(window).values({
    model: 'fraud',
    number,
    rows: 10,
    firstSeq: 10 * number - 9,
    lastSeq: 10 * number,
    openedAt: at,
    closedAt: at,
    judgedAt: at,
    evidenceId,
  });
}

test('says how labels came by the last judged window, and nothing where its evidence does not', async () => {
  const { db } = world.database;
  expect((await lastWindowsOf(db, ['fraud', 'nobody'])).size).toBe(0);
  const maturity = { throughSeq: 5, delayRows: 5, basis: 'arrival', text: 'Rows through 5 are mature: …' };
  await judge(1, { maturity });
  // As an earlier release stored it.
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.labelArrival).toEqual({
    window: 1,
    matureSeq: 5,
    delayRows: 5,
    coverage: 0.95,
    neverShare: null,
    text: maturity.text,
  });
  await judge(2, { maturity: { ...maturity, coverage: 0.9, never: { rows: 100, share: 0.25, bands: [] } } });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.labelArrival).toMatchObject({
    window: 2,
    coverage: 0.9,
    neverShare: 0.25,
  });
  await judge(3, { drift: null });
  const success = { verdict: 'met', criterion: { metric: 'accuracy', atLeast: 0.5 }, text: 'Accuracy is 0.9: met.' };
  await judge(4, { success });
  const { criterion: _, ...said } = success;
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')).toEqual({
    success: { window: 4, ...said },
    drift: null,
    together: null,
    best: null,
    bestWorld: null,
    labelDrift: null,
    decay: null,
    slices: null,
    estimate: null,
    proxies: [],
    labelArrival: null,
  });
  const cause = {
    feature: 'x',
    effect: 0.4,
    drifted: true,
    answerShare: 0.6,
    part: { label: 'a', now: 0.5, before: 0 },
  };
  const kinds = { kinds: ['covariate'], text: 'Features moved.' };
  const best = {
    verdict: 'near',
    version: 1,
    window: 2,
    of: 3,
    bestLoss: 0.3,
    bestRows: 9,
    recentRows: 8,
    text: 'near',
  };
  await judge(5, { kinds, drift: { causes: [cause] }, decay: { best } });
  const { bestRows: _rows, ...shown } = best;
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')).toEqual({
    success: null,
    drift: { window: 5, ...kinds, causes: [cause] },
    together: null,
    best: { ...shown, window: 5 },
    bestWorld: null,
    labelDrift: null,
    decay: null,
    slices: null,
    estimate: null,
    proxies: [],
    labelArrival: null,
  });
  const logLoss = { estimated: 0.4, interval: { lower: 0.3, upper: 0.5 }, trust: 'trusted', compared: 12, within: 12 };
  await judge(6, { estimate: { version: 1, rows: 10, loss: 'logLoss', metrics: { logLoss }, text: 'It is 0.4.' } });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.estimate).toEqual({
    window: 6,
    metric: 'logLoss',
    trust: 'trusted',
    estimated: 0.4,
    lower: 0.3,
    upper: 0.5,
    compared: 12,
    within: 12,
    text: 'It is 0.4.',
  });
  const agreement = { verdict: 'agrees', rows: 500, correlation: 0.4, lower: 0.3, upper: 0.5 };
  const called = { name: 'call', meaning: 'they called', verdict: 'worse', rows: 9, coverage: 0.9, mean: 0.2 };
  const proxy = { ...called, lower: 0.1, upper: 0.3, text: 'call is worse.' };
  await judge(7, { proxies: [{ ...proxy, agreement, reference: { windows: 20, mean: 0.1, limit: 0.15 } }] });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.proxies).toEqual([
    { ...proxy, window: 7, agreement: 'agrees' },
  ]);
  const told = { auroc: 0.66, expectedLow: 0.45, expectedHigh: 0.55, text: 'They are told apart.' };
  const used = { features: [{ name: 'x', share: 1 }], pairs: [{ first: 'x', second: 'y', share: 1 }] };
  const together = { verdict: 'drift', ...told, ...used };
  await judge(9, { drift: { together: { ...together, expected: 0.5, pValue: 0, adjusted: 0, rows: 500 } } });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.together).toEqual({ window: 9, ...together });
  await judge(10, { drift: { together: { verdict: 'not-judged', text: 'Not judged.' } } });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.together).toMatchObject({ auroc: null, features: [] });
  await judge(11, { estimate: { version: 1, rows: 0, loss: 'logLoss', metrics: {}, text: 'Not estimated.' } });
  expect((await lastWindowsOf(db, ['fraud'])).get('fraud')?.estimate).toMatchObject({ trust: 'not-yet', lower: null });
});
