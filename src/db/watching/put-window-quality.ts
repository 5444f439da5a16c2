import { and, eq, sql } from 'drizzle-orm';
import { atomically, type Db } from '../base/connect.ts';
import { qualityTotal, windowQuality } from '../schema/index.ts';
import type { WindowQualityRow } from './window-quality.ts';

type Measured = Omit<WindowQualityRow, 'realised' | 'estimated' | 'firstRealised'>;

/**
 * Stores what a window was measured to be worth, and moves the model's total by the difference to what was measured
 * before: so the total is the sum of the windows, whoever measures which of them how often.
 */
export async function putWindowQuality(db: Db, row: WindowQualityRow): Promise<void> {
  await atomically(db, async (tx) => {
    await lockTotal(tx, row);
    const before = await measuredBefore(tx, row);
    await tx
      .insert(windowQuality)
      .values(row)
      .onConflictDoUpdate({ target: [windowQuality.model, windowQuality.windowNumber], set: row });
    if (before !== null) await addToTotal(tx, before, -1);
    await addToTotal(tx, row, 1);
  });
}

/** Two measurements of one window at once would both take away what only one of them may. */
async function lockTotal(tx: Db, { model, windowNumber }: Measured): Promise<void> {
  await tx
    .insert(qualityTotal)
    .values({ model, fromWindow: windowNumber, toWindow: windowNumber })
    .onConflictDoNothing();
  await tx.select({ model: qualityTotal.model }).from(qualityTotal).where(eq(qualityTotal.model, model)).for('update');
}

async function measuredBefore(tx: Db, { model, windowNumber }: Measured): Promise<Measured | null> {
  const [row] = await tx
    .select()
    .from(windowQuality)
    .where(and(eq(windowQuality.model, model), eq(windowQuality.windowNumber, windowNumber)));
  return row ?? null;
}

async function addToTotal(tx: Db, row: Measured, sign: 1 | -1): Promise<void> {
  const isCompared = row.firstValue !== null;
  const added = (column: AddedColumn, amount: number | null) =>
    sql`${qualityTotal[column]} + ${sign}::int * ${Number.isFinite(amount) ? amount : 0}::float8::numeric`;
  await tx
    .update(qualityTotal)
    .set({
      fromWindow: sql`least(${qualityTotal.fromWindow}, ${row.windowNumber}::int)`,
      toWindow: sql`greatest(${qualityTotal.toWindow}, ${row.windowNumber}::int)`,
      rows: added('rows', row.rows),
      labelledRows: added('labelledRows', row.labelledRows),
      comparedWindows: added('comparedWindows', isCompared ? 1 : 0),
      comparedRows: added('comparedRows', isCompared ? row.comparedRows : 0),
      value: added('value', isCompared ? row.value : 0),
      firstValue: added('firstValue', row.firstValue),
      differenceVariance: added('differenceVariance', row.differenceVariance),
      firstVersion: sql`greatest(${qualityTotal.firstVersion}, ${row.firstVersion}::int)`,
    })
    .where(eq(qualityTotal.model, row.model));
}

type AddedColumn =
  | 'rows'
  | 'labelledRows'
  | 'comparedWindows'
  | 'comparedRows'
  | 'value'
  | 'firstValue'
  | 'differenceVariance';
