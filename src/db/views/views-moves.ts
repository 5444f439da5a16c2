import { and, desc, eq, inArray, lt, lte } from 'drizzle-orm';
import { z } from 'zod';
import type { ChampionAtView, MoveView } from '../../contracts/http/views.ts';
import type { Db } from '../base/connect.ts';
import { readModel } from '../models/specs.ts';
import { aliasMove, evidence } from '../schema/index.ts';

/** Where a list of moves goes on: the key of its last row, `end`, or null for its beginning. */
export const moveKey = z.union([z.int().min(0), z.literal('end')]).nullable();
type MoveKey = z.infer<typeof moveKey>;

/** Who was champion at an instant, and why; `champion` is null when nobody was. */
export async function championAt(db: Db, name: string, at: Date): Promise<ChampionAtView> {
  await readModel(db, name);
  const [move] = await db
    .select()
    .from(aliasMove)
    .where(and(eq(aliasMove.model, name), eq(aliasMove.alias, 'champion'), lte(aliasMove.movedAt, at)))
    .orderBy(desc(aliasMove.movedAt), desc(aliasMove.moveId))
    .limit(1);
  const champion =
    move === undefined
      ? null
      : {
          version: move.toVersion,
          since: move.movedAt.toISOString(),
          actor: move.actor,
          why: move.why,
          evidenceId: move.evidenceId,
        };
  return { model: name, at: at.toISOString(), champion };
}

/** Moves of all aliases of a model with their evidence, latest first. */
export async function movesOf(
  db: Db,
  name: string,
  key: MoveKey,
  before: Date | null,
  limit: number,
): Promise<MoveView[]> {
  if (key === 'end') return [];
  const rows = await db
    .select()
    .from(aliasMove)
    .where(
      and(
        eq(aliasMove.model, name),
        before === null ? undefined : lt(aliasMove.movedAt, before),
        key === null ? undefined : lt(aliasMove.moveId, key),
      ),
    )
    .orderBy(desc(aliasMove.moveId))
    .limit(limit);
  const proofs = await proofsOf(
    db,
    rows.flatMap(({ evidenceId }) => evidenceId ?? []),
  );
  return rows
    .map((move) => ({ move, proof: proofs.get(move.evidenceId ?? -1) ?? null }))
    .map(({ move, proof }) => ({
      moveId: move.moveId,
      alias: move.alias,
      fromVersion: move.fromVersion,
      toVersion: move.toVersion,
      actor: move.actor,
      why: move.why,
      evidence:
        proof === null
          ? null
          : { evidenceId: proof.evidenceId, kind: proof.kind, verdict: proof.verdict, body: proof.body },
      routingRevision: move.routingRevision,
      at: move.movedAt.toISOString(),
    }));
}

/** Read by id after the moves: joined, the planner may read the evidence of all models. */
async function proofsOf(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, typeof evidence.$inferSelect>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(evidence)
    .where(inArray(evidence.evidenceId, [...ids]));
  return new Map(rows.map((row) => [row.evidenceId, row]));
}
