import { and, eq } from 'drizzle-orm';
import { decision, editionUse } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { keyOfEdition } from './of-edition.ts';
import { named, neighboursMax, type KindReader } from './kind-reader.ts';

/** Whether to retrain, by its occasion. */
export const decisions: KindReader = {
  async describe(db, { model }, key) {
    const row = await find(db, model, key);
    if (row === null) return null;
    return { text: `${row.retrain ? 'retrain' : 'no training'}: ${row.reason}`, at: row.createdAt.toISOString() };
  },

  async next(db, { model }, key, way) {
    const row = await find(db, model, key);
    if (way === 'down') return named('run', row?.runId ?? null);
    const used = await db
      .select({ model: editionUse.publisher, tag: editionUse.tag, edition: editionUse.edition })
      .from(editionUse)
      .where(and(eq(editionUse.model, model), eq(editionUse.decisionKey, key)))
      .limit(neighboursMax);
    return [...named('window', row?.windowNumber ?? null), ...named('edition', ...used.map(keyOfEdition))];
  },
};

async function find(db: Db, model: string, key: string) {
  const [row] = await db
    .select()
    .from(decision)
    .where(and(eq(decision.model, model), eq(decision.key, key)));
  return row ?? null;
}
