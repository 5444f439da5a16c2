import type { Signature } from '../../domain/spec/signature.ts';
import type { OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { Calibration, CalibrationMethod } from '../../domain/training/calibration/calibration.ts';
import { applyScoreMaps, type ScoreMap } from '../../domain/training/calibration/score-map.ts';
import { studentTQuantile } from '../../statistics/distributions/student-quantile.ts';
import { batchMeans } from '../../statistics/samples/batch-means.ts';
import { logLossRows } from '../../statistics/samples/losses.ts';
import type { FeatureColumns } from '../../onnx/run/columns.ts';
import type { FittedModel, RowRange } from '../interface.ts';
import { fitIsotonic } from './fit-isotonic.ts';
import { fitPlatt } from './fit-platt.ts';
import { fitTemperature } from './fit-temperature.ts';
import { measureAnswers } from './measure-answers.ts';
import { takeCalibrationRows, type CalibrationRows } from './odds-rows.ts';

/** Stretches of the validation rows, each answered by a map of the others. */
const stretches = 5;
/** Fewer validation rows than this are fitted to by luck. */
const rowsMin = 100;
/** Rows of the rarest class, at least. */
const classRowsMin = 20;

const fits: Record<CalibrationMethod, (rows: CalibrationRows) => ScoreMap | null> = {
  platt: fitPlatt,
  isotonic: fitIsotonic,
  temperature: fitTemperature,
};

interface Asked {
  readonly signature: Signature;
  readonly table: { readonly columns: FeatureColumns; readonly labels: Float64Array };
  /** Of each row of the table; null counts each once. */
  readonly weights: Float64Array | null;
  readonly settings: OwnSpec;
}

/** What was found, and the map of it; null where the fit stays as it is. */
export interface Calibrated {
  readonly calibration: Calibration;
  readonly map: ScoreMap | null;
}

/**
 * Calibrates a fit by the validation rows, which it has not learnt from: taken where the log loss is proven to be lower
 * on rows that had no part in the map that answers them (95 % interval). Null where no calibration is declared.
 */
export function calibrate(asked: Asked, model: FittedModel, validation: RowRange): Calibrated | null {
  const { signature, table, weights, settings } = asked;
  const method = calibrationIn(settings);
  if (method === undefined) return null;
  const rows: CalibrationRows = {
    answers: model.predict(table.columns, validation),
    classes: signature.classes.length,
    labels: table.labels.slice(validation.from, validation.to),
    weights: weights?.slice(validation.from, validation.to) ?? null,
  };
  const count = rows.labels.length;
  const notTaken = (why: string): Calibrated => ({
    calibration: { method, isTaken: false, why, rows: count },
    map: null,
  });
  const whyNot = whyTooFew(rows, signature.classes) ?? whyConstant(rows);
  if (whyNot !== null) return notTaken(whyNot);
  const map = fits[method](rows);
  const answered = map === null ? null : crossFitted(signature, rows, fits[method]);
  if (map === null || answered === null)
    return notTaken('its line does not rise, so that it would turn the order of rows round');
  const before = measureAnswers(rows, settings.seed);
  const after = measureAnswers({ ...rows, answers: answered }, settings.seed);
  const gain = gainOf(rows, answered);
  // A mean that is lower by luck would be taken of every fit that needs nothing.
  const isTaken = gain.low > 0;
  const measured = { before, after, gain };
  const why = isTaken ? {} : { why: gain.mean > 0 ? 'its gain may be luck' : 'the log loss would be higher' };
  return { calibration: { method, isTaken, ...why, rows: count, measured }, map: isTaken ? map : null };
}

/** What these settings ask for. */
function calibrationIn(settings: OwnSpec): CalibrationMethod | undefined {
  return 'calibration' in settings ? settings.calibration : undefined;
}

function whyTooFew({ labels, weights }: CalibrationRows, classes: readonly string[]): string | null {
  if (labels.length < rowsMin) return `it needs ${rowsMin} validation rows, and there are ${labels.length}`;
  const counts = classes.map((name, k) => ({
    name,
    rows: labels.reduce((sum, label, row) => sum + (label === k && (weights?.[row] ?? 1) > 0 ? 1 : 0), 0),
  }));
  const rarest = counts.reduce((least, each) => (each.rows < least.rows ? each : least));
  return rarest.rows < classRowsMin
    ? `it needs ${classRowsMin} validation rows of ${JSON.stringify(rarest.name)}, ` + `and there are ${rarest.rows}`
    : null;
}

/** One answer for all rows is as right as it can be. */
function whyConstant({ answers, classes }: CalibrationRows): string | null {
  return answers.every((answer, cell) => answer === answers[cell % classes]) ? 'every row has the same answer' : null;
}

/** Answers to each stretch of rows by a map of all others; null where one of them has none. */
function crossFitted(
  { task, classes }: Signature,
  rows: CalibrationRows,
  fit: (rows: CalibrationRows) => ScoreMap | null,
): Float64Array | null {
  const count = rows.labels.length;
  const answered = new Float64Array(rows.answers.length);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * count) / stretches);
    const to = Math.floor(((stretch + 1) * count) / stretches);
    const map = fit(takeCalibrationRows(rows, (row) => row < from || row >= to));
    if (map === null) return null;
    const own = rows.answers.subarray(from * rows.classes, to * rows.classes);
    answered.set(applyScoreMaps(task, classes.length, own, [map]), from * rows.classes);
  }
  return answered;
}

/** By ten stretches of rows, as neighbours err alike; each row counts by its weight. */
function gainOf({ answers, classes, labels, weights }: CalibrationRows, answered: Float64Array) {
  const after = logLossRows(answered, classes, labels);
  const all = weights?.reduce((sum, weight) => sum + weight, 0) ?? labels.length;
  const gains = logLossRows(answers, classes, labels).map(
    (loss, row) => ((loss - (after[row] ?? 0)) * (weights?.[row] ?? 1) * labels.length) / all,
  );
  const { mean, standardError, df } = batchMeans(gains) ?? { mean: 0, standardError: 0, df: 1 };
  const width = studentTQuantile(0.025, df) * standardError;
  return { mean, low: mean - width, high: mean + width };
}
