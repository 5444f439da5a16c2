import { expect, test } from 'vitest';
import { fitRequest, lehmer } from '../../../tests/worlds/fit-fixture.ts';
import { fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { defaultTrainers } from '../../domain/spec/trainer-spec.ts';
import type { CalibrationMethod } from '../../domain/training/calibration/calibration.ts';
import { applyScoreMaps } from '../../domain/training/calibration/score-map.ts';
import { auroc } from '../../statistics/samples/ranking.ts';
import { priorTrainer } from '../families/prior/prior.ts';
import { sigmoid } from '../families/numeric/logistic.ts';
import { calibrate, type Calibrated } from './calibrate.ts';

const rows = 4_000;
const all = { from: 0, to: rows };

/** Rows whose log-odds are known, and answers that say `distort` of them. */
async function world(distort: (logOdds: number) => number, count = rows, weights: Float64Array | null = null) {
  const random = lehmer(3);
  const truth = Float64Array.from({ length: count }, () => 4 * random() - 3);
  const labels = truth.map((logOdds) => (random() < sigmoid(logOdds) ? 1 : 0));
  const { signature, columns, ...request } = fitRequest(fixtureTargets.binary, [], labels);
  const prior = await priorTrainer.fit({ signature, columns, ...request });
  const answers = new Float64Array(count * 2);
  for (const [row, logOdds] of truth.entries()) {
    answers[row * 2] = sigmoid(-distort(logOdds));
    answers[row * 2 + 1] = sigmoid(distort(logOdds));
  }
  const model = { ...prior, predict: () => answers };
  const asked = (calibration: CalibrationMethod) => ({
    signature,
    table: { columns, labels },
    weights,
    settings: { ...defaultTrainers.gbdt, calibration },
  });
  return { truth, labels, answers, model, asked };
}

const lineOf = (found: Calibrated | null) =>
  found?.map?.kind === 'platt' ? found.map : { slope: Number.NaN, intercept: Number.NaN };

const positives = (answers: Float64Array) => answers.filter((_, cell) => cell % 2 === 1);

test('platt finds by how much answers are too sure, and keeps the order of rows', async () => {
  const { model, asked, answers, labels } = await world((logOdds) => 2 * logOdds + 1);
  const found = calibrate(asked('platt'), model, all);
  expect(found?.map).toMatchObject({ kind: 'platt' });
  const { slope, intercept } = lineOf(found);
  expect(slope).toBeCloseTo(0.5, 1);
  expect(intercept).toBeCloseTo(-0.5, 1);
  expect(found?.calibration).toMatchObject({ method: 'platt', isTaken: true, rows });
  const { before, after, gain } = found?.calibration.measured ?? {};
  expect(after?.logLoss).toBeLessThan(before?.logLoss ?? 0);
  expect(gain?.low).toBeGreaterThan(0);
  expect(gain?.mean).toBeCloseTo((before?.logLoss ?? 0) - (after?.logLoss ?? 0), 10);
  expect(before?.error).toBeGreaterThan(before?.errorOfCalibrated.high ?? 1);
  expect(after?.error).toBeLessThan(after?.errorOfCalibrated.high ?? 0);
  const mapped = applyScoreMaps('binary', 2, answers, found?.map == null ? [] : [found.map]);
  expect(auroc(positives(mapped), labels)).toBe(auroc(positives(answers), labels));
});

test('a temperature finds the same where answers are only too sure', async () => {
  const { model, asked } = await world((logOdds) => 3 * logOdds);
  const found = calibrate(asked('temperature'), model, all);
  expect(found?.map).toMatchObject({ kind: 'temperature' });
  expect(found?.map?.kind === 'temperature' ? found.map.temperature : Number.NaN).toBeCloseTo(3, 0);
});

test('isotonic follows a bend that no line has', async () => {
  const bent = (logOdds: number): number => (logOdds < -1 ? logOdds : 4 * logOdds + 3);
  const { model, asked, answers, truth } = await world(bent);
  const errorOf = (method: CalibrationMethod): number => {
    const map = calibrate(asked(method), model, all)?.map;
    const mapped = positives(applyScoreMaps('binary', 2, answers, map == null ? [] : [map]));
    return truth.reduce((sum, logOdds, row) => sum + Math.abs(sigmoid(logOdds) - (mapped[row] ?? 0)), 0) / rows;
  };
  expect(errorOf('isotonic')).toBeLessThan(0.6 * errorOf('platt'));
  const map = calibrate(asked('isotonic'), model, all)?.map;
  const [curve] = map?.kind === 'isotonic' ? map.curves : [];
  expect(curve?.values).toEqual(curve?.values.toSorted((a, b) => a - b));
  expect(curve?.values.every(Number.isFinite)).toBe(true);
  const gaps = curve?.scores.slice(1).map((score, at) => score - (curve.scores[at] ?? 0)) ?? [];
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1e-3);
});

