import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove, window, windowQuality } from '../schema/index.ts';
import type { Stretch } from '../traffic/read/stretch.ts';

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

/** The window that was judged, and those of `again` that are unmeasured or have rows without a label. */
export async function stretchesOf(
  db: Db,
  model: string,
  number: number,
  again: readonly number[],
  rowsMax: number,
): Promise<readonly (Stretch & { readonly labelledRows: number | null })[]> {
  const numbers = [number, ...again];
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
    })
    .from(windowQuality)
    .where(and(eq(windowQuality.model, model), inArray(windowQuality.windowNumber, numbers)));
  const qualityOf = new Map(measured.map((row) => [row.number, row]));
  return windows
    .map((row) => ({ rows: null, labelledRows: null, ...row, ...qualityOf.get(row.number) }))
    .filter(
      (row) =>
        row.lastSeq >= row.firstSeq &&
        (row.number === number || row.rows === null || (row.labelledRows ?? 0) < row.rows),
    )
    .map(({ number: windowNumber, labelledRows, firstSeq, lastSeq }) => ({
      number: windowNumber,
      labelledRows,
      blocks: blocksOf(firstSeq, lastSeq, rowsMax),
    }));
}

/** Everything, or as many blocks of 100 neighbours as fit into `rowsMax`, evenly spread. */
function blocksOf(firstSeq: number, lastSeq: number, rowsMax: number): Stretch['blocks'] {
  const rows = lastSeq - firstSeq + 1;
  if (rows <= rowsMax) return [{ low: firstSeq, high: lastSeq }];
  const count = Math.max(1, Math.floor(rowsMax / blockRows));
  return Array.from({ length: count }, (_, i) => {
    const low = firstSeq + Math.floor((i * rows) / count);
    return { low, high: Math.min(lastSeq, low + blockRows - 1) };
  });
}
