import { and, eq } from 'drizzle-orm';
import { decision } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, type KindReader } from './kind-reader.ts';

/** Whether to retrain, by its occasion. */
export const decisions: KindReader = {
  async describe(db, model, key) {
    const row = await find(db, model, key);
    if (row === null) return null;
    return { text: `${row.retrain ? 'retrain' : 'no training'}: ${row.reason}`, at: row.createdAt.toISOString() };
  },

  async next(db, model, key, way) {
    const row = await find(db, model, key);
    return way === 'up' ? named('window', row?.windowNumber ?? null) : named('run', row?.runId ?? null);
  },
};

async function find(db: Db, model: string, key: string) {
  const [row] = await db
    .select()
    .from(decision)
    .where(and(eq(decision.model, model), eq(decision.key, key)));
  return row ?? null;
}
