import { and, desc, eq, sql } from 'drizzle-orm';
import { decision, run, version } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, neighboursMax, type KindReader } from './kind-reader.ts';

/** Trainings, readings of a source, imports: what made something. */
export const runs: KindReader = {
  async describe(db, model, runId) {
    const row = await find(db, model, runId);
    if (row === null) return null;
    return { text: `${runId}, ${row.status}`, at: row.startedAt.toISOString() };
  },

  async next(db, model, runId, way) {
    if (way === 'up') {
      const decided = await db
        .select({ key: decision.key })
        .from(decision)
        .where(and(eq(decision.model, model), eq(decision.runId, runId)))
        .orderBy(desc(decision.createdAt))
        .limit(neighboursMax);
      return named('decision', ...decided.map(({ key }) => key));
    }
    const row = await find(db, model, runId);
    const made = await db
      .select({ version: version.version })
      .from(version)
      .where(and(eq(version.model, model), eq(version.runId, runId)))
      .limit(neighboursMax);
    return [...named('version', ...made.map((one) => one.version)), ...named('snapshot', row?.snapshot ?? null)];
  },
};

async function find(db: Db, model: string, runId: string) {
  const [row] = await db
    .select({
      status: run.status,
      startedAt: run.startedAt,
      snapshot: sql<string | null>`${run.output} ->> 'snapshot'`,
    })
    .from(run)
    .where(and(eq(run.runId, runId), eq(run.model, model)));
  return row ?? null;
}
