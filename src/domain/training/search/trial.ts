import type { SearchedValue } from '../../spec/search/distribution.ts';
import type { OwnSpec, SearchedKind } from '../../spec/trainer-spec.ts';

/** What a sampler chooses: a family, and a value for each of its settings that is searched. */
export interface Point {
  readonly family: SearchedKind;
  readonly values: Readonly<Record<string, SearchedValue>>;
}

/** A point that was tried, with its loss; null where it failed. */
export interface Tried {
  readonly point: Point;
  readonly loss: number | null;
}

/** One fit of one point. The same point is fitted once more for each rung that it reaches. */
export interface TrialAsk {
  /** From 1, in the order in which points were chosen. */
  readonly number: number;
  /** From 0; the last one sees all training rows. */
  readonly rung: number;
  /** Of the training rows, (0..1]. */
  readonly share: number;
  readonly point: Point;
  readonly settings: OwnSpec;
}

/** What a fit of a trial says of itself. */
export interface TrialFit {
  /** On all validation rows, as the family measures it; lower is better. */
  readonly loss: number;
  readonly trees: number;
  /** Training rows that it saw. */
  readonly rows: number;
  /** Processor time of the fit, ms. */
  readonly computeMs: number;
}

/** A trial that is over: its fit, or why there is none. */
export interface TrialDone extends Pick<TrialAsk, 'number' | 'rung' | 'share' | 'point' | 'settings'> {
  readonly fit: TrialFit | null;
  readonly reason: string | null;
}

export const searchEnds = ['trials', 'grid', 'compute', 'cost'] as const;
/** What ended a search: as many trials as may be, all of the grid, or the time or the money of its trials. */
export type SearchEnd = (typeof searchEnds)[number];

/** What a version says of the search that chose its settings. */
export interface SearchSummary {
  readonly trials: number;
  readonly failed: number;
  /** Number of the trial whose settings were taken. */
  readonly chosen: number;
  readonly loss: number;
  readonly computeMs: number;
  readonly ended: SearchEnd;
  readonly settings: OwnSpec;
}

/** The loss of a trial; null where it has none that is a number. */
export function lossOf({ fit }: Pick<TrialDone, 'fit'>): number | null {
  return fit !== null && Number.isFinite(fit.loss) ? fit.loss : null;
}
