import { and, asc, desc, eq, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { lockRouting } from '../routing/routing.ts';
import { snapshot, snapshotTag, snapshotTagMove } from '../schema/index.ts';

export type TagRow = typeof snapshotTag.$inferSelect;
export type TagMove = typeof snapshotTagMove.$inferSelect;

/** Tags of one model, those that were taken away included: each is a row and may keep a snapshot for good. */
export const tagsMax = 100;
/** Moves of one tag that a page shows, the latest first. */
export const movesShown = 50;

export interface TagMoved {
  readonly from: string | null;
  readonly to: string | null;
}

interface Mover {
  readonly model: string;
  readonly tag: string;
  readonly actor: string;
  readonly reason: string;
}

/**
 * Points a tag at a snapshot of its model, or (null) takes it away. Under the lock of the routing, which retention
 * takes before it gives files up: a snapshot is either named first and stays, or gone first and refused. Throws
 * `not_found` where its files are gone, and `conflict` where the tag stands like this already.
 */
export async function moveTag(tx: Db, mover: Mover, digest: string | null): Promise<TagMoved> {
  await lockRouting(tx, mover.model);
  const stands = await findTag(tx, mover.model, mover.tag);
  if ((stands?.digest ?? null) === digest) throw alreadyThere(mover.tag, digest);
  return put(tx, mover, { stands, digest, beforeMove: stands?.moveId ?? null });
}

/**
 * Goes back to where the tag was before its last move; again, to where it was before that. Throws `conflict` where
 * there is nothing to go back to.
 */
export async function undoTag(tx: Db, mover: Mover): Promise<TagMoved> {
  await lockRouting(tx, mover.model);
  const stands = await findTag(tx, mover.model, mover.tag);
  const last = stands === null ? null : await findMove(tx, stands.moveId);
  if (stands === null || last === null || (last.beforeMove === null && last.digest === null))
    throw new PerennialError('conflict', `The tag "${mover.tag}" has no move that could be undone.`, {
      path: 'tag',
      hint: 'See `perennial snapshot tags`.',
    });
  const before = last.beforeMove === null ? null : await findMove(tx, last.beforeMove);
  return put(tx, mover, { stands, digest: before?.digest ?? null, beforeMove: before?.beforeMove ?? null });
}

async function put(
  tx: Db,
  { model, tag, actor, reason }: Mover,
  move: { readonly stands: TagRow | null; readonly digest: string | null; readonly beforeMove: number | null },
): Promise<TagMoved> {
  const { stands, digest, beforeMove } = move;
  if (digest !== null) await refuseGone(tx, model, digest);
  if (stands === null) await refuseTooMany(tx, model);
  const [made] = await tx
    .insert(snapshotTagMove)
    .values({ model, tag, digest, beforeMove, actor, reason })
    .returning({ moveId: snapshotTagMove.moveId });
  const moveId = made?.moveId ?? 0;
  await tx
    .insert(snapshotTag)
    .values({ model, tag, digest, moveId })
    .onConflictDoUpdate({ target: [snapshotTag.model, snapshotTag.tag], set: { digest, moveId } });
  return { from: stands?.digest ?? null, to: digest };
}

/** Throws `not_found` for a snapshot that is none of the model, and for one whose files are gone. */
export async function refuseGone(tx: Db, model: string, digest: string): Promise<void> {
  const [row] = await tx
    .select({ removedAt: snapshot.filesRemovedAt })
    .from(snapshot)
    .where(and(eq(snapshot.digest, digest), eq(snapshot.model, model)));
  if (row !== undefined && row.removedAt === null) return;
  throw new PerennialError(
    'not_found',
    row === undefined
      ? `"${model}" has no snapshot ${digest.slice(0, 16)}.`
      : `The files of snapshot ${digest.slice(0, 16)} were given up by retention.`,
    { path: 'digest', hint: '`perennial snapshot list` says what there is.' },
  );
}

async function refuseTooMany(tx: Db, model: string): Promise<void> {
  const count = await tx.$count(snapshotTag, eq(snapshotTag.model, model));
  if (count < tagsMax) return;
  throw new PerennialError('conflict', `"${model}" has ${tagsMax} tags, which is the most.`, {
    path: 'tag',
    hint: 'Move one that stands: a tag that is moved keeps its history.',
  });
}

function alreadyThere(tag: string, digest: string | null): PerennialError {
  const text =
    digest === null
      ? `There is no tag "${tag}" to take away.`
      : `The tag "${tag}" names ${digest.slice(0, 16)} already.`;
  return new PerennialError('conflict', text, { path: 'tag', hint: 'See `perennial snapshot tags`.' });
}

/** Throws `not_found` for a tag that names nothing. */
export async function digestOfTag(db: Db, model: string, tag: string): Promise<string> {
  const digest = (await findTag(db, model, tag))?.digest ?? null;
  if (digest !== null) return digest;
  throw new PerennialError('not_found', `"${model}" has no tag "${tag}".`, {
    path: 'tag',
    hint: 'See `perennial snapshot tags`.',
  });
}

async function findTag(db: Db, model: string, tag: string): Promise<TagRow | null> {
  const [row] = await db
    .select()
    .from(snapshotTag)
    .where(and(eq(snapshotTag.model, model), eq(snapshotTag.tag, tag)));
  return row ?? null;
}

async function findMove(db: Db, moveId: number): Promise<TagMove | null> {
  const [row] = await db.select().from(snapshotTagMove).where(eq(snapshotTagMove.moveId, moveId));
  return row ?? null;
}

export interface ListedTag {
  readonly tag: string;
  readonly digest: string | null;
  readonly actor: string;
  readonly reason: string;
  readonly movedAt: Date;
}

/** All tags of a model by name, at most `tagsMax`, with the move that set each. */
export async function listTags(db: Db, model: string): Promise<readonly ListedTag[]> {
  return db
    .select({
      tag: snapshotTag.tag,
      digest: snapshotTag.digest,
      actor: snapshotTagMove.actor,
      reason: snapshotTagMove.reason,
      movedAt: snapshotTagMove.movedAt,
    })
    .from(snapshotTag)
    .innerJoin(snapshotTagMove, eq(snapshotTagMove.moveId, snapshotTag.moveId))
    .where(eq(snapshotTag.model, model))
    .orderBy(asc(snapshotTag.tag))
    .limit(tagsMax);
}

/** Moves of a tag, the latest first, at most `movesShown`. */
export async function movesOfTag(db: Db, model: string, tag: string): Promise<readonly TagMove[]> {
  return db
    .select()
    .from(snapshotTagMove)
    .where(and(eq(snapshotTagMove.model, model), eq(snapshotTagMove.tag, tag)))
    .orderBy(desc(snapshotTagMove.moveId))
    .limit(movesShown);
}

/** Tags that name this snapshot now, by name. */
export async function tagsOfSnapshot(db: Db, digest: string): Promise<readonly string[]> {
  const rows = await db
    .select({ tag: snapshotTag.tag })
    .from(snapshotTag)
    .where(eq(snapshotTag.digest, digest))
    .orderBy(asc(snapshotTag.tag))
    .limit(tagsMax);
  return rows.map(({ tag }) => tag);
}

/** What tags, publications and branches keep of a model's snapshots: their digests. */
export function namedSnapshots(model: string) {
  return sql`
    select digest from snapshot_tag where model = ${model} and digest is not null
    union select digest from snapshot_publication where model = ${model} and withdrawn_at is null
    union select digest from snapshot_branch where origin = ${model}`;
}
