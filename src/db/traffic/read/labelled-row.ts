import type { SealedPrediction } from '../../../domain/record/sealed.ts';

/** Rows above a position, through a mature one, that a version has scored, as known at the end of a window. */
export interface ScoredRange {
  readonly matureSeq: number;
  readonly version: number;
  readonly throughWindow: number;
  readonly afterSeq: number;
  readonly rowsMax: number;
}

/** An answered row with what it turned out to be. */
export interface LabelledRow {
  readonly seq: number;
  readonly eventTimeMs: number | null;
  readonly entityHash: string | null;
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly specRevision: number;
  readonly version: number;
  readonly scores: readonly number[];
  /** Before the correction; equal to `scores` where there was none. */
  readonly rawScores: readonly number[];
  readonly otherRawScores: readonly number[] | null;
  readonly otherVersion: number | null;
  readonly otherScores: readonly number[] | null;
  readonly label: string;
}

/** What of a logged prediction a labelled row is made of, under the names of the log: in Postgres and in a file. */
export type LoggedRow = Pick<
  SealedPrediction,
  | 'seq'
  | 'event_time_ms'
  | 'entity_hash'
  | 'numbers'
  | 'texts'
  | 'spec_revision'
  | 'version'
  | 'scores'
  | 'raw_scores'
  | 'other_version'
  | 'other_scores'
  | 'other_raw_scores'
>;

export function labelledRow(row: LoggedRow, label: string): LabelledRow {
  return {
    seq: row.seq,
    eventTimeMs: row.event_time_ms,
    entityHash: row.entity_hash,
    numbers: row.numbers,
    texts: row.texts,
    specRevision: row.spec_revision,
    version: row.version,
    scores: row.scores,
    rawScores: row.raw_scores ?? row.scores,
    otherRawScores: row.other_raw_scores ?? row.other_scores,
    otherVersion: row.other_version,
    otherScores: row.other_scores,
    label,
  };
}
