import { and, desc, eq } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove } from '../schema/index.ts';

export interface FoundMove {
  readonly fromVersion: number | null;
  readonly toVersion: number | null;
  readonly routingRevision: number;
}

const columns = {
  fromVersion: aliasMove.fromVersion,
  toVersion: aliasMove.toVersion,
  routingRevision: aliasMove.routingRevision,
};
const isOf = (model: string) => and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion'));

/** The move of the champion that made this routing revision; null when none did. */
export async function findMove(db: Db, model: string, routingRevision: number): Promise<FoundMove | null> {
  const [move] = await db
    .select(columns)
    .from(aliasMove)
    .where(and(isOf(model), eq(aliasMove.routingRevision, routingRevision)));
  return move ?? null;
}

/** The last move that made a version champion; null when none did. */
export async function lastMoveTo(db: Db, model: string, version: number): Promise<FoundMove | null> {
  const [move] = await db
    .select(columns)
    .from(aliasMove)
    .where(and(isOf(model), eq(aliasMove.toVersion, version)))
    .orderBy(desc(aliasMove.moveId))
    .limit(1);
  return move ?? null;
}
