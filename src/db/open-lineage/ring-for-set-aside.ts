import { and, eq, isNull, sql } from 'drizzle-orm';
import { sayMany } from '../../domain/words/say.ts';
import type { Db } from '../base/connect.ts';
import { alert, runEvent } from '../schema/index.ts';
import { amendAlert, closeAlerts, openAlert } from '../watching/alerts.ts';

const about = { kind: 'lineage-set-aside', subject: { of: 'lineage' } } as const;

/** The receiver of lineage takes what came later, and not this. One alert per model, with the newest of them. */
export async function ringForSetAside(
  db: Db,
  { model, runId, type }: Pick<typeof runEvent.$inferSelect, 'model' | 'runId' | 'type'>,
  { failure, webhooks }: { readonly failure: string; readonly webhooks: readonly string[] },
): Promise<void> {
  const held = await db.$count(runEvent, and(eq(runEvent.model, model), sql`${runEvent.setAsideAt} is not null`));
  const body =
    `${sayMany(held, 'event')} of OpenLineage set aside, the last ${type} of ${runId}: ${failure}. ` +
    'Later ones are told. It is sent again within the hour, then ever more seldom, for seven days. Its log says why.';
  const isNew = await openAlert(db, {
    ...about,
    model,
    severity: 'warning',
    title: `${model}: what is told of its runs is refused`,
    body,
    webhooks,
  });
  if (!isNew) await amendAlert(db, { ...about, model }, body);
}

/** Closes what was said about models of which nothing is set aside any more: it was taken, or is too old. */
export async function closeSetAside(db: Db): Promise<void> {
  const over = await db
    .select({ model: alert.model })
    .from(alert)
    .where(
      and(
        eq(alert.kind, about.kind),
        isNull(alert.closedAt),
        sql`not exists (select from ${runEvent} where ${runEvent.model} = ${alert.model}
          and ${runEvent.setAsideAt} is not null)`,
      ),
    )
    .limit(modelsMax);
  for (const { model } of over) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction each; the next turn goes on
    await closeAlerts(db, model, [about.kind]);
  }
}

const modelsMax = 100;
