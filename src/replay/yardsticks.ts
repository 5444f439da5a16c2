import { setImmediate } from 'node:timers/promises';
import { signatureOf } from '../domain/spec/signature.ts';
import { scoreCountOf } from '../domain/tasks/task-of.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { sliceColumns } from '../onnx/run/columns.ts';
import { loadModel } from '../onnx/run/run-model.ts';
import { scoreColumns } from '../onnx/run/score-columns.ts';
import { fitRelease } from '../trainers/yardstick/yardstick.ts';
import { trainingTableOf, type TrafficTable } from './traffic-table.ts';

/** Scores of one way of serving the live rows, row-major, with the threshold that each row was decided by. */
export interface Served {
  readonly scores: Float64Array;
  /** Per row; NaN where the task has none. */
  readonly thresholds: Float64Array;
  readonly trainings: number;
}

/** The first champion, never retrained: its own ONNX file over the live rows. */
export async function neverRetrained(
  spec: ModelSpec,
  modelPath: string,
  threshold: number | null,
  table: TrafficTable,
  fromRow: number,
): Promise<Served> {
  const model = await loadModel(modelPath);
  try {
    const live = sliceColumns(table.columns, fromRow, table.rows.length);
    const scores = await scoreColumns(model.session, signatureOf(spec), live);
    return { scores, thresholds: new Float64Array(live.rows).fill(threshold ?? Number.NaN), trainings: 1 };
  } finally {
    await model.session.release();
  }
}

export interface FixedIntervalOptions {
  readonly fromRow: number;
  readonly everyRows: number;
  readonly labelDelayRows: number;
  readonly onProgress: (done: number, of: number) => void;
}

/** Retraining at fixed intervals on all labels that are in by then, each release promoted at once. */
export async function fixedInterval(
  spec: ModelSpec,
  table: TrafficTable,
  options: FixedIntervalOptions,
): Promise<Served> {
  const width = scoreCountOf(spec.target);
  const liveRows = table.rows.length - options.fromRow;
  const scores = new Float64Array(liveRows * width);
  const thresholds = new Float64Array(liveRows);
  let trainings = 0;
  for (let from = 0; from < liveRows; from += options.everyRows) {
    const to = Math.min(liveRows, from + options.everyRows);
    const known =
      from === 0 ? options.fromRow : Math.max(options.fromRow, options.fromRow + from - options.labelDelayRows);
    const release = await fitRelease(spec, trainingTableOf(table, known));
    trainings += 1;
    scores.set(
      release.predict(sliceColumns(table.columns, options.fromRow + from, options.fromRow + to)),
      from * width,
    );
    thresholds.fill(release.threshold ?? Number.NaN, from, to);
    options.onProgress(to, liveRows);
    await setImmediate();
  }
  return { scores, thresholds, trainings };
}
