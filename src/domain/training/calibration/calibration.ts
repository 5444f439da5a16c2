/** How answers are brought to the shares that come true. `platt` is of two classes alone. */
export const calibrationMethods = ['platt', 'isotonic', 'temperature'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** What became of a calibration that a definition asks for. */
export interface Calibration {
  readonly method: CalibrationMethod;
  /** Whether the file answers by it. */
  readonly isTaken: boolean;
  /** Why it was not taken, as a sentence without a full stop; absent where it was. */
  readonly why?: string;
  /** Validation rows that it was fitted on and measured by. */
  readonly rows: number;
  /** Absent where there was too little to fit it on. */
  readonly measured?: MeasuredCalibration;
}

/**
 * On the validation rows. What is said of `after` comes from maps that were each fitted without the stretch of rows
 * that they answer here: what is in the file was fitted on all of them.
 */
export interface MeasuredCalibration {
  readonly before: AnswersMeasured;
  readonly after: AnswersMeasured;
  /** Log loss before less log loss after, with its 95 % interval by ten stretches of rows. */
  readonly gain: { readonly mean: number; readonly low: number; readonly high: number };
}

export interface AnswersMeasured {
  /** Mean over the rows by their weights. */
  readonly logLoss: number;
  /** Metric `calibrationError` of the newest 50,000 of these rows at most. */
  readonly error: number;
  /** Of the same rows and answers, where labels are drawn as the answers say: 2.5 % and 97.5 % of 200 draws. */
  readonly errorOfCalibrated: { readonly low: number; readonly high: number };
  /** Ten stretches of as many of these rows, by rising answer. */
  readonly reliability: readonly ReliabilityBin[];
}

export interface ReliabilityBin {
  /** Mean answer: of the positive class, or of the decided one of several. */
  readonly predicted: number;
  /** Share of the rows for which it came true, with its 95 % interval (Clopper and Pearson 1934). */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
  readonly rows: number;
}
