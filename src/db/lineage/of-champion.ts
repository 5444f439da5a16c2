import { and, eq, gt } from 'drizzle-orm';
import { aliasMove } from '../schema/index.ts';
import type { Db } from '../base/connect.ts';
import { named, numberIn, type KindReader } from './kind-reader.ts';

/** A move of the champion, by its number. */
export const championMoves: KindReader = {
  async describe(db, { model }, key) {
    const row = await find(db, model, key);
    if (row === null) return null;
    return { text: `v${row.toVersion} became champion by ${row.actor}: ${row.why}`, at: row.movedAt.toISOString() };
  },

  async next(db, { model }, key, way) {
    const row = await find(db, model, key);
    if (row === null) return [];
    if (way === 'up') return named('version', row.toVersion);
    const [next] = await db
      .select({ moveId: aliasMove.moveId })
      .from(aliasMove)
      .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), gt(aliasMove.moveId, row.moveId)))
      .orderBy(aliasMove.moveId)
      .limit(1);
    return named('champion', next?.moveId ?? null);
  },
};

async function find(db: Db, model: string, key: string) {
  const [row] = await db
    .select()
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'), eq(aliasMove.moveId, numberIn(key))));
  return row ?? null;
}
