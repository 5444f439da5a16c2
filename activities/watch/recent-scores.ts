import type { Db } from '../../src/db/base/connect.ts';
import { recentScores, type ScoredRow } from '../../src/db/traffic/read/recent-scores.ts';
import type { WindowRow } from '../../src/db/watching/windows.ts';

/** The most recent mature labelled rows of a version as known at the end of a window, oldest first. */
export type RecentScores = (version: number, rowsMax: number) => Promise<readonly ScoredRow[]>;

export interface RecentRows {
  readonly matureSeq: number;
  readonly rowsReadMax: number;
  readonly hasNumbers: boolean;
  /** Where a season is declared: decay is judged by it. */
  readonly hasTimes?: boolean;
}

/** Reads each version once per window, `rowsReadMax` rows: decay and correction ask for the same rows. */
export function recentScoresOf(
  db: Db,
  window: Pick<WindowRow, 'model' | 'number'>,
  { matureSeq, rowsReadMax, hasNumbers, hasTimes = false }: RecentRows,
): RecentScores {
  const read = new Map<number, Promise<readonly ScoredRow[]>>();
  return async (version, rowsMax) => {
    const reading =
      read.get(version) ??
      recentScores(db, window.model, {
        version,
        throughWindow: window.number,
        matureSeq,
        rowsMax: rowsReadMax,
        hasNumbers,
        hasTimes,
      });
    read.set(version, reading);
    const rows = await reading;
    return rows.slice(Math.max(0, rows.length - rowsMax));
  };
}
