import { inArray } from 'drizzle-orm';
import { sayBytes } from '../../domain/words/say.ts';
import { appendAudit } from '../audit/audit.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { removal } from '../schema/index.ts';

type Row = typeof removal.$inferSelect;

/** Models that are told of in one transaction. */
const modelsMax = 200;

/**
 * Moves what was removed into the audit: one row per model, and one for what belongs to none. True when there is more
 * to tell.
 */
export async function reportRemovals(database: Pick<Database, 'pool'>): Promise<boolean> {
  return withTransaction(database, async (tx) => {
    const models = await tx
      .selectDistinct({ model: removal.model })
      .from(removal)
      .orderBy(removal.model)
      .limit(modelsMax);
    if (models.length === 0) return false;
    const rows = await tx
      .delete(removal)
      .where(
        inArray(
          removal.model,
          models.map(({ model }) => model),
        ),
      )
      .returning();
    for (const { model } of models)
      // oxlint-disable-next-line no-await-in-loop -- one connection, one statement at a time
      await tell(
        tx,
        model,
        rows.filter((row) => row.model === model),
      );
    return models.length === modelsMax;
  });
}

async function tell(tx: Db, model: string, rows: readonly Row[]): Promise<void> {
  // Another report took them in between.
  if (rows.length === 0) return;
  const sorted = rows.toSorted((left, right) => left.what.localeCompare(right.what));
  await appendAudit(tx, {
    type: 'perennial.retention.applied',
    model: model === '*' ? null : model,
    subject: { of: 'model', model },
    actor: 'retain',
    reason: `reached their end: ${sorted.map(say).join(', ')}`,
    data: { removed: sorted.map(({ what, rows: count, bytes }) => ({ what, rows: count, bytes })) },
  });
}

function say({ what, rows, bytes }: Row): string {
  return `${rows} of ${what} (${sayBytes(bytes)})`;
}
