import { sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { pinsInUse } from '../feature-views/online-due.ts';
import { closeAlerts } from './alerts.ts';

/** Closed in one step; the next one goes on. */
const closedMax = 100;

/**
 * Closes what was said of views that could not be filled where no revision that the model uses fails so often any more:
 * it was read, by whoever came first, or the model uses another one, or none. Law: reads definitions only where such an
 * alert is open.
 */
export async function closeMendedViews(db: Db, failuresMin: number): Promise<void> {
  const { rows } = await db.execute<{ model: string; view: string }>(sql`
    with ${sql.raw(pinsInUse)}
    select a.model, substr(a.subject, 6) as view from alert a
    where a.kind = 'source-unreadable' and a.closed_at is null and a.subject like 'view/%'
      and not exists (select from pins p join online_view o on o.view = p.view and o.digest = p.digest
        where p.model = a.model and 'view/' || p.view = a.subject and o.failures >= ${failuresMin})
    order by a.model, a.subject limit ${closedMax}`);
  for (const { model, view } of rows)
    // oxlint-disable-next-line no-await-in-loop -- one transaction each, and seldom
    await closeAlerts(db, model, ['source-unreadable'], { about: { of: 'view', view } });
}
