import { and, asc, gt, like, sql } from 'drizzle-orm';
import { decodeCursor, keyText } from '../../contracts/http/page.ts';
import type { SettledView } from '../../contracts/http/views.ts';
import type { Db } from '../base/connect.ts';
import { model } from '../schema/index.ts';
import { readModel } from '../models/specs.ts';
import { progressOf } from './views-progress.ts';
import { likePatternOf } from './views-rows.ts';
import { settlingOf } from './views-settled.ts';

/** Names of models that a scope covers, alphabetically, after the cursor: one more than `limit`, if there is one. */
export async function coveredNames(
  db: Db,
  page: { readonly limit: number; readonly cursor?: string | undefined; readonly scope: string },
): Promise<readonly string[]> {
  const after = decodeCursor(keyText, page.cursor);
  const rows = await db
    .select({ name: model.name })
    .from(model)
    .where(
      and(
        sql`${model.specRevision} > 0`,
        like(model.name, likePatternOf(page.scope)),
        after === null ? undefined : gt(model.name, after),
      ),
    )
    .orderBy(asc(model.name))
    .limit(page.limit + 1);
  return rows.map((row) => row.name);
}

/**
 * What a client that replays traffic polls. The traffic is read first: what follows from it is never read before it.
 */
export async function settledOf(db: Db, name: string): Promise<SettledView> {
  await readModel(db, name);
  const progress = await progressOf(db, name);
  const { waitsFor, open, routing } = await settlingOf(db, name);
  return {
    model: name,
    lastSeq: progress.lastSeq,
    lastClosedWindow: progress.lastClosedWindow,
    lastJudgedWindow: progress.lastJudgedWindow,
    lastDecidedWindow: progress.lastDecidedWindow,
    runningTrainings: progress.runningTrainings,
    championVersion: routing?.champion?.version ?? null,
    routingRevision: routing?.revision ?? 0,
    rollout:
      open === null
        ? null
        : {
            version: open.version,
            attempt: open.attempt,
            status: open.status,
            step: open.step,
            stepBegun: open.stepBegun,
            settledSeq: open.settledSeq,
          },
    labels: progress.labels,
    isSettled: waitsFor === null,
    waitsFor,
  };
}

/** Resolves when Postgres answers within the pool's own time-outs; rejects otherwise. */
export async function pingDatabase(db: Db): Promise<void> {
  await db.execute(sql`select 1`);
}
