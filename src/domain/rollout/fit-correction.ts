import type { Correction } from './correction.ts';
import { sayMany, sayNumber } from '../words/say.ts';
import type { CorrectionSpec, TaskName } from '../spec/spec.ts';
import type { CalibrationRows } from '../tasks/task.ts';
import { taskOf } from '../tasks/task-of.ts';

/** Oldest first. */
export interface LabelledScores extends CalibrationRows {
  readonly task: TaskName;
}

export interface CorrectionJudgement {
  readonly verdict: 'identity' | 'kept' | 'fitted';
  readonly correction: Correction | null;
  readonly rows: number;
  /** Mean loss on the youngest fifth, which the candidate had not seen. */
  readonly losses: { readonly identity: number; readonly current: number; readonly candidate: number } | null;
  readonly text: string;
}

const holdBackShare = 0.2;

/**
 * Ridge-penalised Platt scaling (Platt 1999; vector scaling for several classes, least squares for a value) around the
 * identity, with weights that halve every `halfLifeRows`. It is taken only if, fitted without the youngest fifth, it is
 * no worse there than what answers now; then it is fitted again on all rows.
 */
export function fitCorrection(
  given: LabelledScores,
  current: Correction | null,
  spec: CorrectionSpec,
): CorrectionJudgement {
  const rows = recent(given, spec.rowsMax);
  const count = rows.labels.length;
  if (count < spec.labelledRowsMin) {
    return {
      verdict: 'kept',
      correction: current,
      rows: count,
      losses: null,
      text: `Not corrected anew: ${sayMany(count, 'labelled row')} are in, ${spec.labelledRowsMin} are needed.`,
    };
  }
  const cut = Math.max(1, Math.floor(count * (1 - holdBackShare)));
  const trial = recalibrate(sliceRows(rows, 0, cut), spec.halfLifeRows);
  const youngest = sliceRows(rows, cut, count);
  const losses = {
    identity: meanLoss(youngest, null),
    current: meanLoss(youngest, current),
    candidate: meanLoss(youngest, trial),
  };
  const told =
    `on the youngest ${sayMany(count - cut, 'labelled row')} the loss is ${sayNumber(losses.identity)} ` +
    `uncorrected, ${sayNumber(losses.current)} as it answers now, ${sayNumber(losses.candidate)} with a new correction`;
  if (losses.candidate <= Math.min(losses.current, losses.identity)) {
    return {
      verdict: 'fitted',
      correction: recalibrate(rows, spec.halfLifeRows),
      rows: count,
      losses,
      text: `Corrected anew: ${told}.`,
    };
  }
  if (losses.identity <= losses.current)
    return { verdict: 'identity', correction: null, rows: count, losses, text: `Uncorrected: ${told}.` };
  return { verdict: 'kept', correction: current, rows: count, losses, text: `The correction stays: ${told}.` };
}

function recent(given: LabelledScores, rowsMax: number): LabelledScores {
  return sliceRows(given, Math.max(0, given.labels.length - rowsMax), given.labels.length);
}

/** The rows from `from` to before `to`. */
export function sliceRows(given: LabelledScores, from: number, to: number): LabelledScores {
  return { task: given.task, labels: given.labels.slice(from, to), raw: given.raw.slice(from, to) };
}

function meanLoss({ task, labels, raw }: LabelledScores, correction: Correction | null): number {
  const by = taskOf(task).correction;
  let sum = 0;
  labels.forEach((label, row) => {
    const scores = correction === null ? (raw[row] ?? []) : by.apply(correction, raw[row] ?? []);
    sum += by.loss(scores, label);
  });
  return labels.length === 0 ? 0 : sum / labels.length;
}

function weightsOf(count: number, halfLifeRows: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => Math.exp((-Math.LN2 * (count - 1 - row)) / halfLifeRows));
}

/** A correction fitted on all of these rows, whether it does any good or not. */
export function recalibrate(rows: LabelledScores, halfLifeRows: number): Correction {
  const weights = weightsOf(rows.labels.length, halfLifeRows);
  return { formatVersion: 1, task: rows.task, ...taskOf(rows.task).correction.fit(rows, weights) };
}
