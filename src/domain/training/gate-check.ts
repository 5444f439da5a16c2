import type { Metrics } from '../metrics/metrics.ts';
import type { MetricName } from '../metrics/registry.ts';
import type { ScoredRows } from '../metrics/scored-rows.ts';
import type { Baseline, StepFailureAction } from '../spec/closed-sets.ts';
import type { StepOutcomeSaid } from '../record/user-steps/messages.ts';
import type { GateSpec } from '../spec/spec.ts';
import type { ComparisonMethod, PairedRows } from './compare-paired.ts';
import type { FootprintOutcome } from './gates/footprint-rounds.ts';
import { rowsNeeded, sampleBounds, type Alphas, type BoundMethod, type Sample } from './sample-bounds.ts';

/** `insufficient`: the bounds lie on both sides of the limit, or there are none. */
export type CheckVerdict = 'pass' | 'fail' | 'insufficient';

/** In place of a declared gate: the verdict of a user step, which the definition asks before the gate. */
export interface StepGate {
  readonly gate: 'userStep';
  readonly step: string;
  readonly onFailure: StepFailureAction;
}

export interface GateCheck {
  readonly gate: GateSpec | StepGate;
  readonly verdict: CheckVerdict;
  /** The metric, or the difference (positive is better) for comparisons; null when it could not be had. */
  readonly value: number | null;
  /** What was held against the limit: the bound that the verdict rests on, or the value itself where it has none. */
  readonly bound: number | null;
  readonly limit: number;
  readonly rows: number;
  /** `delong` and `paired-bootstrap` were used by earlier releases. */
  readonly method: 'point' | 'mover' | 'order-statistic' | BoundMethod | ComparisonMethod | 'none';
  /** P(the truth lies beyond `bound`); absent in checks of earlier releases and where there is no bound. */
  readonly alpha?: number;
  /** Each slice by itself, where the check is over slices. */
  readonly slices?: readonly SliceCheck[];
  /** How many rows more would decide it, as far as these rows tell; null: nobody can say. */
  readonly rowsNeeded?: number | null;
  readonly text: string;
}

/** What rows of one slice say; null where they say nothing. */
export interface SliceCheck {
  readonly name: string;
  readonly verdict: CheckVerdict;
  readonly rows: number;
  readonly value: number | null;
  readonly bound: number | null;
  readonly alpha: number | null;
  /** How many more rows of it would decide it. */
  readonly rowsNeeded: number | null;
}

/** The numbers of the test rows that are in a slice, in their order. */
export interface SliceRows {
  readonly name: string;
  /** What gates call it: its own name, or the column of which it is a value. */
  readonly under: string;
  readonly rows: readonly number[];
}

/** What the file of a kind of gate offers. */
export interface GateKind<Gate extends GateSpec = GateSpec> {
  judge(gate: Gate, input: GateInput): GateCheck;
  /** Whether what it cannot decide does not block: the rollout asks again, or there is nothing to compare with. */
  leavesOpen(gate: Gate, input: GateInput): boolean;
}

export interface GateInput {
  readonly gates: readonly GateSpec[];
  /** The test rows, scored by the candidate. */
  readonly candidate: ScoredRows;
  readonly baselines: { readonly [Name in Baseline]?: BaselineScores };
  /**
   * Test rows that the champion was not trained on, scored by both (the candidate as challenger); null without a
   * champion.
   */
  readonly champion: PairedRows | null;
  /** There is one; absent: as `champion` says. One that came during the training has scored none of its rows. */
  readonly hasChampion?: boolean;
  /** Those that gates name; null where the training kept none. */
  readonly slices?: readonly SliceRows[] | null;
  /** What both took as programs; absent or null where no gate asks. */
  readonly footprint?: FootprintOutcome | null;
  /** What user steps said of the candidate; absent where none was asked. */
  readonly steps?: readonly Omit<StepOutcomeSaid, 'evidenceId'>[];
  /** What the rollout compares. */
  readonly promotion: { readonly metric: MetricName };
}

/** Whether there is a champion, although it may have scored none of the rows. */
export function hasChampion({ champion, hasChampion: isThere = champion !== null }: GateInput): boolean {
  return isThere;
}

/** Why no row was scored by both. */
export function sayUncompared(input: GateInput): string {
  return hasChampion(input)
    ? 'the champion has scored none of the test rows, so nothing was compared'
    : 'there is no champion yet, so nothing to compare';
}

export interface BaselineScores {
  readonly metrics: Metrics;
  /** The test rows, scored by the baseline; null for a training whose file did not hold them. */
  readonly rows: ScoredRows | null;
}

/** The error of checks that declare none. */
export const alphaUsual = 0.05;

/** Each check keeps its error of passing; that something is missed is said of any of them, so they share that error. */
export function alphasOf({ gates }: GateInput, alpha: number): Alphas {
  return { lower: alpha, upper: alpha / gates.length };
}

/** What bounds say of a limit that the mean of a sample must reach. */
export interface Held {
  readonly verdict: CheckVerdict;
  readonly estimate: number;
  /** The lower bound; where it is missed, the upper one, which proves that. */
  readonly bound: number;
  readonly alpha: number;
  readonly method: BoundMethod;
  readonly rowsNeeded: number | null;
}

export interface Limit {
  readonly value: number;
  /** The mean must lie above the limit, not on it. */
  readonly isStrict: boolean;
}

/** Passes where the lower bound reaches the limit, fails where the upper one does not, and says neither in between. */
export function holdAgainst(sample: Sample, limit: Limit, alphas: Alphas): Held {
  const { estimate, lower, upper, method } = sampleBounds(sample, alphas);
  const isMet = limit.isStrict ? lower > limit.value : lower >= limit.value;
  const verdict = isMet ? 'pass' : upper < limit.value ? 'fail' : 'insufficient';
  const [bound, alpha] = verdict === 'fail' ? [upper, alphas.upper] : [lower, alphas.lower];
  const needed = verdict === 'insufficient' ? rowsNeeded(sample, limit.value, alphas) : null;
  return { verdict, estimate, bound, alpha, method, rowsNeeded: needed };
}

export function checkOf(gate: GateSpec, held: Held, limit: number, rows: number): Omit<GateCheck, 'text'> {
  const { verdict, estimate, bound, alpha, method, rowsNeeded } = held;
  return { gate, verdict, value: estimate, bound, limit, rows, method, alpha, rowsNeeded };
}

export function absent(gate: GateSpec, limit: number, rows: number, text: string): GateCheck {
  return { gate, verdict: 'insufficient', value: null, bound: null, limit, rows, method: 'none', text };
}
