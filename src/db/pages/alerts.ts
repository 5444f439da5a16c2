import { and, desc, eq, isNotNull, isNull, like, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { alert } from '../schema/index.ts';
import { likePatternOf } from '../views/views-rows.ts';

export type AlertLine = typeof alert.$inferSelect;

export interface AlertFilter {
  /** Glob over model names: what the reader may see. */
  readonly scope: string;
  readonly model: string | null;
  readonly severity: AlertLine['severity'] | null;
  readonly kind: string | null;
  readonly state: 'open' | 'closed';
  /** 1 is the first. */
  readonly page: number;
}

/** Alerts on one page. */
export const alertsPerPage = 50;

/** One more than a page, so that the caller knows whether there is a next. Open ones by severity, then by age. */
export async function alertLines(db: Db, filter: AlertFilter): Promise<readonly AlertLine[]> {
  const rank = sql`case ${alert.severity} when 'critical' then 0 when 'warning' then 1 else 2 end`;
  return db
    .select()
    .from(alert)
    .where(
      and(
        like(alert.model, likePatternOf(filter.scope)),
        filter.state === 'open' ? isNull(alert.closedAt) : isNotNull(alert.closedAt),
        filter.model === null ? undefined : eq(alert.model, filter.model),
        filter.severity === null ? undefined : eq(alert.severity, filter.severity),
        filter.kind === null ? undefined : sql`${alert.kind} = ${filter.kind}`,
      ),
    )
    .orderBy(
      ...(filter.state === 'open'
        ? [rank, desc(alert.openedAt), desc(alert.alertId)]
        : [desc(alert.closedAt), desc(alert.alertId)]),
    )
    .limit(alertsPerPage + 1)
    .offset((filter.page - 1) * alertsPerPage);
}
