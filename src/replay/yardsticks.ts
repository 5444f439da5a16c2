import { setImmediate } from 'node:timers/promises';
import { isRows } from '../domain/words/extent.ts';
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
}

/** What it took to answer so. */
export interface Effort {
  /** Null for what learns row by row. */
  readonly trainings: number | null;
  /**
   * Of learning alone, answers not counted; null where it is not known. Of what learns in our own process it is that of
   * the whole process meanwhile.
   */
  readonly cpuSeconds: number | null;
}

/** What all yardsticks that are held against the loop share. */
export interface YardstickPlan {
  readonly fromRow: number;
  readonly labelDelayRows: number;
  readonly onProgress: (words: string) => void;
}

/** Rows per window of the watch, where windows are counted in rows. */
const windowRowsOf = ({ watch: { window } }: ModelSpec): number => (isRows(window) ? window.rows : 500);

/** How often the yardstick with fixed intervals retrains: every four windows, and 50 rows or more. */
export function fixedIntervalRows(spec: ModelSpec): number {
  return Math.max(50, 4 * windowRowsOf(spec));
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
    return { scores, thresholds: new Float64Array(live.rows).fill(threshold ?? Number.NaN) };
  } finally {
    await model.session.release();
  }
}

/** Retraining at fixed intervals on all labels that are in by then, each release promoted at once. */
export async function fixedInterval(
  spec: ModelSpec,
  table: TrafficTable,
  { fromRow, labelDelayRows, onProgress }: YardstickPlan,
): Promise<Served & Effort> {
  const everyRows = fixedIntervalRows(spec);
  const width = scoreCountOf(spec.target);
  const liveRows = table.rows.length - fromRow;
  const scores = new Float64Array(liveRows * width);
  const thresholds = new Float64Array(liveRows);
  let trainings = 0;
  let cpuMicroseconds = 0;
  for (let from = 0; from < liveRows; from += everyRows) {
    const to = Math.min(liveRows, from + everyRows);
    const known = fromRow + Math.max(0, from - labelDelayRows);
    const before = process.cpuUsage();
    const release = await fitRelease(spec, trainingTableOf(table, known));
    const { user, system } = process.cpuUsage(before);
    cpuMicroseconds += user + system;
    trainings += 1;
    scores.set(release.predict(sliceColumns(table.columns, fromRow + from, fromRow + to)), from * width);
    thresholds.fill(release.threshold ?? Number.NaN, from, to);
    onProgress(`retraining every ${everyRows} rows, ${to} of ${liveRows} rows`);
    await setImmediate();
  }
  return { scores, thresholds, trainings, cpuSeconds: cpuMicroseconds / 1e6 };
}
