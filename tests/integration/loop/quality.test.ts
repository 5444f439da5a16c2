import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LeasedWrite } from '../../../activities/watch/leased-write.ts';
import { createQualityMeasurer, type QualityMeasurer } from '../../../activities/watch/measure-quality.ts';
import { noCosts } from '../../../src/domain/record/portfolio.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { withTransaction } from '../../../src/db/base/connect.ts';
import { portfolioOf } from '../../../src/db/views/portfolio.ts';
import {
  aliasMove,
  label,
  prediction,
  run,
  specRevision,
  window,
  windowQuality,
} from '../../../src/db/schema/index.ts';
import type { WindowQualityRow } from '../../../src/db/watching/window-quality.ts';
import { createServingWorld, type ServingWorld } from '../../worlds/serving-world.ts';

/** Rows of one model whose first champion says 20 % to everything, in windows of a known make. */
let world: ServingWorld;
let measurer: QualityMeasurer;
let spec: ModelSpec;
const write: LeasedWrite = (work) => withTransaction(world.database, work);

beforeAll(async () => {
  world = await createServingWorld();
  spec = {
    ...world.spec,
    value: {
      currency: 'EUR',
      truePositive: { fixed: -3 },
      falsePositive: { fixed: -25 },
      trueNegative: { fixed: 0 },
      falseNegative: { fixed: 0, per: { column: 'amount', factor: -1 } },
    },
  };
  const { db } = world.database;
  await db.update(specRevision).set({ spec }).where(eq(specRevision.model, 'fraud'));
  await world.addVersion(1, [0.8, 0.2]);
  await world.addVersion(2, [0.4, 0.6]);
  await db.insert(aliasMove).values([
    {
      model: 'fraud',
      alias: 'champion',
      fromVersion: null,
      toVersion: 1,
      actor: 'rollout',
      why: 'first',
      routingRevision: 1,
      movedAt: new Date('2026-01-01T00:00:00Z'),
    },
    {
      model: 'fraud',
      alias: 'champion',
      fromVersion: 1,
      toVersion: 2,
      actor: 'rollout',
      why: 'better',
      routingRevision: 2,
      movedAt: new Date('2026-01-02T00:00:00Z'),
    },
  ]);
  measurer = createQualityMeasurer({ database: world.database, store: world.artifacts });
});
afterAll(() => world.close());

interface Row {
  readonly id: string;
  readonly amount: number;
  readonly yes: number;
  readonly isFraud: boolean;
  /** The window in which the label became known; null for never. */
  readonly knownIn: number | null;
}

let lastSeq = 0;

async function storeWindow(number: number, version: number, rows: readonly Row[]): Promise<void> {
  const { db } = world.database;
  const firstSeq = lastSeq + 1;
  await db.insert(prediction).values(
    rows.map((row, i): typeof prediction.$inferInsert => ({
      model: 'fraud',
      predictionId: row.id,
      seq: firstSeq + i,
      windowNumber: number,
      requestedAt: new Date(),
      bucket: 0,
      arm: 'champion',
      stage: 'steady',
      challengerWeight: 0,
      version,
      correction: 'identity',
      routingRevision: version,
      specRevision: 1,
      numbers: [row.amount, 0],
      texts: ['a'],
      scores: [1 - row.yes, row.yes],
      decision: row.yes >= 0.5 ? 'fraud' : 'fine',
      failed: false,
      latencyUs: 10,
    })),
  );
  const labels = rows.flatMap((row, i) =>
    row.knownIn === null ? [] : [{ row, seq: firstSeq + i, knownIn: row.knownIn }],
  );
  await db.insert(label).values(
    labels.map(({ row, seq, knownIn }) => ({
      model: 'fraud',
      labelId: row.id,
      predictionId: row.id,
      label: row.isFraud ? 'fraud' : 'fine',
      knownSeq: seq,
      knownWindow: knownIn,
      receivedAt: new Date(),
    })),
  );
  lastSeq += rows.length;
  await db.insert(window).values({
    model: 'fraud',
    number,
    rows: rows.length,
    firstSeq,
    lastSeq,
    openedAt: new Date('2026-01-03T00:00:00Z'),
    closedAt: new Date('2026-01-03T01:00:00Z'),
  });
}

const qualityOf = async (number: number): Promise<WindowQualityRow | undefined> =>
  (await world.database.db.select().from(windowQuality).where(eq(windowQuality.model, 'fraud'))).find(
    (row) => row.windowNumber === number,
  );

const gainOf = ({ amount, isFraud }: Row, isHeld: boolean): number =>
  isHeld ? (isFraud ? -3 : -25) : isFraud ? -amount : 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Answers that know the truth but for one row in ten; the amounts differ, so that rows are worth different money. */
const rowsOf = (name: string, count: number, knownIn: (i: number) => number | null): Row[] =>
  Array.from({ length: count }, (_, i) => {
    const isFraud = i % 4 === 0;
    return {
      id: `${name}-${i}`,
      amount: 10 + (i % 97),
      yes: (i % 10 === 3) === isFraud ? 0.1 : 0.9,
      isFraud,
      knownIn: knownIn(i),
    };
  });

const early = rowsOf('early', 600, (i) => (i % 12 === 5 ? null : i < 360 ? 1 : 2));

