import path from 'node:path';
import { mkdir, rm } from 'node:fs/promises';
import {
  eraseFromSnapshot,
  eraseQuarantineFile,
  type ErasedSnapshot,
} from '../../src/data/erase/erase-from-snapshot.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { noteCount } from '../../src/db/erasure/counts.ts';
import { keyColumnsEver } from '../../src/db/erasure/key-columns.ts';
import {
  cursorOfSnapshot,
  eraseQuarantineWords,
  nextRefusedBatch,
  nextSnapshot,
  renameRefusedBatch,
  replaceManifest,
  type SnapshotToErase,
} from '../../src/db/erasure/snapshots-to-erase.ts';
import { putTombstone, replacedBefore, tombstonesOf } from '../../src/db/erasure/tombstones.ts';
import { emptyOnline } from '../../src/db/feature-views/online-build.ts';
import { readViewByDigest } from '../../src/db/feature-views/read-views.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { notedPositions } from '../../src/db/traffic/erase/erase-log-rows.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { isPerennialError, PerennialError } from '../../src/domain/words/errors.ts';
import { unlessHeld, type ErasePart, type ErasePartInput } from './part.ts';

/** How often a snapshot is read again because somebody else changed it meanwhile. */
const attemptsMax = 5;

/** Writes files of snapshots anew without the entity's rows; each snapshot keeps its name, and its manifest changes. */
export const eraseSnapshots: ErasePart = async (input, cursor, isOver) => {
  for (let at = cursor; ;) {
    // oxlint-disable no-await-in-loop -- one snapshot at a time
    const found = await nextSnapshot(input.deps.database.db, input.owner.name, at);
    if (found === null) return null;
    await eraseSnapshot(input, found);
    at = cursorOfSnapshot(found);
    if (isOver()) return at;
    // oxlint-enable no-await-in-loop
  }
};

/**
 * Which columns of a snapshot name entities, and which one has the label. By keys of every revision, as readings leave
 * rows out: what was the key once may be a plain column of this one.
 */
async function columnsOf({ deps, erasure, owner }: ErasePartInput, { specRevision }: SnapshotToErase) {
  const { db } = deps.database;
  const keyColumns = await keyColumnsEver(db, owner, erasure.keyColumn);
  if (owner.of === 'view') return { keyColumns, target: null };
  const { spec } = await readSpecRevision(db, owner.name, specRevision);
  return { keyColumns, target: spec.target.column };
}

async function eraseSnapshot(input: ErasePartInput, first: SnapshotToErase): Promise<void> {
  const { deps, erasure, entity, owner, clean } = input;
  const { db } = deps.database;
  const { keyColumns, target } = await columnsOf(input, first);
  const seqs = owner.of === 'view' ? [] : await notedPositions(db, { erasureId: erasure.erasureId, model: owner.name });
  let found = first;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    // oxlint-disable no-await-in-loop -- each begins with what stands now
    const workDir = path.join(input.workDir, 'snapshot');
    await rm(workDir, { recursive: true, force: true });
    await mkdir(workDir, { recursive: true });
    const of = { entity, keyColumns, seqs };
    const erased = await eraseFromSnapshot({
      manifest: found.manifest,
      of,
      target,
      store: deps.store,
      workDir,
      isDryRun: erasure.isDryRun,
      clean,
      replacedBefore: async (digest) => replacedBefore(db, erasure.erasureId, digest),
    }).catch((error: unknown) => withoutFiles(found, entity, error));
    if (await keep(input, found, erased, of)) return;
    const again = await nextSnapshot(db, owner.name, cursorBefore(found));
    if (again?.digest !== found.digest) return;
    found = again;
    // oxlint-enable no-await-in-loop
  }
  throw new PerennialError('conflict', `Snapshot ${first.digest.slice(0, 12)} is being changed by others.`, {
    path: first.digest,
  });
}

/** Files that retention gave up are gone or go; what is left of them in the row are statistics of columns. */
function withoutFiles({ filesRemovedAt, manifest }: SnapshotToErase, entity: string, error: unknown): ErasedSnapshot {
  if (filesRemovedAt === null || !isPerennialError(error) || error.code !== 'not_found') throw error;
  const nothing = { manifestDigest: null, replaced: [], rows: 0, quarantined: 0, lines: [] };
  const isNamed = JSON.stringify(manifest.profile).includes(JSON.stringify(entity).slice(1, -1));
  return { ...nothing, manifest: isNamed ? { ...manifest, profile: [] } : null };
}

