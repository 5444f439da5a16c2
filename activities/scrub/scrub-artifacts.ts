import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes, type StoredArtifact } from '../../src/artifacts/stored-artifact.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { dependentsOf, neededFiles } from '../../src/db/scrub/dependents.ts';
import {
  currentScrub,
  endRound,
  forgetDamage,
  knownDamage,
  noteDamage,
  noteScrubbed,
  type ScrubRow,
} from '../../src/db/scrub/scrub-round.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';
import { endDamage, ringForDamage } from '../../src/db/watching/ring-for-damage.ts';
import { dueBefore, type DamageState } from '../../src/domain/record/scrub/scrub.ts';

/** Files that are known to be damaged and are looked at again in each step. */
const knownPerStep = 50;
/** Progress is written down after so many files at the latest. */
const filesPerNote = 50;

export interface ScrubAsk {
  readonly database: Pick<Database, 'db'>;
  readonly store: Pick<ArtifactStore, 'under' | 'stateOf'>;
  /** Within which every file is read again. */
  readonly periodMs: number;
  readonly nowMs: number;
  /** Waits, where a file was read faster than is allowed. */
  readonly pace: (bytes: number) => Promise<void>;
}

/**
 * Reads artifacts again as far as they are due by now, and tells which are not what their names say; those that were
 * told of are looked at again first. Goes on from where it was, whoever read before. Answers whether more is due.
 */
export async function scrubArtifacts(ask: ScrubAsk, isOver: () => boolean): Promise<boolean> {
  const { db } = ask.database;
  await lookAgain(ask, isOver);
  let round: ScrubRow = await currentScrub(db);
  const due = dueBefore({ startedAtMs: round.startedAt.getTime() }, ask.periodMs, ask.nowMs);
  const needed = due > round.through ? await neededFiles(db, round.through, due) : new Set<string>();
  for (const prefix of artifactPrefixes.filter((one) => one >= round.through.slice(0, 2) && one < due)) {
    const read = await scrubUnder(ask, { prefix, due, needed, isOver }, round);
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
  readonly needed: ReadonlySet<string>;
  readonly isOver: () => boolean;
}

/** Null where another worker has gone on meanwhile. */
async function scrubUnder(
  ask: ScrubAsk,
  { prefix, due, needed, isOver }: Part,
  from: ScrubRow,
): Promise<{ readonly round: ScrubRow; readonly isThrough: boolean } | null> {
  const stored = new Map((await ask.store.under(prefix)).map((one) => [one.digest, one]));
  const names = [...new Set([...stored.keys(), ...[...needed].filter((digest) => digest.startsWith(prefix))])]
    .filter((digest) => digest > from.through && digest < due)
    .toSorted();
  let round = from;
  for (let first = 0; first < names.length; first += filesPerNote) {
    const batch = names.slice(first, first + filesPerNote);
    const read = await readBatch(ask, { batch, stored, isOver });
    const next = { ...round, ...read.progress };
    if (!(await noteScrubbed(ask.database.db, round, read.progress))) return null;
    round = {
      ...next,
      files: round.files + read.progress.files,
      bytes: round.bytes + read.progress.bytes,
      damaged: round.damaged + read.progress.damaged,
    };
    if (read.isCut) return { round, isThrough: false };
  }
  return { round, isThrough: true };
}

interface Batch extends Pick<Part, 'isOver'> {
  readonly batch: readonly string[];
  readonly stored: ReadonlyMap<string, StoredArtifact>;
}

async function readBatch(ask: ScrubAsk, { batch, stored, isOver }: Batch) {
  let progress = { through: batch[0] ?? '', files: 0, bytes: 0 };
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
  const { size: damaged } = await tell(ask, wrong);
  return { progress: { ...progress, damaged }, isCut };
}

/**
 * What was mended, or is needed by nobody any more, is over; what is needed still is told of as it stands. Those that
 * were looked at longest ago come first, and as many as are over are followed by others.
 */
async function lookAgain(ask: ScrubAsk, isOver: () => boolean): Promise<void> {
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
    const told = await tell(ask, wrong);
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
  wrong: ReadonlyMap<string, DamageState>,
): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  for (const dependents of await dependentsOf(db, [...wrong.keys()])) {
    const state = wrong.get(dependents.digest);
    if (state === undefined) continue;
    if (!told.has(dependents.digest)) await noteDamage(db, dependents.digest, state);
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
