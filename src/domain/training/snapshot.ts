import type { BatchCheck } from '../contract/batch/batch-check.ts';
import type { RepairKind, RuleSeverity } from '../spec/closed-sets.ts';
import type { LineAccount } from './line-account.ts';

/**
 * An immutable dataset: which files of accepted rows, in which order, from which source, judged by which contract. It
 * holds no clock and no run id, so the same input has the same digest; the digest of its canonical JSON is its name.
 */
export interface SnapshotManifest {
  readonly formatVersion: 1;
  readonly model: string;
  readonly specRevision: number;
  /** Names what had been read of the source: for a file, the SHA-256 of its bytes. */
  readonly sourceDigest: string;
  /** SHA-256 of the parts of the spec that decide what is accepted and how it is typed. */
  readonly contractDigest: string;
  /** Parquet artifacts of accepted rows, ascending in `_order`. */
  readonly files: readonly SnapshotFile[];
  /** Accepted rows. */
  readonly rows: number;
  /** Accepted rows that carry a label. */
  readonly labelledRows: number;
  readonly quarantinedRows: number;
  /** Parquet artifact of quarantined rows with line numbers and rule ids; null when there are none. */
  readonly quarantineDigest: string | null;
  /** Digest of the values rather than of the bytes: survives another version of the engine's Parquet writer. */
  readonly logicalDigest: string;
  readonly schema: readonly SnapshotColumn[];
  readonly ruleCounts: readonly RuleCount[];
  /** What the declared repairs did, in their order; absent where none is declared. */
  readonly repairs?: RepairReport;
  readonly profile: readonly ColumnSummary[];
  /** What became of the rules that hold a batch against those before it. Absent without any. */
  readonly batchChecks?: readonly BatchCheck[];
  /** Columns of the source, declared or not, where a rule asks for them. */
  readonly sourceColumns?: readonly SourceColumn[];
  /**
   * Snapshots that this one continues: history that grows, and the history before labelled traffic. A snapshot without
   * any stands alone, so a file that is read whole supersedes what was read of it before. Absent means none.
   */
  readonly parents?: readonly string[];
  /** Where the source is to be opened next; absent where that is `sourceDigest`, as it is for a file. */
  readonly cursor?: string;
  /** Which source of a union its rows come from; absent where there is one. */
  readonly member?: string;
  /** Where the lines of the source file went; absent for Parquet, for traffic, and in those of earlier releases. */
  readonly lines?: LineAccount;
  /** What the reader found and decided, one sentence each. Absent where `lines` is. */
  readonly readingNotes?: readonly string[];
  /** The snapshot whose quarantined rows these are, edited and checked again; absent where a source was read. */
  readonly replayOf?: string;
  /**
   * Of a source that is read whole: behind how many lifted erasures of its model it was read, so that the same bytes,
   * read again after one more, are another snapshot. Absent means none.
   */
  readonly liftedErasures?: number;
  /** Of the first snapshot of a line that begins with rows of another one: they are its files, by reference. */
  readonly branched?: BranchedFrom;
  /** Of labelled traffic: its files are pieces. Absent where each row stands once, in its place. */
  readonly traffic?: TrafficPieces;
  /** Of rows of a feature view: `model` is its name then. Absent for rows of a model. */
  readonly view?: ViewRows;
  /** Of rows that were joined with views: what was there of each. Absent where no feature comes from a view. */
  readonly joined?: readonly JoinedView[];
  /** The views that rules of the contract asked, and through which snapshot. */
  readonly asked?: readonly JoinedView[];
}

/** Where the rows of a branch come from. */
export interface BranchedFrom {
  readonly model: string;
  /** The snapshot that it begins with, which stands for all that it continues. */
  readonly snapshot: string;
  /** What the model's own source held when its line began: nothing of it is in here. */
  readonly found: string;
}

/** What a snapshot of a feature view says beyond its rows. */
export interface ViewRows {
  /** The revision, by its digest: snapshots of another one are not gone on from. */
  readonly digest: string;
  /**
   * When Perennial received the rows, epoch milliseconds, which is when they became available. Null where the view
   * declares a column for it, and for what its source held when it was first read: that counts from its event time.
   */
  readonly receivedMs: number | null;
  /** Of a snapshot that holds the rows of several. Absent where its rows were read of the source. */
  readonly joins?: JoinedLooks;
}

/**
 * Snapshots of one view whose rows stand in one file since, in their order; the places of the rows are what they were.
 * When each row was received stands in the file, where that counts.
 */
export interface JoinedLooks {
  /** From 1: a snapshot of level n joins some of level n - 1; one that is as large as it may be has the level null. */
  readonly level: number | null;
  /** Snapshots that were read of the source, all levels down. */
  readonly looks: number;
  /** What it joins, oldest first, by their digests. */
  readonly of: readonly string[];
}

/** Which rows of a view a snapshot was joined with. */
export interface JoinedView {
  readonly view: string;
  /** The revision, by its digest. */
  readonly digest: string;
  /** The newest snapshot of it, which stands for all that it continues; null when it had no row. */
  readonly snapshot: string | null;
}

/**
 * Labelled traffic as pieces, oldest first: each has the rows whose label was given or corrected in some windows, and a
 * row that stands in several counts as the newest of them has it. A later snapshot goes on from the pieces of an
 * earlier one. `orderMin` and `orderMax` of a piece are positions in the log, and its `rows` are those set aside too.
 */
