import type { CoMoments } from '../../statistics/samples/co-moments.ts';

/** What an A/B test asks; fixed before its first unit. */
export interface AbTestPlan {
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  /** Between what one unit's outcome may lie, in the metric's unit; what lies outside is clipped, for every arm. */
  readonly bounds: readonly [lowest: number, highest: number];
  readonly horizon: AbTestHorizon;
  /** Probability that any arm is ever called better though it is not, or worse though it is not, 0 < alpha < 0.5. */
  readonly alpha: number;
  /** The smallest difference that matters, in the metric's unit, above 0. */
  readonly effectMin: number;
}

/** `fixed`: one look, when every arm has so many units. `sequential`: any number of looks; units of all arms. */
export type AbTestHorizon =
  | { readonly kind: 'fixed'; readonly unitsPerArm: number }
  | { readonly kind: 'sequential'; readonly unitsMax: number };

/** An arm and its share of units; shares need not sum to 1. The control comes first. */
export interface ArmWeight {
  readonly arm: string;
  readonly weight: number;
}

/** One unit that was assigned by chance, with its outcome. */
export interface AbTestUnit {
  readonly arm: string;
  readonly outcome: number;
  /** Known before the arm was chosen, such as the score of the control; null or NaN where there is none. */
  readonly covariate: number | null;
}

export interface ArmState {
  readonly arm: string;
  /** Share of units, 0..1; all arms sum to 1. */
  readonly weight: number;
  /** Units with a covariate, and without: x is the covariate, y the outcome. */
  readonly known: CoMoments;
  readonly unknown: CoMoments;
  /** Sum of (outcome less what was expected of it) / weight, and of its squares. */
  readonly weighted: number;
  readonly squares: number;
}

/** All that an A/B test keeps of its units: as much for ten as for ten million. */
export interface AbTestState {
  readonly arms: readonly ArmState[];
  /** Of all arms together. */
  readonly known: CoMoments;
  readonly unknown: CoMoments;
}

export type ArmVerdict = 'better' | 'worse' | 'no-different' | 'open';
export type AbTestVerdict = 'running' | 'winner' | 'no-difference' | 'undecided' | 'broken-assignment';

export interface ArmFigures {
  readonly arm: string;
  readonly units: number;
  /** Of the outcomes, clipped; null without a unit. */
  readonly mean: number | null;
}

export interface ArmJudgement extends ArmFigures {
  /** Arm minus control, by the covariate; positive is better. Null before there is a look. */
  readonly difference: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Share of the variance of the difference that the covariate took away, 0..1. */
  readonly varianceCut: number | null;
  readonly verdict: ArmVerdict;
}

export interface AbTestJudgement {
  readonly verdict: AbTestVerdict;
  /** The control too may win: where no arm is better, and at least one is worse. */
  readonly winner: string | null;
  readonly control: ArmFigures;
  readonly arms: readonly ArmJudgement[];
  /** Share of the units of the horizon that are in, 0..1. */
  readonly progress: number;
  /** Evidence that units do not come in the shares of the weights; broken from `1 / assignmentAlpha` on. */
  readonly assignmentEValue: number;
  readonly text: string;
}
