import type { FeatureKind, TimeReading } from '../../../domain/spec/spec.ts';

/** What a person said about the times of the whole table; it holds where cells do not say it themselves. */
export type GuessOptions = Pick<TimeReading, 'dateOrder' | 'timeZone'>;

export interface Guess {
  readonly kind: FeatureKind;
  /** How its times are written; nothing for other kinds. */
  readonly reading: TimeReading;
  readonly isTime: boolean;
  /** What decided, one sentence each; nothing where all cells agree. */
  readonly notes: readonly string[];
}
