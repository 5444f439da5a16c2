import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes, type StoredArtifact } from '../../src/artifacts/stored-artifact.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { markedArtifacts } from '../../src/db/retention/artifact-roots.ts';
import { dependentsOf } from '../../src/db/scrub/dependents.ts';
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
  const marks = await markedArtifacts(db);
  await lookAgain(ask, marks);
  let round: ScrubRow = await currentScrub(db);
  const due = dueBefore({ startedAtMs: round.startedAt.getTime() }, ask.periodMs, ask.nowMs);
  for (const prefix of artifactPrefixes.filter((one) => one >= round.through.slice(0, 2) && one < due)) {
    const read = await scrubUnder(ask, { prefix, due, marks, isOver }, round);
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
  readonly marks: ReadonlySet<string>;
  readonly isOver: () => boolean;
}

/** Null where another worker has gone on meanwhile. */
async function scrubUnder(
  ask: ScrubAsk,
  { prefix, due, marks, isOver }: Part,
  from: ScrubRow,
): Promise<{ readonly round: ScrubRow; readonly isThrough: boolean } | null> {
  const stored = new Map((await ask.store.under(prefix)).map((one) => [one.digest, one]));
  const needed = [...marks].filter((digest) => digest.startsWith(prefix));
  const names = [...new Set([...stored.keys(), ...needed])]
    .filter((digest) => digest > from.through && digest < due)
    .toSorted();
  let round = from;
  for (let first = 0; first < names.length; first += filesPerNote) {
    const batch = names.slice(first, first + filesPerNote);
    const read = await readBatch(ask, { batch, stored, marks, isOver });
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

interface Batch extends Pick<Part, 'marks' | 'isOver'> {
  readonly batch: readonly string[];
  readonly stored: ReadonlyMap<string, StoredArtifact>;
}

async function readBatch(ask: ScrubAsk, { batch, stored, marks, isOver }: Batch) {
  let progress = { through: batch[0] ?? '', files: 0, bytes: 0, damaged: 0 };
  for (const digest of batch) {
    const bytes = stored.get(digest)?.bytes ?? 0;
    const state = await ask.store.stateOf(digest);
    // Gone since it was listed, and needed by nobody: it was swept.
    const isWrong = state === 'damaged' || (state === 'missing' && marks.has(digest));
    if (isWrong) await tell(ask, digest, state);
    progress = {
      through: digest,
      files: progress.files + 1,
      bytes: progress.bytes + bytes,
      damaged: progress.damaged + (isWrong ? 1 : 0),
    };
    await ask.pace(bytes);
    if (isOver()) return { progress, isCut: true };
  }
  return { progress, isCut: false };
}

/** What was mended, or is needed by nobody any more, is over; what is needed still is told of as it stands. */
async function lookAgain(ask: ScrubAsk, marks: ReadonlySet<string>): Promise<void> {
  const { db } = ask.database;
  for (const { digest } of await knownDamage(db, knownPerStep)) {
    const state = await ask.store.stateOf(digest);
    if (state !== 'whole' && marks.has(digest)) {
      await tell(ask, digest, state);
      continue;
    }
    await endDamage(db, digest);
    await forgetDamage(db, digest);
  }
}

async function tell({ database: { db } }: ScrubAsk, digest: string, state: DamageState): Promise<void> {
  await noteDamage(db, digest, state);
  for (const dependents of await dependentsOf(db, digest)) {
    // A view has snapshots, and no definition of a model.
    const webhooks = await readCurrentSpec(db, dependents.model).then(
      ({ spec }) => spec.watch.webhooks,
      () => [],
    );
    await ringForDamage(db, { digest, state }, dependents, webhooks);
  }
}
