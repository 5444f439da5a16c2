import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { legalHold } from '../schema/index.ts';

export type LegalHold = typeof legalHold.$inferSelect;

/** Models are fewer than this. */
const listedMax = 10_000;

/** All that stand, by model. */
export async function listHolds(db: Db): Promise<readonly LegalHold[]> {
  return db.select().from(legalHold).orderBy(asc(legalHold.model)).limit(listedMax);
}

export async function holdsOf(db: Db, models: readonly string[]): Promise<ReadonlyMap<string, LegalHold>> {
  const rows = await db
    .select()
    .from(legalHold)
    .where(inArray(legalHold.model, [...models]));
  return new Map(rows.map((row) => [row.model, row]));
}

/** Puts a hold in place unless one stands; answers the one that stands then. */
export async function putHold(tx: Db, row: Omit<LegalHold, 'since'>): Promise<LegalHold & { readonly isNew: boolean }> {
  await lockAgainstRemoval(tx, row.model);
  const [inserted] = await tx.insert(legalHold).values(row).onConflictDoNothing().returning();
  if (inserted !== undefined) return { ...inserted, isNew: true };
  const standing = (await holdsOf(tx, [row.model])).get(row.model);
  if (standing === undefined) throw new Error(`the hold of ${row.model} vanished under its lock`);
  return { ...standing, isNew: false };
}

/** Takes a hold away; answers what stood, null when none did. */
export async function removeHold(tx: Db, model: string): Promise<LegalHold | null> {
  const [row] = await tx.delete(legalHold).where(eq(legalHold.model, model)).returning();
  return row ?? null;
}

/**
 * True when the model is held; until the end of the transaction nobody can put a hold on it. What removes rows of a
 * model asks here first, so that after a hold was set nothing goes any more.
 */
export async function isHeld(tx: Db, model: string): Promise<boolean> {
  await tx.execute(sql`select pg_advisory_xact_lock_shared(hashtext('legal hold'), hashtext(${model}))`);
  return (await holdsOf(tx, [model])).has(model);
}

/** Waits for removals that are under way, which are short, and keeps the next ones waiting. */
async function lockAgainstRemoval(tx: Db, model: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('legal hold'), hashtext(${model}))`);
}