async function keep(
  { deps, erasure, owner }: ErasePartInput,
  found: SnapshotToErase,
  erased: ErasedSnapshot,
  of: { readonly entity: string; readonly keyColumns: readonly string[] },
): Promise<boolean> {
  const { erasureId, isDryRun } = erasure;
  const count = { erasureId, owner: owner.name, item: found.digest } as const;
  return unlessHeld(deps.database, owner, async (tx) => {
    if (isDryRun) {
      await noteCount(tx, { ...count, place: 'snapshots' }, erased.rows, true);
      await noteCount(tx, { ...count, place: 'quarantine' }, erased.quarantined, true);
      return true;
    }
    if (erased.manifest !== null) {
      if (!(await replaceManifest(tx, found, erased.manifest))) return false;
      await bury(tx, { erasureId, owner: owner.name }, found, erased);
    }
    if (owner.of === 'view' && erased.rows > 0) await emptyUnkeyed(tx, found, of.keyColumns);
    const words = await eraseQuarantineWords(tx, found.digest, erased.lines, of);
    await noteCount(tx, { ...count, place: 'snapshots' }, erased.rows, false);
    await noteCount(tx, { ...count, place: 'quarantine' }, erased.quarantined + words, false);
    return true;
  });
}

/** Rows that went by a column which is no key of the revision stand online under other keys, among other rows. */
async function emptyUnkeyed(tx: Db, { model: view, manifest }: SnapshotToErase, keyColumns: readonly string[]) {
  const digest = manifest.view?.digest ?? '';
  const { spec } = await readViewByDigest(tx, view, digest);
  const isUnkeyed = manifest.schema.some(({ name }) => keyColumns.includes(name) && !spec.entity.includes(name));
  if (isUnkeyed) await emptyOnline(tx, { view, digest });
}

/** Of what the digests stood for: the snapshot's own, that of its manifest in between, and those of its files. */
async function bury(
  tx: Db,
  of: { readonly erasureId: string; readonly owner: string },
  { digest }: SnapshotToErase,
  { manifestDigest, replaced, rows, quarantined }: ErasedSnapshot,
): Promise<void> {
  const before = (await tombstonesOf(tx, [digest])).get(digest);
  const all = { ...of, replacedBy: manifestDigest, rows: rows + quarantined };
  if (before?.replacedBy != null && before.replacedBy !== manifestDigest)
    await putTombstone(tx, { ...all, digest: before.replacedBy, what: 'manifest' });
  await putTombstone(tx, { ...all, digest, what: 'snapshot' });
  for (const { what, digest: file, replacedBy, rows: gone } of replaced)
    // oxlint-disable-next-line no-await-in-loop -- rows of one transaction
    if (file !== replacedBy) await putTombstone(tx, { ...of, digest: file, what, replacedBy, rows: gone });
}

function cursorBefore({ createdAt }: SnapshotToErase): string {
  return `${createdAt.getTime()}/`;
}

/** Quarantines of batches that were refused as a whole; their runs name them, by the digest of today. */
export const eraseRefused: ErasePart = async (input, cursor, isOver) => {
  const { deps, erasure, entity, owner, workDir } = input;
  const { db } = deps.database;
  const keyColumns = await keyColumnsEver(db, owner, erasure.keyColumn);
  for (let at = cursor ?? ''; ;) {
    // oxlint-disable no-await-in-loop -- one file at a time
    const batch = await nextRefusedBatch(db, owner.name, at);
    if (batch === null) return null;
    at = batch.runId;
    const isThere = await deps.store.has(batch.digest);
    const rows = { entity, keyColumns, seqs: [] };
    const ask = { digest: batch.digest, of: rows, store: deps.store, workDir, isDryRun: erasure.isDryRun };
    const erased = isThere
      ? await withDuck({ threads: 1, tempDir: workDir }, (duck) => eraseQuarantineFile(duck, ask))
      : null;
    if (erased !== null && erased.lines.length > 0)
      await unlessHeld(deps.database, owner, async (tx) => {
        const of = { erasureId: erasure.erasureId, owner: owner.name };
        const { replaced } = erased;
        if (!erasure.isDryRun) {
          await renameRefusedBatch(tx, batch, replaced.replacedBy);
          await putTombstone(tx, { ...of, ...replaced });
        }
        await noteCount(tx, { ...of, place: 'quarantine', item: batch.digest }, replaced.rows, erasure.isDryRun);
      });
    if (isOver()) return at;
    // oxlint-enable no-await-in-loop
  }
};
