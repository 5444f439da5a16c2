import { logProbabilityMin, oddsAgainstOthers, oddsOf } from '../../domain/training/calibration/score-map.ts';

/** Answers to rows with what came true of them, and how much each row counts. */
export interface CalibrationRows {
  /** Row-major probabilities. */
  readonly answers: Float64Array;
  readonly classes: number;
  /** Numbers of classes. */
  readonly labels: Float64Array;
  /** 0 and above; null counts each row once. */
  readonly weights: Float64Array | null;
}

/** Rows [from, to), or all but these. */
export function takeCalibrationRows(rows: CalibrationRows, isTaken: (row: number) => boolean): CalibrationRows {
  const { answers, classes, labels, weights } = rows;
  const taken = Array.from(labels.keys()).filter((row) => isTaken(row));
  return {
    answers: Float64Array.from(
      { length: taken.length * classes },
      (_, cell) => answers[(taken[Math.floor(cell / classes)] ?? 0) * classes + (cell % classes)] ?? Number.NaN,
    ),
    classes,
    labels: Float64Array.from(taken, (row) => labels[row] ?? 0),
    weights: weights === null ? null : Float64Array.from(taken, (row) => weights[row] ?? 0),
  };
}

/** Of two classes: the log-odds of the positive one, a row each. */
export function oddsIn({ answers, labels }: CalibrationRows): Float64Array {
  return labels.map((_, row) => oddsOf(answers[row * 2] ?? 0.5, answers[row * 2 + 1] ?? 0.5));
}

/** The logarithms of the probabilities, row-major. */
export function logsIn({ answers }: CalibrationRows): Float64Array {
  return answers.map((answer) => Math.max(Math.log(answer), logProbabilityMin));
}

/** Of one of several classes: its log-odds against all others, a row each. */
export function oddsOfClassIn({ answers, classes, labels }: CalibrationRows, of: number): Float64Array {
  return labels.map((_, row) => oddsAgainstOthers(answers[row * classes + of] ?? 0));
}
