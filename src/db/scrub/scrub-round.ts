import { eq, inArray, sql } from 'drizzle-orm';
import type { DamageState } from '../../domain/record/scrub/scrub.ts';
import { atomically, type Db } from '../base/connect.ts';
import { artifactDamage, scrubRound } from '../schema/index.ts';

export type ScrubRow = typeof scrubRound.$inferSelect;

/** The one row. */
const id = 1;

/** Null before anything was read. */
export async function findScrub(db: Db): Promise<ScrubRow | null> {
  const [row] = await db.select().from(scrubRound).where(eq(scrubRound.id, id));
  return row ?? null;
}

/** The round under way; the first one begins when it is first asked for. */
export async function currentScrub(db: Db): Promise<ScrubRow> {
  await db
    .insert(scrubRound)
    .values({ id, round: 1, through: '', files: 0, bytes: 0, damaged: 0 })
    .onConflictDoNothing();
  const row = await findScrub(db);
  if (row === null) throw new Error('the row of the scrub is gone');
  return row;
}

export interface ScrubProgress {
  readonly through: string;
  readonly files: number;
  readonly bytes: number;
  readonly damaged: number;
}

/** Goes on from where it was read; false where another worker has gone on since, whose place counts. */
export async function noteScrubbed(db: Db, from: ScrubRow, progress: ScrubProgress): Promise<boolean> {
  const moved = await db
    .update(scrubRound)
    .set({
      through: progress.through,
      files: from.files + progress.files,
      bytes: from.bytes + progress.bytes,
      damaged: from.damaged + progress.damaged,
    })
    .where(isAt(from))
    .returning({ id: scrubRound.id });
  return moved.length > 0;
}

/** All of it was read: the next round begins where this one should have ended, or now where that is long ago. */
export async function endRound(db: Db, from: ScrubRow, nextStart: Date): Promise<void> {
  await db
    .update(scrubRound)
    .set({
      round: from.round + 1,
      startedAt: nextStart,
      through: '',
      files: 0,
      bytes: 0,
      damaged: 0,
      lastStartedAt: from.startedAt,
      lastFinishedAt: sql`now()`,
      lastFiles: from.files,
      lastBytes: from.bytes,
      lastDamaged: from.damaged,
    })
    .where(isAt(from));
}

function isAt({ round, through }: Pick<ScrubRow, 'round' | 'through'>) {
  return sql`${eq(scrubRound.id, id)} and ${eq(scrubRound.round, round)} and ${eq(scrubRound.through, through)}`;
}

/** Files that were found damaged or missing and are not mended yet; those that were looked at longest ago first. */
export async function knownDamage(db: Db, rowsMax: number): Promise<readonly (typeof artifactDamage.$inferSelect)[]> {
  return db.select().from(artifactDamage).orderBy(artifactDamage.seenAt, artifactDamage.digest).limit(rowsMax);
}

/** Of these, those that nobody knew of before. */
export async function notYetKnown(db: Db, digests: readonly string[]): Promise<readonly string[]> {
  if (digests.length === 0) return [];
  const known = await db
    .select({ digest: artifactDamage.digest })
    .from(artifactDamage)
    .where(inArray(artifactDamage.digest, [...digests]));
  return digests.filter((digest) => !known.some((one) => one.digest === digest));
}

/**
 * Files that earlier rounds have found missing, between two digests (neither included): they are counted again. Law: it
 * reads those that are missing now.
 */
export async function missingSince(
  db: Db,
  { round, after, before }: { readonly round: number; readonly after: string; readonly before: string },
): Promise<readonly string[]> {
  const { rows } = await db.execute<{ digest: string }>(sql`
    select digest from artifact_damage
    where state = 'missing' and found_round < ${round} and digest ~>~ ${after} and digest ~<~ ${before}`);
  return rows.map(({ digest }) => digest);
}

export async function noteDamage(
  db: Db,
  { digest, state, round }: { readonly digest: string; readonly state: DamageState; readonly round: number },
): Promise<void> {
  await db
    .insert(artifactDamage)
    .values({ digest, state, foundRound: round })
    .onConflictDoUpdate({ target: artifactDamage.digest, set: { state, seenAt: sql`now()` } });
}

export async function forgetDamage(db: Db, digest: string): Promise<void> {
  await atomically(db, (tx) => tx.delete(artifactDamage).where(eq(artifactDamage.digest, digest)));
}
