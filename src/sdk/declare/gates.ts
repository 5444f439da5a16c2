import type {
  Baseline,
  FairnessMeasure,
  FootprintFigure,
  UndecidedAction,
  UndecidedComparison,
} from '../../domain/spec/closed-sets.ts';
import type { FootprintGate, FootprintPrice } from '../../domain/spec/parts/footprint-gate.ts';
import type { MetricName, MetricRegistry } from '../../domain/metrics/registry.ts';
import type { GateSpec, TaskName } from '../../domain/spec/spec.ts';
import { written } from './written.ts';

/** Metrics that exist for a task; `checkSpec` holds the same at run time. */
export type MetricOf<Which extends TaskName> = {
  [Name in MetricName]: Which extends MetricRegistry[Name]['tasks'][number] ? Name : never;
}[MetricName];

/** A gate that judges by one of these metrics. */
export type Gate<Metric extends MetricName = MetricName> =
  | (GateSpec & { readonly metric: Metric })
  | FairGate
  | FootprintGate;
type FairGate = Extract<GateSpec, { readonly gate: 'fair' }>;

/** Metrics of which more is better, or less: a threshold on the wrong side is a compile error. */
type MetricBetter<Direction extends 'higher' | 'lower'> = {
  [Name in MetricName]: MetricRegistry[Name]['better'] extends Direction ? Name : never;
}[MetricName];

/** The candidate's metric reaches `value`, as proven on the test rows with an error of 5 %. */
export function atLeast<Metric extends MetricBetter<'higher'>>(metric: Metric, value: number): Gate<Metric> {
  return { gate: 'atLeast', metric, value };
}

/** The candidate's loss does not exceed `value`, as proven on the test rows with an error of 5 %. */
export function atMost<Metric extends MetricBetter<'lower'>>(metric: Metric, value: number): Gate<Metric> {
  return { gate: 'atMost', metric, value };
}

/**
 * One-sided paired non-inferiority on the same rows: worse than the champion by less than `margin`, with error `alpha`
 * (5 % unless told). What is proven worse is refused. What the test rows leave open is left to the rollout, which
 * promotes nothing unproven, unless `undecided` lets it wait for a training with more rows, or asks a person.
 */
export function noWorseThanChampion<Metric extends MetricName>(
  metric: Metric,
  options: { readonly margin: number; readonly alpha?: number; readonly undecided?: UndecidedComparison },
): Gate<Metric> {
  return { gate: 'noWorseThanChampion', metric, alpha: 0.05, ...written(options, 'noWorseThanChampion') };
}

/** Better than a baseline trained on the same rows by at least `by` (0 unless told), proven with an error of 5 %. */
export function betterThanBaseline<Metric extends MetricName>(
  metric: Metric,
  options: { readonly baseline?: Baseline; readonly by?: number } = {},
): Gate<Metric> {
  return { gate: 'betterThanBaseline', baseline: 'prior', metric, by: 0, ...written(options, 'betterThanBaseline') };
}

/**
 * As `noWorseThanChampion`, in each of these slices: passed where it is proven in all of them, refused where one is
 * proven worse, both with error `alpha` for the slices together. In between the candidate waits for more rows, or a
 * person is asked.
 */
export function noWorseInSlices<Metric extends MetricName>(
  metric: Metric,
  options: {
    readonly slices: readonly string[];
    readonly margin: number;
    readonly alpha?: number;
    readonly undecided?: UndecidedAction;
  },
): Gate<Metric> {
  return { gate: 'noWorseInSlices', metric, alpha: 0.05, undecided: 'wait', ...written(options, 'noWorseInSlices') };
}

/**
 * No two of these slices differ by more than `atMost`: in the share that is answered yes (`demographicParity`), in the
 * shares of positive and of negative rows that are (`equalisedOdds`), or in how far probabilities lie below what came
 * true (`calibration`). Passed where that is proven with an error of 5 %, refused where two are proven to differ by
 * more.
 */
export function fair(
  measure: FairnessMeasure,
  options: { readonly slices: readonly string[]; readonly atMost: number; readonly undecided?: UndecidedAction },
): FairGate {
  return { gate: 'fair', measure, undecided: 'wait', ...written(options, 'fair') };
}

type LowerFigure = Exclude<FootprintFigure, 'rowsPerCoreSecond'>;
type LimitAbove = { readonly atMost: number } | { readonly atMostTimesChampion: number };
type LimitBelow = { readonly atLeast: number } | { readonly atLeastTimesChampion: number };

/**
 * What the candidate takes as a program, measured by the platform on the file that is served: latency of single rows,
 * rows per core and second, bytes of the file, peak memory of a process that holds it, cost of 1,000 predictions at a
 * declared price. `atMostTimesChampion` is held against the champion beside it in the same rounds and does not
 * depend on the machine. What the rounds leave open a person decides, unless `undecided` lets it wait for the next
 * training.
 */
export function footprint(
  figure: 'rowsPerCoreSecond',
  options: LimitBelow & { readonly batchRows?: number; readonly undecided?: UndecidedAction },
): FootprintGate;
export function footprint(
  figure: 'costPer1000',
  options: LimitAbove & {
    readonly price: FootprintPrice;
    readonly batchRows?: number;
    readonly undecided?: UndecidedAction;
  },
): FootprintGate;
export function footprint(
  figure: Exclude<LowerFigure, 'costPer1000'>,
  options: LimitAbove & { readonly undecided?: UndecidedAction },
): FootprintGate;
export function footprint(
  figure: FootprintFigure,
  options: Omit<FootprintGate, 'gate' | 'figure' | 'undecided'> & { readonly undecided?: UndecidedAction },
): FootprintGate {
  return { gate: 'footprint', figure, undecided: 'ask', ...written(options, 'footprint') };
}
