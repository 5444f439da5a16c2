import type { MetricIntervals } from '../../metrics/metric-intervals.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { MetricName } from '../../metrics/registry.ts';
import type { experimentStandings } from '../../record/closed-sets.ts';
import type { ModelSpec } from '../../spec/spec.ts';

/** How a candidate came out: of those that were judged, proven or not; or it came to nothing. */
export type ExperimentStanding = (typeof experimentStandings)[number];

export const candidatesMin = 2;
export const candidatesMax = 16;

/** Of a metric on the same rows, signed so that positive is better. */
export interface Difference {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
}

/** What one candidate came to on the test rows, by files that are not kept. */
export interface CandidateOutcome {
  readonly family: string;
  readonly trees: number;
  readonly threshold: number | null;
  readonly testMetrics: Metrics;
  /** Of this candidate by itself, 95 % each. */
  readonly intervals: MetricIntervals;
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  /** Columns that a request carries. */
  readonly inputs: number;
  /** Of the file that would be served. */
  readonly fileBytes: number;
  /** Median wall time of one answer in a process of its own; null where it could not be measured. */
  readonly latencyUs: number | null;
  /** From the start of its fit to its end, wall time; waiting for a worker counts. */
  readonly fitMs: number;
  /** The champion on the same rows; null without one, and where it answers another question. */
  readonly champion: Pick<ChampionReference, 'testMetrics' | 'unseenRows'> | null;
}

/** The champion on the same rows. */
export interface ChampionReference {
  readonly version: number;
  /** On all test rows, whether it was trained on them or not. */
  readonly testMetrics: Metrics;
  /** The youngest test rows, which it was not trained on: it is compared on these alone. */
  readonly unseenRows: number;
  /** Champion minus the best candidate on them; null where there are too few. */
  readonly difference: Difference | null;
}

/** What came of an experiment. */
export interface ExperimentResult {
  readonly metric: MetricName;
  readonly alpha: number;
  /** Test rows, the same of all candidates. */
  readonly rows: number;
  /** The best first; those that came to nothing last, in the order in which they were named. */
  readonly standings: readonly {
    readonly name: string;
    readonly standing: ExperimentStanding;
    readonly difference: Difference | null;
    /** Why it came to nothing; null for the others. */
    readonly reason: string | null;
  }[];
  readonly champion: ChampionReference | null;
}

/** Judged candidates with the files in which their scores lie; the training child compares them. */
export interface CompareJob {
  readonly job: 'compare';
  readonly metric: MetricName;
  readonly alpha: number;
  readonly candidates: readonly {
    readonly name: string;
    readonly spec: Pick<ModelSpec, 'target' | 'trainer'>;
    readonly threshold: number | null;
    readonly scoresPath: string;
  }[];
  /** Of the scores that the files hold beside those of the candidates; null without one. */
  readonly champion: { readonly threshold: number | null; readonly unseenRows: number } | null;
}

export interface CompareResult extends Pick<ExperimentResult, 'rows' | 'standings'> {
  /** Champion minus the best candidate; null where there is none, or too few rows that it has not seen. */
  readonly championDifference: Difference | null;
}