export interface TrafficPieces {
  /** Digest of what decides how rows are read and typed: pieces of another one cannot be gone on from. */
  readonly layout: string;
  readonly throughWindow: number;
  /** The last position of that window; null when it was not closed, and then nothing goes on from here. */
  readonly throughSeq: number | null;
  /**
   * The last position that is in the pieces: behind it, labels of the slowest class are still to come, and whatever is
   * labelled already is not like the rest. Absent in those of earlier releases, which reach to `throughSeq`.
   */
  readonly matureSeq?: number;
  /** Rows before this position have reached their end and are not in the pieces any more. */
  readonly fromSeq: number;
  /** `_order` of the first row: one more than the largest of the history. */
  readonly firstOrder: number;
  /** The column that is the event time and nothing else: it gets its values from `event_key`, as a whole. */
  readonly bareEventTime: string | null;
  /** False when no row has an event time. */
  readonly hasEventTime: boolean;
  /** Why all of the traffic was exported; null when an earlier snapshot was gone on from. */
  readonly anew: string | null;
}

export interface SnapshotFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly orderMin: number;
  readonly orderMax: number;
}

/** A column of a table as it came, declared or not. */
export interface SourceColumn {
  readonly name: string;
  /** As the engine names it; of text files all are VARCHAR. */
  readonly type: string;
}

export interface SnapshotColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'BOOLEAN' | 'VARCHAR' | 'BIGINT';
}

/** How often a contract rule was broken in one batch. */
export interface RuleCount {
  readonly ruleId: string;
  readonly severity: RuleSeverity;
  /** Rows that broke it; 1 for a rule about the whole batch. */
  readonly rows: number;
  /**
   * Line of the first such row in the source (1-based, header included); null for a rule about the whole batch, and for
   * traffic, which has no lines.
   */
  readonly line: number | null;
  /** What the rule asks for, in words. */
  readonly about: string;
}

/** What repairs did to the rows of one batch. */
export interface RepairReport {
  readonly counts: readonly RepairCount[];
  /** Rows that they took out: neither accepted nor quarantined. */
  readonly removedRows: number;
  /** Parquet artifact with a row for each repaired cell and each row that was taken out; null where there is none. */
  readonly logDigest: string | null;
  /** Rows of that file: the first by line, at most `repairLogMax` (src/domain/training/repair-log.ts). */
  readonly loggedRows: number;
}

/** How often one repair did something. */
export interface RepairCount {
  readonly repair: RepairKind;
  readonly columns: readonly string[];
  readonly of: 'cells' | 'rows';
  readonly count: number;
  /** Line of the first one in the source; null where there is none. */
  readonly line: number | null;
}

/** Column statistics of a table; numbers are absent where they make no sense. */
export interface ColumnSummary {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** Approximate (HyperLogLog, about 2 %) beyond a few thousand values. */
  readonly distinct: number;
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  /** Standard deviation, where a rule asks for it and squares are not beyond a double. */
  readonly deviation?: number;
  /**
   * Number columns with more than one value: every `everyNth` row in equal steps from `from` to `to`; what lies beyond
   * is in the first and last.
   */
  readonly histogram?: {
    readonly from: number;
    readonly to: number;
    readonly everyNth: number;
    readonly rows: readonly number[];
  };
  /** Most frequent values of a text column, at most 5; 100 where a rule about batches asks how often they are. */
  readonly top?: readonly { readonly value: string; readonly rows: number }[];
}

/** The last position of the log that pieces reach to; null where nothing says it. */
export function reachOf({ matureSeq, throughSeq }: Pick<TrafficPieces, 'matureSeq' | 'throughSeq'>): number | null {
  return matureSeq ?? throughSeq;
}

/** Largest `_order` of a snapshot's rows; -1 when it has none. */
export function orderMaxOf({ files, traffic, rows }: Pick<SnapshotManifest, 'files' | 'traffic' | 'rows'>): number {
  if (traffic !== undefined) return traffic.firstOrder + rows - 1;
  return files.reduce((largest, file) => Math.max(largest, file.orderMax), -1);
}

/** Where the source is to be opened next; null, the beginning, while a line holds nothing but what it began with. */
export function cursorOf({
  cursor,
  sourceDigest,
  branched,
}: Pick<SnapshotManifest, 'branched' | 'cursor' | 'sourceDigest'>): string | null {
  return branched === undefined ? (cursor ?? sourceDigest) : null;
}

/** What changed between two datasets: each is a snapshot with all that it continues. */
export interface DatasetDiff {
  readonly rows: { readonly from: number; readonly to: number };
  /** Those of the later one first. */
  readonly columns: readonly ColumnDiff[];
  /** Rows that stand on one side alone, by all columns that both have; null when they have none in common. */
  readonly rowsChanged: { readonly added: number; readonly removed: number } | null;
  /** Keys of whom rows are about that stand on one side alone; null where none is declared. */
  readonly keysChanged: { readonly added: number; readonly removed: number } | null;
}

export interface ColumnDiff {
  readonly name: string;
  readonly change: 'same' | 'added' | 'removed' | 'retyped';
  readonly types: { readonly from: SnapshotColumn['type'] | null; readonly to: SnapshotColumn['type'] | null };
  /** Of a column that both have as the same type. */
  readonly values?: {
    readonly missing: { readonly from: number; readonly to: number };
    readonly means: { readonly from: number; readonly to: number } | null;
    /**
     * Jensen-Shannon distance (0 to 0.83) of the values, in twentieths of the first side or by word, a missing value
     * among them.
     */
    readonly distance: number;
    /** What two samples of these sizes show without any difference. */
    readonly floor: number;
  };
}