test('of answers that are right a map that does not help is left out, with its reason', async () => {
  const { model, asked, answers } = await world((logOdds) => logOdds);
  const found = calibrate(asked('isotonic'), model, all);
  expect(found?.calibration).toMatchObject({ isTaken: false, why: 'the log loss would be higher' });
  expect(found?.calibration.measured?.gain.mean).toBeLessThan(0);
  expect(found?.map).toBeNull();
  expect(answers.every(Number.isFinite)).toBe(true);
});

test('too few rows, too few of a class, one answer and a falling line are refused, each in its words', async () => {
  const whyOf = async (distort: (logOdds: number) => number, count: number, method: CalibrationMethod = 'platt') => {
    const { model, asked } = await world(distort, count);
    return calibrate(asked(method), model, { from: 0, to: count })?.calibration.why;
  };
  expect(await whyOf((z) => 2 * z, 99)).toBe('it needs 100 validation rows, and there are 99');
  expect(await whyOf(() => -1, 500)).toBe('every row has the same answer');
  expect(await whyOf((z) => -z, 2_000)).toBe('its line does not rise, so that it would turn the order of rows round');
  expect(await whyOf((z) => -z, 2_000, 'temperature')).toContain('its line does not rise');
  const { model, asked, labels } = await world((z) => 2 * z, 500);
  const first = labels.findIndex((label) => label === 1);
  labels.fill(0).fill(1, first, first + 19);
  expect(calibrate(asked('platt'), model, { from: 0, to: 500 })?.calibration).toEqual({
    method: 'platt',
    isTaken: false,
    why: 'it needs 20 validation rows of "fraud", and there are 19',
    rows: 500,
  });
});

test('falling shares are pooled to one value: no isotonic map turns rows round', async () => {
  const { model, asked } = await world((z) => -z, 2_000);
  const found = calibrate(asked('isotonic'), model, { from: 0, to: 2_000 });
  // One share for all rows is better than shares that are turned round.
  expect(found?.map).toMatchObject({ curves: [{ values: [expect.any(Number)] }] });
});

test('a row of weight 2 counts as two rows, and one of weight 0 not at all', async () => {
  const { model, asked } = await world(
    (z) => 2 * z,
    2_000,
    Float64Array.from({ length: 2_000 }, (_, row) => row % 3),
  );
  const weighted = lineOf(calibrate(asked('platt'), model, { from: 0, to: 2_000 }));
  const plain = await world((z) => 2 * z, 2_000);
  const copies = Array.from({ length: 2_000 }, (_, row) => Array.from({ length: row % 3 }, () => row)).flat();
  const labels = Float64Array.from(copies, (row) => plain.labels[row] ?? 0);
  const answers = Float64Array.from(copies.flatMap((row) => [...plain.answers.subarray(row * 2, row * 2 + 2)]));
  const { settings, signature, table } = plain.asked('platt');
  const found = calibrate(
    { signature, settings, weights: null, table: { columns: table.columns, labels } },
    { ...plain.model, predict: () => answers },
    { from: 0, to: copies.length },
  );
  expect(weighted.slope).toBeCloseTo(lineOf(found).slope, 6);
  expect(weighted.intercept).toBeCloseTo(lineOf(found).intercept, 6);
});

test('equal rows give equal maps and figures', async () => {
  const { model, asked } = await world((z) => 2 * z);
  for (const method of ['platt', 'isotonic', 'temperature'] as const)
    expect(calibrate(asked(method), model, all)).toEqual(calibrate(asked(method), model, all));
});

test('a fit without a calibration is left as it is', async () => {
  const { model, asked } = await world((z) => 2 * z);
  expect(calibrate({ ...asked('platt'), settings: defaultTrainers.gbdt }, model, all)).toBeNull();
});
