import { and, desc, eq, sql } from 'drizzle-orm';
import { decision, run, version } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, neighboursMax, type KindReader, type Seen } from './kind-reader.ts';

/** Trainings, readings of a source, imports: what made something. */
export const runs: KindReader = {
  async describe(db, seen, runId) {
    const row = await find(db, seen, runId);
    if (row === null) return null;
    return { text: `${runId}, ${row.status}`, at: row.startedAt.toISOString() };
  },

  async next(db, seen, runId, way) {
    const { model } = seen;
    if (way === 'up') {
      const decided = await db
        .select({ key: decision.key })
        .from(decision)
        .where(and(eq(decision.model, model), eq(decision.runId, runId)))
        .orderBy(desc(decision.createdAt))
        .limit(neighboursMax);
      return named('decision', ...decided.map(({ key }) => key));
    }
    const row = await find(db, seen, runId);
    const made = await db
      .select({ version: version.version })
      .from(version)
      .where(and(eq(version.model, model), eq(version.runId, runId)))
      .limit(neighboursMax);
    return [...named('version', ...made.map((one) => one.version)), ...named('snapshot', row?.snapshot ?? null)];
  },
};

async function find(db: Db, { model, canSee }: Seen, runId: string) {
  const [row] = await db
    .select({
      model: run.model,
      status: run.status,
      startedAt: run.startedAt,
      snapshot: sql<string | null>`${run.output} ->> 'snapshot'`,
    })
    .from(run)
    .where(eq(run.runId, runId));
  return row !== undefined && (row.model === model || canSee(row.model)) ? row : null;
}
