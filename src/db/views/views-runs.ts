import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { keyText } from '../../contracts/http/page.ts';
import type { RunDetailView } from '../../contracts/http/views.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { stepCallsOf } from '../runs/step-calls.ts';
import { run } from '../schema/index.ts';
import { runViewOf } from './views-rows.ts';

/** Where a list of runs goes on: the key of its last row, `end`, or null for its beginning. */
export const runKey = z.union([z.tuple([z.iso.datetime(), keyText]), z.literal('end')]).nullable();
type RunKey = z.infer<typeof runKey>;

/** One run by its id (the id of its workflow). Throws `not_found`. */
export async function runOf(db: Db, runId: string): Promise<RunDetailView> {
  const [row] = await db.select().from(run).where(eq(run.runId, runId));
  if (row === undefined) throw runNotFound(runId);
  const userSteps = await stepCallsOf(db, row.model, runId);
  return { ...runViewOf(row), userSteps: [...userSteps], input: row.input, output: row.output, link: null };
}

/** That there is no such run, in the same words for one that is outside of the caller's scope. */
export function runNotFound(runId: string): PerennialError {
  return new PerennialError('not_found', `There is no run "${runId}".`, {
    hint: 'Use one of the runs listed by `perennial history <model>`.',
  });
}

/** Runs of a model, latest first. */
export async function runsOf(
  db: Db,
  name: string,
  key: RunKey,
  until: SQL | undefined,
  limit: number,
): Promise<readonly (typeof run.$inferSelect)[]> {
  if (key === 'end') return [];
  const after = key === null ? undefined : sql`(${run.startedAt}, ${run.runId}) < (${key[0]}::timestamptz, ${key[1]})`;
  return db
    .select()
    .from(run)
    .where(and(eq(run.model, name), after, until))
    .orderBy(desc(run.startedAt), desc(run.runId))
    .limit(limit);
}
