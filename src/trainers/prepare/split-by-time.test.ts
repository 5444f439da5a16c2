import { describe, expect, it } from 'vitest';
import { defaultSplit } from '../../domain/spec/default-spec.ts';
import { splitByTime } from './split-by-time.ts';

const byRows = (rows: number) => ({ rows, eventTimeMs: null });

describe('splitByTime', () => {
  it('leaves the label delay out before validation and before test', () => {
    const split = splitByTime(byRows(10_000), defaultSplit, { rows: 500 }, true);
    expect(split).toEqual({
      training: { from: 0, to: 6_000 },
      validation: { from: 6_500, to: 8_000 },
      test: { from: 8_500, to: 10_000 },
      gapRows: 1_000,
    });
  });

  it('holds the whole delay, however long, and bounds a part to its maximum', () => {
    const late = splitByTime(byRows(1_000), defaultSplit, { rows: 300 }, true);
    expect(late.gapRows).toBe(600);
    expect(late.training.to).toBe(100);
    const long = splitByTime(byRows(200_000), defaultSplit, { rows: 0 }, true);
    expect(long.test.to - long.test.from).toBe(defaultSplit.testRowsMax);
  });

  it('says so when the delay leaves nothing to train on', () => {
    expect(() => splitByTime(byRows(1_000), defaultSplit, { rows: 345 }, true)).toThrow(
      '1000 labelled rows leave 10 for training after validation (150), test (150) and label gaps (690); ' +
        'at least 15 are needed',
    );
  });

  it('takes a row without event time for one whose label is not known yet', () => {
    const eventTimeMs = Float64Array.from({ length: 1_000 }, (_, row) => row * 60_000);
    for (const row of [845, 846, 850, 851]) eventTimeMs[row] = Number.NaN;
    const { test, validation, gapRows } = splitByTime(
      { rows: 1_000, eventTimeMs },
      defaultSplit,
      { ms: 600_000 },
      true,
    );
    // The first row of the test with a time is 852; labels of rows up to 842 were known then.
    expect(test.from).toBe(850);
    expect(validation.to).toBe(843);
    expect(gapRows).toBe(7 + 9);
  });

  it('holds a delay in time by event time', () => {
    const eventTimeMs = Float64Array.from({ length: 1_000 }, (_, row) => row * 60_000);
    const split = splitByTime({ rows: 1_000, eventTimeMs }, defaultSplit, { ms: 600_000 }, true);
    // Strictly less than ten minutes before the boundary is too young: nine rows on each side.
    expect(split.gapRows).toBe(18);
    expect(splitByTime(byRows(1_000), defaultSplit, { ms: 600_000 }, true).gapRows).toBe(0);
  });

  it('needs no test part for a yardstick, and says when nothing is left to train on', () => {
    expect(splitByTime(byRows(1_000), defaultSplit, { rows: 0 }, false).validation).toEqual({ from: 850, to: 1_000 });
    expect(() =>
      splitByTime(byRows(40), { ...defaultSplit, validationShare: 0.4, testShare: 0.4 }, { rows: 10 }, true),
    ).toThrow(/40 labelled rows leave 0 for training/);
  });
});
