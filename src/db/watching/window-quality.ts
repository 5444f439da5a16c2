import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove, window, windowQuality } from '../schema/index.ts';
import type { Stretch } from '../traffic/read/stretch.ts';
import { windowThrough } from '../traffic/read/window-rows.ts';

export type WindowQualityRow = typeof windowQuality.$inferSelect;

/** The version that the alias champion pointed to first; null before there was one. */
export async function firstChampionOf(db: Db, model: string): Promise<number | null> {
  const [row] = await db
    .select({ version: aliasMove.toVersion })
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), isNotNull(aliasMove.toVersion)))
    .orderBy(asc(aliasMove.movedAt), asc(aliasMove.moveId))
    .limit(1);
  return row?.version ?? null;
}

const blockRows = 100;

/** A window's rows, and what was measured of it before. */
export interface MeasuredStretch extends Stretch {
  readonly lastSeq: number;
  readonly labelledRows: number | null;
  readonly isRealised: boolean;
}

/** So many of the windows that are mature are looked at each time, newest first; the rest when they are revisited. */
const maturedMax = 4;

/** The last windows that may be mature, of which the newest may still have rows behind the position. */
export async function maturedWindows(db: Db, model: string, matureSeq: number): Promise<readonly number[]> {
  const number = await windowThrough(db, model, matureSeq);
  return Array.from({ length: maturedMax + 1 }, (_, back) => number - back).filter((one) => one >= 1);
}

/**
 * The window that was judged, those of `again` that are unmeasured, have no realised figure or have rows without a
 * label, and those of `matured` without a realised figure: what they have is counted again when it is their turn.
 */
export async function stretchesOf(
  db: Db,
  model: string,
  number: number,
  { again, matured }: { readonly again: readonly number[]; readonly matured: readonly number[] },
  rowsMax: number,
): Promise<readonly MeasuredStretch[]> {
  const numbers = [...new Set([number, ...again, ...matured])];
  const windows = await db
    .select({ number: window.number, firstSeq: window.firstSeq, lastSeq: window.lastSeq })
    .from(window)
    .where(and(eq(window.model, model), inArray(window.number, numbers)))
    .orderBy(asc(window.number));
  // Not joined: the planner may read what was measured of all windows for the sake of a dozen.
  const measured = await db
    .select({
      number: windowQuality.windowNumber,
      rows: windowQuality.rows,
      labelledRows: windowQuality.labelledRows,
      isRealised: sql<boolean>`${windowQuality.realised} is not null`,
    })
    .from(windowQuality)
    .where(and(eq(windowQuality.model, model), inArray(windowQuality.windowNumber, numbers)));
  const qualityOf = new Map(measured.map((row) => [row.number, row]));
  return windows
    .map((row) => ({ rows: null, labelledRows: null, isRealised: false, ...row, ...qualityOf.get(row.number) }))
    .filter(
      (row) =>
        row.lastSeq >= row.firstSeq &&
        (row.number === number ||
          row.rows === null ||
          !row.isRealised ||
          (again.includes(row.number) && (row.labelledRows ?? 0) < row.rows)),
    )
    .map(({ number: windowNumber, labelledRows, isRealised, firstSeq, lastSeq }) => ({
      number: windowNumber,
      lastSeq,
      labelledRows,
      isRealised,
      blocks: blocksOf(firstSeq, lastSeq, rowsMax),
    }));
}

/**
 * Everything, or as many blocks of 100 neighbouring positions as fit into `rowsMax`, evenly spread. An erased row is a
 * hole in its block: so many fewer are looked at, and what is said of a window counts the rows that were.
 */
function blocksOf(firstSeq: number, lastSeq: number, rowsMax: number): Stretch['blocks'] {
  const positions = lastSeq - firstSeq + 1;
  if (positions <= rowsMax) return [{ low: firstSeq, high: lastSeq }];
  const count = Math.max(1, Math.floor(rowsMax / blockRows));
  return Array.from({ length: count }, (_, i) => {
    const low = firstSeq + Math.floor((i * positions) / count);
    return { low, high: Math.min(lastSeq, low + blockRows - 1) };
  });
}
