/** What is sealed: rows of a model's predictions, or of its labels. */
export const sealedKinds = ['predictions', 'labels'] as const;
export type SealedKind = (typeof sealedKinds)[number];

/** One sealed file, as the list of stretches has it. Places are positions of predictions, or `label_seq` of labels. */
export interface SealedFile {
  readonly kind: SealedKind;
  readonly firstPlace: number;
  readonly lastPlace: number;
  readonly fileDigest: string;
  readonly indexDigest: string | null;
}

/** A prediction as it was logged; times in epoch milliseconds. Names are those of the columns of the log. */
export interface SealedPrediction {
  readonly prediction_id: string;
  readonly seq: number;
  readonly window_number: number;
  readonly requested_at_ms: number;
  readonly event_time_ms: number | null;
  readonly entity_hash: string | null;
  readonly arm: string;
  readonly stage: string;
  readonly version: number;
  readonly correction: string;
  readonly routing_revision: number;
  readonly spec_revision: number;
  readonly numbers: readonly number[];
  readonly texts: readonly (string | null)[];
  readonly scores: readonly number[];
  readonly raw_scores: readonly number[] | null;
  readonly decision: string | null;
  readonly other_version: number | null;
  readonly other_scores: readonly number[] | null;
  readonly other_raw_scores: readonly number[] | null;
  readonly failed: boolean;
  readonly latency_us: number;
}

/** A label of a stored prediction, with what decides whether it is the current one for a cut-off. */
export interface SealedLabel {
  readonly label_seq: number;
  readonly label_id: string;
  readonly prediction_id: string;
  readonly label: string;
  readonly known_seq: number;
  readonly known_window: number;
  readonly received_at_ms: number;
}

/** Which rows of a file are asked for. Positions are inclusive. */
export interface SealedRange {
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly throughWindow: number;
  readonly rowsMax: number;
  readonly order: 'oldest' | 'newest';
  /** These positions alone; absent for all of the range. */
  readonly seqs?: readonly number[];
}

/** The sealed side of the log: what src/db/traffic/read asks of the files (src/data/sealed answers). */
export interface SealedLog {
  predictions(file: SealedFile, range: SealedRange): Promise<readonly SealedPrediction[]>;
  /** Labels of the predictions with these positions, from any number of files. */
  labels(
    files: readonly SealedFile[],
    of: { readonly fromSeq: number; readonly toSeq: number; readonly throughWindow: number },
  ): Promise<readonly SealedLabel[]>;
  /** Positions through `toSeq` of predictions of which these files have a label that became known in these windows. */
  labelledSeqs(
    files: readonly SealedFile[],
    of: { readonly afterWindow: number; readonly throughWindow: number; readonly toSeq: number },
  ): Promise<readonly number[]>;
  /** Positions in a file by prediction id or entity hash, ascending; strangers of the same hash may be among them. */
  positions(
    file: SealedFile,
    key: { readonly of: 'id' | 'entity'; readonly value: string },
  ): Promise<readonly number[]>;
  /** The same of many prediction ids at once, in no order: the index is read once. */
  positionsOfIds(file: SealedFile, ids: readonly string[]): Promise<readonly number[]>;
}

/** Sums over a stretch, as exact decimal numbers, by name: equal in Postgres and in the file, or it is not sealed. */
export type StretchSums = Readonly<Record<string, string>>;
