import { expect, test } from 'vitest';
import { valueTotal } from '../pages/model-windows.ts';
import { putWindowQuality } from './put-window-quality.ts';
import type { WindowQualityRow } from './window-quality.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';

const { database } = await openTestDatabase();

const measured = (windowNumber: number, more: Partial<WindowQualityRow> = {}): WindowQualityRow => ({
  model: 'm',
  windowNumber,
  rows: 100,
  labelledRows: 10,
  realised: { value: 0.1 },
  estimated: null,
  firstVersion: 1,
  comparedRows: 10,
  value: 0.1,
  firstValue: 0.7,
  differenceVariance: 0.3,
  firstRealised: null,
  ...more,
});
const uncompared = { firstVersion: null, comparedRows: 0, value: 5, firstValue: null, differenceVariance: null };

test('nothing measured is told apart from nothing won', async () => {
  expect(await valueTotal(database.db, 'm')).toMatchObject({ fromWindow: null, rows: 0, value: null });
});

test('windows measured again and at once count once, and leave no trace of rounding', async () => {
  await putWindowQuality(database.db, measured(3, uncompared));
  expect(await valueTotal(database.db, 'm')).toMatchObject({ rows: 100, labelledRows: 10, value: null });
  const again = [1, 2, 3, 2, 1, 3].map((number, i) =>
    putWindowQuality(database.db, measured(number, { value: i / 10, labelledRows: 20 + i })),
  );
  await Promise.all(again);
  await Promise.all([1, 2, 3].map((number) => putWindowQuality(database.db, measured(number))));
  expect(await valueTotal(database.db, 'm')).toEqual({
    fromWindow: 1,
    toWindow: 3,
    rows: 300,
    labelledRows: 30,
    comparedRows: 30,
    value: 0.3,
    firstValue: 2.1,
    differenceVariance: 0.9,
    firstVersion: 1,
  });
});
