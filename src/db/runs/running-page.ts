import { and, eq, inArray, sql } from 'drizzle-orm';
import type { RunKind } from '../../domain/record/closed-sets.ts';
import type { Db } from '../base/connect.ts';
import { run } from '../schema/index.ts';
import type { RunRow } from './runs.ts';

/**
 * A page of the runs under way, by id, after `after` ('' for the first); runs younger than `graceMs` (by the clock of
 * the database) are left out, since their workflow may not have been started yet.
 */
export async function runningPage(
  db: Db,
  kinds: readonly RunKind[],
  page: { readonly after: string; readonly limit: number; readonly graceMs: number },
): Promise<readonly RunRow[]> {
  return db
    .select()
    .from(run)
    .where(
      and(
        eq(run.status, 'running'),
        inArray(run.kind, [...kinds]),
        sql`${run.runId} collate "C" > ${page.after}`,
        sql`${run.startedAt} < now() - make_interval(secs => ${page.graceMs / 1_000})`,
      ),
    )
    .orderBy(sql`${run.runId} collate "C"`)
    .limit(page.limit);
}
