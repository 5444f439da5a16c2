import { and, eq, gte, isNotNull, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { isOfShard } from '../base/shard-sql.ts';
import { modelStream, window } from '../schema/index.ts';
import type { WatchShard } from '../watching/watch-lease.ts';
import type { WindowRow } from '../watching/windows.ts';

/** A model whose answers are to be corrected anew within a window, and its traffic as it was read. */
export interface DueCorrection {
  readonly model: string;
  /** The open window. */
  readonly window: number;
  readonly lastSeq: number;
  readonly labelledRows: number;
  /** The labelled rows at which it was due. */
  readonly due: number;
}

/**
 * Of one shard, those that are furthest behind first. A model with a closed window that nobody has looked at waits for
 * that: its end is older, and must not be put over what is known now.
 */
export async function dueCorrections(db: Db, shard: WatchShard, limit: number): Promise<readonly DueCorrection[]> {
  const unseen = db
    .select({ number: window.number })
    .from(window)
    .where(and(eq(window.model, modelStream.model), isNull(window.judgedAt), eq(window.judgeAttempts, 0)));
  const rows = await db
    .select({
      model: modelStream.model,
      window: modelStream.openWindow,
      lastSeq: modelStream.lastSeq,
      labelledRows: modelStream.labelledRows,
      due: modelStream.correctionDue,
    })
    .from(modelStream)
    .where(
      and(
        isNotNull(modelStream.correctionDue),
        gte(modelStream.labelledRows, modelStream.correctionDue),
        isOfShard(modelStream.model, shard),
        notExists(unseen),
      ),
    )
    .orderBy(sql`${modelStream.correctionDue} - ${modelStream.labelledRows}`, modelStream.model)
    .limit(limit);
  return rows.flatMap(({ due, ...row }) => (due === null ? [] : [{ ...row, due }]));
}

/** Takes a due correction and says when the next one is; false when somebody else has done so. In a transaction. */
export async function moveDue(tx: Db, { model, due }: DueCorrection, next: number | null): Promise<boolean> {
  const moved = await tx
    .update(modelStream)
    .set({ correctionDue: next })
    .where(and(eq(modelStream.model, model), eq(modelStream.correctionDue, due)))
    .returning({ model: modelStream.model });
  return moved.length > 0;
}

/**
 * Counts anew from the end of a window. False when it was set aside for so long that answers have been corrected since
 * with younger labels. In a transaction.
 */
export async function dueFromWindow(
  tx: Db,
  { model, judgeAttempts }: Pick<WindowRow, 'model' | 'judgeAttempts'>,
  next: number | null,
): Promise<boolean> {
  const { correctionDue } = modelStream;
  const isLate = judgeAttempts > 0 && next !== null;
  const updated = await tx
    .update(modelStream)
    .set({ correctionDue: next })
    .where(and(eq(modelStream.model, model), isLate ? or(isNull(correctionDue), lte(correctionDue, next)) : undefined))
    .returning({ model: modelStream.model });
  return !isLate || updated.length > 0;
}
