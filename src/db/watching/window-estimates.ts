import { and, asc, desc, eq, inArray, lte, type SQL } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { windowEstimate, windowQuality } from '../schema/index.ts';
import type { StatedEstimate } from '../../domain/watch/stated-estimate.ts';

export type WindowEstimateRow = typeof windowEstimate.$inferSelect;

/** A window that was estimated, and what labels showed of it: null while it waits for them. */
export interface ComparedWindow {
  readonly window: number;
  readonly stated: Readonly<Record<string, StatedEstimate>>;
  readonly realised: Readonly<Record<string, number>> | null;
  readonly labelledRows: number;
}

/** Windows are looked up a stretch at a time: one that never gets labels takes the place of one that does. */
const stretchMax = 60;

/** What was said first stands: a window that is judged again says the same. */
export async function putWindowEstimate(db: Db, row: WindowEstimateRow): Promise<void> {
  await db.insert(windowEstimate).values(row).onConflictDoNothing();
}

/** What was said of one window, by metric; null where nothing was. */
export async function statedEstimates(
  db: Db,
  model: string,
  window: number,
): Promise<Readonly<Record<string, number>> | null> {
  const [row] = await db
    .select({ stated: windowEstimate.stated })
    .from(windowEstimate)
    .where(and(eq(windowEstimate.model, model), eq(windowEstimate.windowNumber, window)))
    .limit(1);
  if (row === undefined) return null;
  return Object.fromEntries(Object.entries(row.stated).map(([metric, { estimated }]) => [metric, estimated]));
}

/** Whose windows are looked up. */
export interface EstimatedBy {
  readonly model: string;
  readonly version: number;
  readonly isCorrected: boolean;
}

/** The first windows that were answered so, oldest first. Law: at most 60, whatever the age of the version. */
export async function firstEstimates(db: Db, by: EstimatedBy): Promise<readonly ComparedWindow[]> {
  const rows = await db
    .select()
    .from(windowEstimate)
    .where(isBy(by))
    .orderBy(asc(windowEstimate.windowNumber))
    .limit(stretchMax);
  return withQuality(db, by.model, rows);
}

/** The last ones up to a window, oldest first. Law: at most 60. */
export async function lastEstimates(
  db: Db,
  by: EstimatedBy,
  throughWindow: number,
  windowsMax = stretchMax,
): Promise<readonly ComparedWindow[]> {
  const rows = await db
    .select()
    .from(windowEstimate)
    .where(and(isBy(by), lte(windowEstimate.windowNumber, throughWindow)))
    .orderBy(desc(windowEstimate.windowNumber))
    .limit(windowsMax);
  return withQuality(db, by.model, rows.toReversed());
}

function isBy({ model, version, isCorrected }: EstimatedBy): SQL | undefined {
  return and(
    eq(windowEstimate.model, model),
    eq(windowEstimate.version, version),
    eq(windowEstimate.isCorrected, isCorrected),
  );
}

/** Not joined: the planner may read what was measured of all windows for the sake of some. */
async function withQuality(
  db: Db,
  model: string,
  rows: readonly WindowEstimateRow[],
): Promise<readonly ComparedWindow[]> {
  if (rows.length === 0) return [];
  const numbers = rows.map(({ windowNumber }) => windowNumber);
  const measured = await db
    .select({
      number: windowQuality.windowNumber,
      realised: windowQuality.realised,
      labelledRows: windowQuality.labelledRows,
    })
    .from(windowQuality)
    .where(and(eq(windowQuality.model, model), inArray(windowQuality.windowNumber, numbers)));
  const measuredOf = new Map(measured.map((row) => [row.number, row]));
  return rows.map(({ windowNumber, stated }) => {
    const found = measuredOf.get(windowNumber);
    return {
      window: windowNumber,
      stated,
      realised: found?.realised ?? null,
      labelledRows: found?.labelledRows ?? 0,
    };
  });
}