test('a window of which a row still waits for the slowest labels has no figure but the estimate', async () => {
  await storeWindow(1, 2, early);
  await measurer.measure({ model: 'fraud', number: 1, matureSeq: lastSeq - 1 }, spec, write);
  expect(await qualityOf(1)).toMatchObject({
    rows: 600,
    labelledRows: early.filter((row) => row.knownIn === 1).length,
    realised: null,
    value: null,
    comparedRows: 0,
    estimated: { accuracy: expect.closeTo(0.9, 9) },
  });
});

test('a window is measured on known labels, against the first champion on the rows of lowest hash', async () => {
  await measurer.measure({ model: 'fraud', number: 1, matureSeq: lastSeq }, spec, write);
  const labelled = early.filter((row) => row.knownIn === 1);
  const row = await qualityOf(1);
  expect(row).toMatchObject({
    rows: 600,
    labelledRows: labelled.length,
    comparedRows: labelled.length,
    firstVersion: 1,
  });
  const ours = labelled.map((one) => gainOf(one, one.yes >= 0.5));
  expect(row?.value).toBeCloseTo(sum(ours), 9);
  expect(row?.realised).toMatchObject({
    value: expect.closeTo(sum(ours) / labelled.length, 9),
    accuracy: expect.closeTo(labelled.filter((one) => one.yes >= 0.5 === one.isFraud).length / labelled.length, 9),
  });
  // The first champion holds nobody: every fraud is paid in full.
  expect(row?.firstValue).toBeCloseTo(sum(labelled.map((one) => gainOf(one, false))), 9);
  expect(row?.firstRealised?.['logLoss']).toBeCloseTo(
    -sum(labelled.map((one) => Math.log(one.isFraud ? Math.fround(0.2) : Math.fround(0.8)))) / labelled.length,
    6,
  );
  // Every row, labelled or not: 0.9 is what was promised of each answer.
  expect(row?.estimated).toMatchObject({ accuracy: expect.closeTo(0.9, 9), brier: expect.closeTo(0.09, 9) });
});

test('labels that come later change the earlier window, on a sample that is always the same', async () => {
  await storeWindow(
    2,
    1,
    rowsOf('own', 50, () => 2).map((row) => ({ ...row, yes: 0.2 })),
  );
  await measurer.measure({ model: 'fraud', number: 2, matureSeq: lastSeq }, spec, write);
  const labelled = early.filter((row) => row.knownIn !== null);
  const hash = (row: Row): string => createHash('md5').update(row.id).digest('hex');
  const sample = labelled.toSorted((a, b) => (hash(a) < hash(b) ? -1 : 1)).slice(0, 500);
  const first = await qualityOf(1);
  expect(first).toMatchObject({ labelledRows: 550, comparedRows: 500 });
  expect(first?.value).toBeCloseTo(sum(sample.map((one) => gainOf(one, one.yes >= 0.5))), 9);
  expect(first?.differenceVariance).toBeGreaterThan(0);
  // What the first champion answered itself is no different from what it would have answered.
  const own = await qualityOf(2);
  expect(own).toMatchObject({ comparedRows: 50, differenceVariance: 0 });
  expect(own?.value).toBe(own?.firstValue);
});

test('measured again without news, nothing is written', async () => {
  const before = await qualityOf(2);
  await measurer.measure({ model: 'fraud', number: 2, matureSeq: lastSeq }, spec, write);
  expect(await qualityOf(2)).toEqual(before);
});

test('the portfolio adds windows up and shows money only where it is declared', async () => {
  const { db } = world.database;
  await db.insert(run).values({
    runId: 'train/fraud/2',
    model: 'fraud',
    kind: 'train',
    status: 'completed',
    input: {},
    startedAt: new Date('2026-01-02T00:00:00Z'),
    endedAt: new Date('2026-01-02T01:30:00Z'),
  });
  const period = { models: ['fraud'], from: new Date('2026-01-01T12:00:00Z'), to: new Date('2026-01-04T00:00:00Z') };
  const [one, two] = [await qualityOf(1), await qualityOf(2)];
  const free = await portfolioOf(db, period, noCosts);
  const difference = (one?.value ?? 0) - (one?.firstValue ?? 0);
  const reach = 1.959963984540054 * Math.sqrt(one?.differenceVariance ?? 0);
  expect(free.models).toMatchObject([
    {
      model: 'fraud',
      currency: 'EUR',
      windows: 2,
      predictions: 650,
      measuredRows: 650,
      labelledRows: 600,
      labelCoverage: 600 / 650,
      comparedRows: 550,
      trainings: 1,
      trainingHours: 1.5,
      servedHours: 60,
      platformCost: null,
      value: expect.closeTo((one?.realised?.['value'] ?? 0) * 550 + (two?.realised?.['value'] ?? 0) * 50, 6),
      differenceToNeverRetrained: {
        estimate: expect.closeTo(difference, 6),
        low: expect.closeTo(difference - reach, 6),
        high: expect.closeTo(difference + reach, 6),
      },
    },
  ]);
  expect(free.platformCost).toBeNull();
  const priced = await portfolioOf(db, period, { currency: 'EUR', perTrainingHour: 2, perServingHour: 0.5 });
  expect(priced.platformCost).toEqual({ currency: 'EUR', amount: 33 });
  const nobody = await portfolioOf(db, { ...period, models: [] }, noCosts);
  expect(nobody).toMatchObject({ models: [], totals: [] });
  const later = await portfolioOf(db, { ...period, from: new Date('2026-01-03T12:00:00Z') }, noCosts);
  expect(later.models).toMatchObject([
    { windows: 0, value: null, differenceToNeverRetrained: null, labelCoverage: null },
  ]);
});
