import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes, type StoredArtifact } from '../../src/artifacts/stored-artifact.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { dependentsOf } from '../../src/db/scrub/dependents.ts';
import { filesDue } from '../../src/db/scrub/files-due.ts';
import {
  currentScrub,
  endRound,
  forgetDamage,
  knownDamage,
  missingSince,
  noteDamage,
  noteScrubbed,
  notYetKnown,
  type ScrubRow,
} from '../../src/db/scrub/scrub-round.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { endDamage, ringForDamage } from '../../src/db/watching/ring-for-damage.ts';
import { afterAll, dueBefore, type DamageState } from '../../src/domain/record/scrub/scrub.ts';

/** Files that are known to be damaged and are looked at again in each step. */
const knownPerStep = 50;
/** Progress is written down after so many files at the latest. */
const filesPerNote = 50;

export interface ScrubAsk {
  readonly database: Pick<Database, 'db'>;
  readonly store: Pick<ArtifactStore, 'under' | 'stateOf' | 'has'>;
  /** Within which every file is read again. */
  readonly periodMs: number;
  readonly nowMs: number;
  /** Waits, where a file was read faster than is allowed. */
  readonly pace: (bytes: number) => Promise<void>;
}

/**
 * Reads artifacts again as far as they are due by now, and tells which are not what their names say; those that were
 * told of are looked at again first. What is needed is looked for as its rows become due, in the same order. Goes on
 * from where it was, whoever read before. Answers whether more is due.
 */
export async function scrubArtifacts(ask: ScrubAsk, isOver: () => boolean): Promise<boolean> {
  const { db } = ask.database;
  let round: ScrubRow = await currentScrub(db);
  await lookAgain(ask, round, isOver);
  const due = dueBefore({ startedAtMs: round.startedAt.getTime() }, ask.periodMs, ask.nowMs);
  for (const prefix of artifactPrefixes.filter((one) => one >= round.through.slice(0, 2) && one < due)) {
    const read = await scrubUnder(ask, { prefix, due, isOver }, round);
    if (read === null) return false;
    round = read.round;
    if (!read.isThrough) return true;
  }
  // What is due ends within the period; a round that has read all of it has ended.
  if (ask.nowMs - round.startedAt.getTime() >= ask.periodMs) await endRound(db, round, new Date(ask.nowMs));
  return false;
}

interface Part {
  readonly prefix: string;
  readonly due: string;
  readonly isOver: () => boolean;
}

/** Null where another worker has gone on meanwhile. */
async function scrubUnder(
  ask: ScrubAsk,
  { prefix, due, isOver }: Part,
  from: ScrubRow,
): Promise<{ readonly round: ScrubRow; readonly isThrough: boolean } | null> {
  const { db } = ask.database;
  const next = artifactPrefixes[artifactPrefixes.indexOf(prefix) + 1] ?? afterAll;
  const end = due < next ? due : next;
  const stored = new Map((await ask.store.under(prefix)).map((one) => [one.digest, one]));
  const missed = await missingSince(db, { round: from.round, after: from.through, before: end });
  const names = [...new Set([...stored.keys(), ...missed])]
    .filter((digest) => digest > from.through && digest < end)
    .toSorted();
  let round = from;
  for (let first = 0; first <= names.length; first += filesPerNote) {
    const batch = names.slice(first, first + filesPerNote);
    // The last stretch has no file at its end, and may have none at all.
    const isLast = first + filesPerNote > names.length;
    const lost = await lookFor(ask, round, isLast ? end : (batch.at(-1) ?? end));
    const read = await readBatch(ask, { batch, stored, isOver, round });
    const progress = {
      through: isLast && !read.isCut ? end : read.through,
      files: read.files + lost,
      bytes: read.bytes,
      damaged: read.damaged + lost,
    };
    if (!(await noteScrubbed(db, round, progress))) return null;
    round = {
      ...round,
      through: progress.through,
      files: round.files + progress.files,
      bytes: round.bytes + progress.bytes,
      damaged: round.damaged + progress.damaged,
    };
    if (read.isCut) return { round, isThrough: false };
  }
  return { round, isThrough: true };
}

/**
 * Looks for the files that are needed by the rows up to a digest, without reading them, and tells of those that are not
 * there. Answers how many of them nobody knew of.
 */
async function lookFor(ask: ScrubAsk, round: ScrubRow, through: string): Promise<number> {
  const { db } = ask.database;
  const lost = new Map<string, DamageState>();
  for (const digest of await filesDue(db, round.through, through))
    if (!(await ask.store.has(digest))) lost.set(digest, 'missing');
  const unknown = await notYetKnown(db, [...lost.keys()]);
  const told = await tell(ask, round, lost);
  return unknown.filter((digest) => told.has(digest)).length;
}

interface Batch extends Pick<Part, 'isOver'> {
  readonly batch: readonly string[];
  readonly stored: ReadonlyMap<string, StoredArtifact>;
  readonly round: ScrubRow;
}

async function readBatch(ask: ScrubAsk, { batch, stored, isOver, round }: Batch) {
  let progress = { through: round.through, files: 0, bytes: 0 };
  const wrong = new Map<string, DamageState>();
  let isCut = false;
  for (const digest of batch) {
    const bytes = stored.get(digest)?.bytes ?? 0;
    const state = await ask.store.stateOf(digest);
    if (state !== 'whole') wrong.set(digest, state);
    progress = { through: digest, files: progress.files + 1, bytes: progress.bytes + bytes };
    await ask.pace(bytes);
    isCut = isOver();
    if (isCut) break;
  }
  const { size: damaged } = await tell(ask, round, wrong);
  return { ...progress, damaged, isCut };
}

/**
 * What was mended, or is needed by nobody any more, is over; what is needed still is told of as it stands. Those that
 * were looked at longest ago come first, and as many as are over are followed by others.
 */
async function lookAgain(ask: ScrubAsk, round: ScrubRow, isOver: () => boolean): Promise<void> {
  const { db } = ask.database;
  let ended: number;
  do {
    const known = await knownDamage(db, knownPerStep);
    const wrong = new Map<string, DamageState>();
    const read: string[] = [];
    for (const { digest } of known) {
      const state = await ask.store.stateOf(digest);
      read.push(digest);
      if (state !== 'whole') wrong.set(digest, state);
      if (isOver()) break;
    }
    const told = await tell(ask, round, wrong);
    const over = read.filter((digest) => !told.has(digest));
    for (const digest of over) {
      await endDamage(db, digest);
      await forgetDamage(db, digest);
    }
    ended = over.length;
  } while (ended === knownPerStep && !isOver());
}

/**
 * Rings for those of these files that something needs, and answers which: what nobody needs was swept or erased, or
 * will be. What needs them is asked once for all, after they were read: an erasure may have come between.
 */
async function tell(
  { database: { db } }: ScrubAsk,
  { round }: ScrubRow,
  wrong: ReadonlyMap<string, DamageState>,
): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  for (const dependents of await dependentsOf(db, [...wrong.keys()])) {
    const state = wrong.get(dependents.digest);
    if (state === undefined) continue;
    if (!told.has(dependents.digest)) await noteDamage(db, { digest: dependents.digest, state, round });
    told.add(dependents.digest);
    // A view has snapshots, and no definition of a model.
    const webhooks = await readCurrentSpec(db, dependents.model).then(
      ({ spec }) => spec.watch.webhooks,
      () => [],
    );
    await ringForDamage(db, state, dependents, webhooks);
  }
  return told;
}
