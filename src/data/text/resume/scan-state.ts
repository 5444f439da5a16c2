import type { TextPlace } from '../byte-source.ts';
import type { MarkCounts } from '../number-marks.ts';
import type { ColumnTraits } from '../scan-record.ts';
import type { TextTally } from '../text-tally.ts';

/** What the header line says of the lines behind it. */
export interface HeaderSeen {
  readonly cells: readonly string[];
  /** Whether a line of another width that begins with # is a comment. */
  readonly hasMarkedComments: boolean;
}

/** What a pass over a text of one format knows behind its header, beside its tally. */
interface CsvState {
  readonly header: HeaderSeen | null;
  readonly marks: readonly MarkCounts[];
  readonly traits: readonly ColumnTraits[];
}

/** Where a pass over a text stands between two lines, as JSON: all that it needs to go on as if it had not stopped. */
export interface ScanState {
  readonly place: TextPlace;
  /** Physical line that comes next. */
  readonly line: number;
  readonly isLineOpen: boolean;
  /** True behind the end: nothing is read any more. */
  readonly isDone: boolean;
  readonly tally: Omit<TextTally, 'unreadable'> & {
    readonly unreadable: readonly (readonly [
      rule: Parameters<TextTally['unreadable']['set']>[0],
      found: { readonly rows: number; readonly line: number },
    ])[];
  };
  /** Null for lines of JSON. */
  readonly csv: CsvState | null;
}

/** Stops of a pass, each behind as many rows again. */
export interface ScanStops {
  /** Where it goes on; null begins. */
  readonly from: ScanState | null;
  readonly everyRows: number;
  /** Where the last bytes that were handed out begin. */
  placeOf(rest: Buffer): TextPlace;
  stop(state: ScanState): Promise<void>;
}

/** The tally of a state, which may grow. */
export function tallyOf({ tally }: ScanState): TextTally {
  const { unreadable, ...rest } = structuredClone(tally);
  return { ...rest, unreadable: new Map(unreadable.map(([rule, found]) => [rule, { ...found }])) };
}

interface Standing extends Pick<ScanState, 'line' | 'isLineOpen' | 'isDone'> {
  /** What of the bytes that were handed out lies behind it. */
  readonly rest: Buffer;
}

/** Says when a pass stops, and what of it is kept; without `stops` it never does. */
export function stopsOf(stops: ScanStops | undefined, tally: TextTally, csv: () => CsvState | null) {
  const { account } = tally;
  let nextRows = stops === undefined ? Infinity : account.rows + stops.everyRows;
  let hasStopped = (stops?.from ?? null) !== null;
  return {
    isDue: (): boolean => account.rows === nextRows,
    async stop({ rest, line, isLineOpen, isDone }: Standing): Promise<void> {
      // A text that ends before its first stop has nothing that is worth keeping.
      if (stops === undefined || (isDone && !hasStopped)) return;
      hasStopped = true;
      if (!isDone) nextRows = account.rows + stops.everyRows;
      const { encoding, longestBytes, tallest, repeatedHeaderLine, strayQuote } = tally;
      const unreadable = [...tally.unreadable];
      const found = { account, encoding, longestBytes, tallest, repeatedHeaderLine, strayQuote, unreadable };
      const place = stops.placeOf(rest);
      await stops.stop(structuredClone({ place, line, isLineOpen, isDone, tally: found, csv: csv() }));
    },
  };
}
