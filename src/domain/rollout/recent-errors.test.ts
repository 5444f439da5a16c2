import { describe, expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { applyCorrection } from './correction.ts';
import { fitCorrection } from './fit-correction.ts';
import { covariatesAt, holdOutCorrection, recalibrate, sliceRows, type LabelledScores } from './recalibrate.ts';
import { servedFrom, withRecentErrors } from './recent-errors.ts';

const plan = { halfLifeRows: 500, rowsMax: 3_000, labelledRowsMin: 100, everyRows: 50, recentErrors: true };

/** Answers of 0.5 where the truth is a mood of 100 rows: what errs now goes on to err. */
function moody(count: number, seed: string, moodRows = 100): LabelledScores {
  const random = createRandom(seed);
  let mood = 0.5;
  const labels = Array.from({ length: count }, (_, row) => {
    if (row % moodRows === 0) mood = random.next() < 0.5 ? 0.1 : 0.9;
    return random.next() < mood ? 1 : 0;
  });
  return { task: 'binary', labels, raw: labels.map(() => [0.5, 0.5]) };
}
const seqsOf = ({ labels }: LabelledScores, from = 0): number[] => labels.map((_, row) => from + row);

describe('means of the newest errors', () => {
  test('a row has those of rows whose labels were known when what answered it was fitted', () => {
    const rows = moody(200, 'known');
    const seqs = seqsOf(rows, 1_000);
    const given = withRecentErrors(rows, { seqs, lastSeq: 1_229, everyRows: 50 });
    const at = (row: number): readonly number[] => [...(covariatesAt(given, row) ?? [])];
    // The newest label is 30 rows old; row 60 was answered by a fit before row 50, which knew the rows before row 20.
    const mean = (from: number, to: number): number =>
      rows.labels.slice(from, to).reduce((sum, label) => sum + label - 0.5, 0) / (to - from);
    const said = (value: number): number => Math.min(3, Math.max(-3, value / 0.1));
    expect(at(60)[0]).toBeCloseTo(said(mean(0, 20)), 12);
    expect(at(99)).toEqual(at(50));
    expect(at(149)[0]).toBeCloseTo(said(mean(50, 70)), 12);
    expect(at(149)[1]).toBeCloseTo(said(mean(0, 70)), 12);
    expect(at(40)).toEqual([0, 0, 0]);
    expect(given.recentErrors?.[0]).toBeCloseTo(said(mean(180, 200)), 12);
  });

  test('no label has a part in what its own row, or one before it, has', () => {
    const rows = moody(400, 'leak');
    const told = { seqs: seqsOf(rows), lastSeq: 399, everyRows: 50 };
    const before = withRecentErrors(rows, told).covariates?.values;
    const turned = { ...rows, labels: rows.labels.map((label, row) => (row >= 300 ? 1 - label : label)) };
    const after = withRecentErrors(turned, told).covariates?.values;
    expect(after?.subarray(0, 350 * 3)).toEqual(before?.subarray(0, 350 * 3));
    expect(after?.subarray(350 * 3)).not.toEqual(before?.subarray(350 * 3));
  });

  test('they stand behind the features, and a linear model says nothing of them', () => {
    const rows = moody(60, 'behind');
    const covariates = { width: 1, values: Float64Array.from(rows.labels, (_, row) => row / 60), opinion: [0.7] };
    const given = withRecentErrors({ ...rows, covariates }, { seqs: seqsOf(rows), lastSeq: 59, everyRows: 50 });
    expect(given.covariates).toMatchObject({ width: 4, opinion: [0.7, 0, 0, 0] });
    expect(covariatesAt(given, 30)?.[0]).toBe(0.5);
  });

  test('of no rows there are none', () => {
    const given = withRecentErrors(moody(0, 'none'), { seqs: [], lastSeq: 10, everyRows: 50 });
    expect(given.recentErrors).toEqual([0, 0, 0]);
  });
});

describe('corrections that read them', () => {
  test('answer as their fit does for rows that come now, by the intercept alone', () => {
    const rows = moody(1_000, 'served');
    const given = withRecentErrors(rows, { seqs: seqsOf(rows), lastSeq: 999, everyRows: 50 });
    const fitted = recalibrate(given, plan.halfLifeRows);
    const served = servedFrom(given, fitted);
    expect(served).not.toHaveProperty('weights');
    expect(served.formatVersion).toBe(1);
    expect(applyCorrection(served, [0.4, 0.6])[1]).toBeCloseTo(
      applyCorrection(fitted, [0.4, 0.6], given.recentErrors)[1] ?? 0,
      12,
    );
  });

  test('follow a mood that lasts longer than labels take', () => {
    const all = moody(3_000, 'follow', 400);
    const lossesWith = (reads: boolean): number => {
      let loss = 0;
      for (let from = 1_000; from < 3_000; from += 50) {
        const known = sliceRows(all, 0, from);
        const rows = reads ? withRecentErrors(known, { seqs: seqsOf(known), lastSeq: from - 1, everyRows: 50 }) : known;
        const by = servedFrom(rows, recalibrate(rows, plan.halfLifeRows));
        for (let row = from; row < from + 50; row++)
          loss -= Math.log(applyCorrection(by, all.raw[row] ?? [])[all.labels[row] ?? 0] ?? 0);
      }
      return loss / 2_000;
    };
    expect(lossesWith(true)).toBeLessThan(lossesWith(false) - 0.05);
  });

  test('move by one bounded step, whatever the newest labels are', () => {
    const rows = { ...moody(1_000, 'burst'), labels: new Array<number>(1_000).fill(1) };
    const given = withRecentErrors(rows, { seqs: seqsOf(rows), lastSeq: 999, everyRows: 50 });
    const { correction } = fitCorrection(given, null, plan);
    expect(correction?.intercepts[0]).toBeCloseTo(0.75, 9);
  });

  test('go on from a hold-out that had no part in them', () => {
    const held = moody(600, 'held');
    const holdOut = holdOutCorrection({ ...held, labels: held.labels.map((_, row) => (row % 10 === 0 ? 1 : 0)) }, 500);
    expect(holdOut).not.toBeNull();
    const live = moody(120, 'live', 10);
    const told = { seqs: seqsOf(live), lastSeq: 119, everyRows: 50 };
    const interceptOf = (rows: LabelledScores): number =>
      recalibrate(withRecentErrors(rows, told), plan.halfLifeRows).intercepts[0] ?? 0;
    const after = interceptOf({ ...live, ...(holdOut === null ? {} : { holdOut }) });
    expect(after).toBeLessThan(interceptOf(live) - 0.5);
  });
});
