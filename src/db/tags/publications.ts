import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Db } from '../base/connect.ts';
import { lockRouting } from '../routing/routing.ts';
import { snapshotEdition, snapshotPublication } from '../schema/index.ts';
import { fits } from './fits-glob.ts';
import { wakeSubscribers } from './subscriptions.ts';
import { digestOfTag } from './tags.ts';

export type PublicationRow = typeof snapshotPublication.$inferSelect;
export type EditionRow = typeof snapshotEdition.$inferSelect;

/** Editions of one tag that a page shows, the latest first. */
export const editionsShown = 50;

export interface Publish {
  readonly model: string;
  readonly tag: string;
  /** Globs over models; null leaves them as they are (none, for one that is new). */
  readonly readers: readonly string[] | null;
  readonly subscribers: readonly string[] | null;
  readonly actor: string;
  readonly reason: string;
}

export interface Published {
  readonly digest: string;
  readonly edition: number;
  /** False where the same snapshot stands and nothing but its rights changed: that is no news. */
  readonly isNew: boolean;
  readonly readers: readonly string[];
  readonly subscribers: readonly string[];
}

/**
 * Offers a snapshot under a tag: the next edition, of which models that subscribe are told in the same transaction.
 * Published again, the same snapshot is the same edition with other rights. Throws `not_found` for a tag that names
 * nothing, `conflict` where nothing changes.
 */
export async function publishSnapshot(tx: Db, given: Publish): Promise<Published> {
  const { model, tag, actor, reason } = given;
  const stands = await lockPublication(tx, model, tag);
  const digest = await digestOfTag(tx, model, tag);
  const readers = [...(given.readers ?? stands?.readers ?? [])];
  const subscribers = [...(given.subscribers ?? stands?.subscribers ?? [])];
  const isNew = stands === null || stands.withdrawnAt !== null || stands.digest !== digest;
  if (!isNew && isSame(stands, { readers, subscribers }))
    throw new PerennialError('conflict', `"${tag}" is published like this already, as edition ${stands.edition}.`, {
      path: 'tag',
      hint: 'Move the tag first, or give other rights.',
    });
  const edition = isNew ? (stands?.edition ?? 0) + 1 : stands.edition;
  const row = { digest, edition, readers, subscribers, withdrawnAt: null };
  if (!isNew) await tx.update(snapshotPublication).set({ readers, subscribers }).where(isOf(model, tag));
  else {
    await tx
      .insert(snapshotPublication)
      .values({ model, tag, ...row })
      .onConflictDoUpdate({
        target: [snapshotPublication.model, snapshotPublication.tag],
        set: { ...row, publishedAt: sql`now()` },
      });
    await tx.insert(snapshotEdition).values({ model, tag, edition, digest, actor, reason });
    await wakeSubscribers(tx, model, tag);
  }
  return { digest, edition, isNew, readers, subscribers };
}

function isSame(stands: PublicationRow, rights: Pick<PublicationRow, 'readers' | 'subscribers'>): boolean {
  const text = (of: Pick<PublicationRow, 'readers' | 'subscribers'>) => JSON.stringify([of.readers, of.subscribers]);
  return text(stands) === text(rights);
}

/** Takes it back: nobody outside reads it any more, and it starts no training. Throws `conflict` where none stands. */
export async function withdrawPublication(tx: Db, model: string, tag: string): Promise<PublicationRow> {
  const stands = await lockPublication(tx, model, tag);
  if (stands === null || stands.withdrawnAt !== null)
    throw new PerennialError('conflict', `"${tag}" of "${model}" is not published.`, {
      path: 'tag',
      hint: 'See `perennial snapshot tags`.',
    });
  await tx
    .update(snapshotPublication)
    .set({ withdrawnAt: sql`now()` })
    .where(isOf(model, tag));
  return stands;
}

/**
 * Under the lock that moves of tags and retention take: what is published is named still, and of two that publish under
 * a new tag at once the second finds the first. Without a row there would be nothing to lock.
 */
async function lockPublication(tx: Db, model: string, tag: string): Promise<PublicationRow | null> {
  await lockRouting(tx, model);
  const [row] = await tx.select().from(snapshotPublication).where(isOf(model, tag)).for('update');
  return row ?? null;
}

export async function findPublication(db: Db, model: string, tag: string): Promise<PublicationRow | null> {
  const [row] = await db.select().from(snapshotPublication).where(isOf(model, tag));
  return row ?? null;
}

/** Of one model, by tag. A tag has one at most, so there are no more than tags. */
export async function publicationsOf(db: Db, model: string, rowsMax: number): Promise<readonly PublicationRow[]> {
  return db
    .select()
    .from(snapshotPublication)
    .where(eq(snapshotPublication.model, model))
    .orderBy(asc(snapshotPublication.tag))
    .limit(rowsMax);
}

/** Editions of a tag, the latest first, at most `editionsShown`. */
export async function editionsOf(db: Db, model: string, tag: string): Promise<readonly EditionRow[]> {
  return db
    .select()
    .from(snapshotEdition)
    .where(and(eq(snapshotEdition.model, model), eq(snapshotEdition.tag, tag)))
    .orderBy(desc(snapshotEdition.edition))
    .limit(editionsShown);
}

/** Under which tags, and as which editions, a snapshot was published; the latest first. */
export async function editionsOfSnapshot(db: Db, digest: string): Promise<readonly EditionRow[]> {
  return db
    .select()
    .from(snapshotEdition)
    .where(eq(snapshotEdition.digest, digest))
    .orderBy(desc(snapshotEdition.publishedAt))
    .limit(editionsShown);
}

/**
 * Whether a snapshot is offered to somebody who may see models of this scope: it is what a tag has published, and there
 * is a model that both the scope and one of the tag's globs cover. Law: an index of the digest, and the names of models
 * where something is published.
 */
export async function isOfferedTo(db: Db, digest: string, scope: string): Promise<boolean> {
  const granted = sql`unnest(${snapshotPublication.readers} || ${snapshotPublication.subscribers})`;
  const [row] = await db
    .select({ one: sql`1` })
    .from(snapshotPublication)
    .where(
      and(
        eq(snapshotPublication.digest, digest),
        isNull(snapshotPublication.withdrawnAt),
        sql`exists (select from ${granted} as granted (glob) join model m on ${fits(sql`m.name`, sql`granted.glob`)}
          where ${fits(sql`m.name`, sql`${scope}::text`)})`,
      ),
    )
    .limit(1);
  return row !== undefined;
}

function isOf(model: string, tag: string) {
  return and(eq(snapshotPublication.model, model), eq(snapshotPublication.tag, tag));
}
