import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../../src/data/duck/connect.ts';
import { ingestSource } from '../../src/data/snapshot/ingest-source.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { keyColumnsEver } from '../../src/db/erasure/key-columns.ts';
import { excludedOf, exclusionsMark } from '../../src/db/erasure/exclusions.ts';
import { noteFirstRead, putViewSnapshot, isFirstReadDone } from '../../src/db/feature-views/put-view-snapshot.ts';
import { readViewByDigest, type StoredView } from '../../src/db/feature-views/read-views.ts';
import { newestViewSnapshot } from '../../src/db/feature-views/view-snapshots.ts';
import { rowsOfView } from '../../src/domain/view/rows-of-view.ts';
import { isPerennialError, PerennialError } from '../../src/domain/words/errors.ts';
import type { ActivityDependencies } from '../dependencies.ts';

type Dependencies = Pick<ActivityDependencies, 'database' | 'store' | 'workDir' | 'connectSource'>;

type ReadOn = { readonly isOvertaken: true } | { readonly isOvertaken: false; readonly snapshot: string | null };

/**
 * How often a reading begins again because another one stored a batch first: each time, that one has got further. As it
 * does when an entity was erased meanwhile.
 */
const roundsMax = 20;

/**
 * Reads the source of a pinned revision on from its newest snapshot, a snapshot per batch, and answers the newest one;
 * null when the source holds nothing. Batches are checked in `engine`, or each in one of its own. Whoever asks at once
 * reads along: each batch is stored by one of them. Throws what the source and the contract throw, with the name of the
 * view.
 */
export async function ingestView(
  { database, store, workDir, connectSource }: Dependencies,
  pin: { readonly view: string; readonly digest: string },
  engine?: Engine,
): Promise<{ readonly stored: StoredView; readonly snapshot: string | null }> {
  const stored = await readViewByDigest(database.db, pin.view, pin.digest);
  for (let round = 1; round <= roundsMax; round++) {
    // oxlint-disable-next-line no-await-in-loop -- each round begins where the last one was overtaken
    const read = await readOn(stored).catch((error: unknown) => {
      throw ofView(error, pin.view);
    });
    if (!read.isOvertaken) return { stored, snapshot: read.snapshot };
  }
  throw new PerennialError('unavailable', `View ${pin.view} is being read by many at once.`, { path: pin.view });

  async function readOn({ view, digest, revision, spec }: StoredView): Promise<ReadOn> {
    const newest = await newestViewSnapshot(database.db, view, digest);
    const isReceived = spec.availableTime === null && (await isFirstReadDone(database.db, view, revision));
    // No erasure waits for a look at a view: what was read before one is not stored after it.
    const exclusions = await exclusionsMark(database.db, view);
    const isAsRead = async (tx: Db): Promise<boolean> => (await exclusionsMark(tx, view)) === exclusions;
    const excluded = await excludedOf(database.db, view);
    // Also by keys of before: who was erased under one of them is not known by another.
    const columns = excluded === null ? [] : await keyColumnsEver(database.db, { of: 'view', name: view });
    // Not a folder of the activity: pushed rows are brought in outside of one, too.
    return withScratchFolder(workDir, async (folder) => {
      let last = newest?.digest ?? null;
      const source = connectSource(spec.source, view);
      const reading = {
        spec: rowsOfView(spec),
        specRevision: revision,
        workDir: folder,
        store,
        ...(engine === undefined ? {} : { settings: { engine } }),
        ...(excluded === null ? {} : { excluded: { ...excluded, columns } }),
        view: { digest, receivedMs: isReceived ? Date.now() : null },
      };
      for await (const { digest: snapshot, manifest } of ingestSource(source, newest, reading)) {
        const one = { view, digest: snapshot, manifest, after: last, isAsRead };
        const isStored = await putViewSnapshot(database, one);
        if (!isStored) return { isOvertaken: true };
        last = snapshot;
      }
      if (last !== null) await noteFirstRead(database.db, view, revision);
      return { isOvertaken: false, snapshot: last };
    });
  }
}

async function withScratchFolder<Result>(workDir: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  await mkdir(workDir, { recursive: true });
  const folder = await mkdtemp(path.join(workDir, 'view-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whoever trains a model has to be told that it is a view that could not be read. */
function ofView(error: unknown, view: string): unknown {
  if (!isPerennialError(error)) return error;
  const { code, message, path, hint } = error;
  return new PerennialError(code, `View ${view}: ${message}`, {
    ...(path === undefined ? {} : { path }),
    hint,
    cause: error,
  });
}
