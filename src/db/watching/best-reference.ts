import { eq, lt } from 'drizzle-orm';
import type { BestReference } from '../../domain/watch/best/best-reference.ts';
import type { Db } from '../base/connect.ts';
import { bestReference } from '../schema/index.ts';

export interface KeptBest {
  readonly best: BestReference | null;
  /** The last window that fixed a reference; 0 for none. */
  readonly throughWindow: number;
}

/** The best champion of a model so far, as it is kept. Law: one row. */
export async function readBest(db: Db, model: string): Promise<KeptBest> {
  const [row] = await db.select().from(bestReference).where(eq(bestReference.model, model));
  if (row === undefined) return { best: null, throughWindow: 0 };
  const { version, windowNumber: window, reference, question, chosenFrom, throughWindow } = row;
  const isReset = version === null || window === null || reference === null || question === null;
  return { best: isReset ? null : { version, window, reference, of: chosenFrom, question }, throughWindow };
}

/** Keeps the best after a window that fixed a reference; a window that did so before changes nothing. */
export async function putBest(
  db: Db,
  model: string,
  { version, window, reference, of, question }: BestReference,
  throughWindow: number,
): Promise<void> {
  const kept = { version, windowNumber: window, reference, question, chosenFrom: of, throughWindow };
  await db
    .insert(bestReference)
    .values({ model, ...kept })
    .onConflictDoUpdate({
      target: bestReference.model,
      set: { ...kept, since: new Date() },
      setWhere: lt(bestReference.throughWindow, throughWindow),
    });
}

/** Forgets the best; the next window begins anew. The version that it was, or null where there was none. */
export async function resetBest(tx: Db, model: string, by: string, reason: string): Promise<number | null> {
  const [row] = await tx.select().from(bestReference).where(eq(bestReference.model, model)).for('update');
  if (row === undefined || row.version === null) return null;
  await tx
    .update(bestReference)
    .set({
      version: null,
      windowNumber: null,
      reference: null,
      question: null,
      chosenFrom: 0,
      since: new Date(),
      resetBy: by,
      resetReason: reason,
    })
    .where(eq(bestReference.model, model));
  return row.version;
}
