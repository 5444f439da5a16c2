import { and, desc, eq, isNull, like, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, pageOf, type Page } from '../../contracts/http/page.ts';
import type { AlertView } from '../../contracts/http/views.ts';
import type { Db } from '../base/connect.ts';
import { alert } from '../schema/index.ts';
import { alertViewOf, likePatternOf } from './views-rows.ts';

/** Where a list of alerts goes on: the key of its last row, `end`, or null for its beginning. */
export const alertKey = z.union([z.tuple([z.iso.datetime(), z.int().min(0)]), z.literal('end')]).nullable();
type AlertKey = z.infer<typeof alertKey>;

export interface AlertsPage {
  readonly model: string | null;
  /** Glob over model names; absent for all. */
  readonly scope?: string;
  readonly isOpenOnly: boolean;
  readonly limit: number;
  readonly before?: Date | null;
  readonly key?: AlertKey;
  readonly cursor?: string | undefined;
}

/** Alerts, latest first. `model` null means all; at most `limit` (1..200). */
export async function listAlerts(db: Db, page: AlertsPage): Promise<Page<AlertView>> {
  const key = page.key ?? decodeCursor(alertKey, page.cursor);
  if (key === 'end') return { items: [], next: null };
  const rows = await db
    .select()
    .from(alert)
    .where(
      and(
        page.model === null ? undefined : eq(alert.model, page.model),
        page.scope === undefined ? undefined : like(alert.model, likePatternOf(page.scope)),
        page.isOpenOnly ? isNull(alert.closedAt) : undefined,
        page.before === undefined || page.before === null ? undefined : lt(alert.openedAt, page.before),
        key === null
          ? undefined
          : sql`(${alert.openedAt}, ${alert.alertId}) < (${key[0]}::timestamptz, ${key[1]}::bigint)`,
      ),
    )
    .orderBy(desc(alert.openedAt), desc(alert.alertId))
    .limit(page.limit + 1);
  const found = pageOf(rows, page.limit, (row) => [row.openedAt.toISOString(), row.alertId]);
  return { items: found.items.map(alertViewOf), next: found.next };
}
