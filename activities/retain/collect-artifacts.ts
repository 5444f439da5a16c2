import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes, type StoredArtifact } from '../../src/artifacts/stored-artifact.ts';
import { withTransaction, type Database } from '../../src/db/base/connect.ts';
import { markedArtifacts, oldestRunningMs } from '../../src/db/retention/artifact-roots.ts';
import { condemn, forgetCondemned } from '../../src/db/retention/condemned.ts';
import { noteRemoval } from '../../src/db/retention/remove-rows.ts';

export interface CollectAsk {
  readonly database: Pick<Database, 'db' | 'pool'>;
  readonly store: Pick<ArtifactStore, 'under' | 'sweep' | 'restoreSwept'>;
  /** How old an artifact must be, and how long found needed by nobody, before it goes; milliseconds. */
  readonly graceMs: number;
}

/** What the marks of this moment do not reach, and is old enough: what would go if they stayed like this. */
export async function unusedArtifacts(
  ask: CollectAsk,
  prefixes = artifactPrefixes,
): Promise<readonly StoredArtifact[]> {
  const marks = await readMarks(ask);
  const unused: StoredArtifact[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one folder at a time
  for (const prefix of prefixes) unused.push(...(await unmarkedUnder(ask, prefix, marks)));
  return unused;
}

/**
 * Collects from a prefix on, until there is no more or `isOver`; answers the prefix to go on from, null when through.
 * An artifact goes when it is older than the grace and two marks, a grace apart, did not reach it. What a run under way
 * has stored is never old enough.
 */
export async function collectArtifacts(
  ask: CollectAsk,
  from: string | null,
  isOver: () => boolean,
): Promise<string | null> {
  if (from === null) await ask.store.restoreSwept();
  const marks = await readMarks(ask);
  for (const prefix of artifactPrefixes.filter((one) => from === null || one >= from)) {
    if (isOver()) return prefix;
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time
    await collectUnder(ask, prefix, marks);
  }
  return null;
}

interface Marks {
  readonly marked: ReadonlySet<string>;
  readonly putBeforeMs: number;
}

async function readMarks({ database, graceMs }: CollectAsk): Promise<Marks> {
  // Before the marks are read: what ends in between has named what it stored by then.
  const runningMs = await oldestRunningMs(database.db);
  const putBeforeMs = Math.min(Date.now() - graceMs, runningMs ?? Infinity);
  return { putBeforeMs, marked: await markedArtifacts(database.db) };
}

async function unmarkedUnder(ask: CollectAsk, prefix: string, marks: Marks): Promise<readonly StoredArtifact[]> {
  const stored = await ask.store.under(prefix);
  return stored.filter(({ digest, putAtMs }) => !marks.marked.has(digest) && putAtMs < marks.putBeforeMs);
}

async function collectUnder(ask: CollectAsk, prefix: string, marks: Marks): Promise<void> {
  const unmarked = await unmarkedUnder(ask, prefix, marks);
  const over = await withTransaction(ask.database, (tx) => condemn(tx, prefix, unmarked, ask.graceMs));
  for (const { digest, bytes } of over) {
    // oxlint-disable no-await-in-loop -- each is counted before the next is touched
    const isGone = await ask.store.sweep(digest, marks.putBeforeMs);
    await withTransaction(ask.database, async (tx) => {
      await forgetCondemned(tx, digest);
      if (isGone) await noteRemoval(tx, '*', 'artifacts', { rows: 1, bytes });
    });
    // oxlint-enable no-await-in-loop
  }
}
