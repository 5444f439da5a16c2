import type { FallbackAnswer, TargetSpec } from '../spec/spec.ts';

/**
 * Everything that follows from what is predicted. A room asks the task of a target (`taskOf`) and never compares its
 * name; what a later room adds per task stands there in one exhaustive `Record<TaskName, …>`.
 *
 * Methods, not function properties: TypeScript then lets a `Task<BinaryTarget>` stand as a `Task`, and the target that
 * is handed in is the one that the task was looked up by.
 */
export interface Task<Target extends TargetSpec = TargetSpec> {
  readonly name: Target['task'];
  /** An answer is a probability per class and one of the classes; otherwise it is a value. */
  readonly hasClasses: boolean;
  /** One of two classes is the positive one, the second: rows are ranked by it, and decisions may be worth money. */
  readonly hasPositive: boolean;
  /** From where on a version without a threshold of its own decides for the positive class; null: there is none. */
  readonly defaultThreshold: number | null;
  readonly loss: TaskLoss;
  readonly labels: TaskLabels;
  readonly fallback: TaskFallback<Target>;
  readonly correction: TaskCorrection;

  /** In the order of the scores; `[negative, positive]` where there is a positive one; empty without classes. */
  classesOf(target: Target): readonly string[];
  /** The target with these classes, in that order. */
  targetOf(base: Pick<TargetSpec, 'column' | 'labelDelay'>, classes: readonly string[]): Target;
  /** What is wrong with a target and how to put it right; null when nothing is. */
  problemOf(target: Target): Problem | null;
  exampleLabel(target: Target): string | number;
  /** What is predicted, as a model card says it; `column` is ready to print, `say` prepares a label. */
  sayPrediction(target: Target, column: string, say: (label: string) => string): string;
  /** Numbers per answer. */
  scoreCount(classes: readonly string[]): number;
  /**
   * The number of the decided class of the row whose `width` scores begin at `from`; null where nothing is decided.
   * Without a threshold the most probable one.
   */
  decide(scores: ArrayLike<number>, from: number, width: number, threshold: number | null): number | null;
}

export interface Problem {
  readonly message: string;
  readonly fix: string;
}

export interface TaskLoss {
  /** How much worse than the champion is still not worse, where nothing is declared. */
  readonly margin: number;
  /** What people call it. */
  readonly words: string;
  /** Loss of one row, and what people call that. */
  readonly rowWords: string;
  /** Probabilities are clipped at `probabilityMin`; a label that is no class counts as that unlikely. */
  ofRow(scores: ArrayLike<number>, label: number, probabilityMin: number): number;
}

/** A label is text on its way and at rest, and a number where it is counted with: of its class, or itself. */
export interface TaskLabels {
  /** The text of what somebody sent; null when it cannot be a label. */
  textOf(value: string | number | boolean, classes: readonly string[]): string | null;
  /** The refusal of what cannot be one; `said` describes it. */
  refuse(said: string, classes: readonly string[]): string;
  /** Null for a text that is no label. */
  numberOf(text: string | null, classes: readonly string[]): number | null;
  /** A label in a sentence. */
  say(label: number, classes: readonly string[]): string;
  /** A label in a cell of a data file. */
  cellOf(text: string): string | number;
}

export interface TaskFallback<Target extends TargetSpec = TargetSpec> {
  /** What is wrong with a declared answer and how to put it right; null when nothing is. */
  problemOf(target: Target, answer: FallbackAnswer): Problem | null;
  answer(answer: FallbackAnswer, classes: readonly string[]): DecidedScores;
}

export interface DecidedScores {
  readonly scores: readonly number[];
  readonly decision: string | null;
}

/** How the answers of this task are recalibrated. */
export interface TaskCorrection {
  /** Whether numbers that stand beside the scores of a row (`covariates`) may have a part in what is answered. */
  readonly hasCovariates: boolean;
  /** Corrected scores, in the layout of the raw ones. */
  apply(by: Recalibration, raw: readonly number[], covariates?: ArrayLike<number>): readonly number[];
  /** Fitted on labelled rows, each of which counts by its weight. */
  fit(rows: CalibrationRows, weights: Float64Array, from?: FitFrom): Recalibration;
  /**
   * Second derivatives of the weighted loss of these rows, without what pulls towards leaving answers alone: what is
   * left of rows that are not kept (Laplace's approximation). Null for a task whose fits cannot go on from that.
   */
  curvatureAt(rows: CalibrationRows, weights: Float64Array, at: Recalibration): readonly (readonly number[])[] | null;
  /** By this loss two corrections are compared. */
  loss(scores: readonly number[], label: number): number;
  /** The most by which the losses of two answers can differ, whatever comes true; 0 where nothing bounds it. */
  lossSpan(one: readonly number[], other: readonly number[]): number;
  /** How far an answer moved: log-odds between the two classes that moved most, or the value. */
  change(before: readonly number[], after: readonly number[]): number;
  /** Root mean square by which one refit may move the answers of these rows, in the unit of `change`. */
  stepMax(labels: readonly number[], answers: readonly (readonly number[])[]): number;
}

export interface Recalibration {
  readonly slope: number;
  readonly intercepts: readonly number[];
  /** What one unit of each covariate adds; absent where none has a part. */
  readonly weights?: readonly number[];
}

/** What a fit goes on from. */
export interface FitFrom {
  /** Where the search begins: it changes how long it takes. */
  readonly start?: Recalibration;
  /** What earlier rows said, which are not among these. */
  readonly earlier?: EarlierRows;
}

/** What rows said that are not kept: where their loss was least, and how sure they are of it. */
export interface EarlierRows {
  readonly at: Recalibration;
  /** Of intercept, slope and the weight of each covariate, in this order. */
  readonly curvature: readonly (readonly number[])[];
  /** 1: they count as they were weighted; less: they are older (0..1). */
  readonly weight: number;
}

export interface CalibrationRows {
  readonly labels: readonly number[];
  /** What the model said, uncorrected. */
  readonly raw: readonly (readonly number[])[];
  /** What stands beside the scores of each row, row-major, in one unit; absent: nothing. */
  readonly covariates?: Covariates;
}

/** As many numbers for each row as `width` says. */
export interface Covariates {
  readonly width: number;
  readonly values: Float64Array;
  /** The weights of a linear model beside the version, one for each of them, in log-odds; absent: there is none. */
  readonly opinion?: readonly number[];
}
