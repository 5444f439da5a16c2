import { eraseFromSealed, sealedPositions, type ErasedStretch } from '../../src/data/erase/erase-from-sealed.ts';
import { noteCount } from '../../src/db/erasure/counts.ts';
import {
  lockParts,
  nextSealed,
  replaceStretch,
  type StretchToErase,
} from '../../src/db/traffic/erase/sealed-to-erase.ts';
import { putTombstone } from '../../src/db/erasure/tombstones.ts';
import { namesOf } from '../../src/db/erasure/names-of.ts';
import { eraseLogRows, notedPositions, notePositions } from '../../src/db/traffic/erase/erase-log-rows.ts';
import { sealedKinds } from '../../src/domain/record/sealed.ts';
import { unlessHeld, type ErasePart, type ErasePartInput } from './part.ts';

/** Writes down where the entity's predictions stand in sealed files. */
export const noteSealed: ErasePart = async (input, cursor, isOver) => {
  const { deps, erasure, owner } = input;
  if (owner.of !== 'model') return null;
  const of = { erasureId: erasure.erasureId, model: owner.name };
  const names = await namesOf(deps.database.db, of);
  for (let after = Number(cursor ?? -1); ;) {
    // oxlint-disable no-await-in-loop -- one file at a time
    const stretch = await nextSealed(deps.database.db, owner.name, 'predictions', after);
    if (stretch === null) return null;
    await notePositions(deps.database.db, of, await sealedPositions(deps.store, stretch.fileDigest, names));
    after = stretch.firstPlace;
    if (isOver()) return String(after);
    // oxlint-enable no-await-in-loop
  }
};

/** Writes sealed files anew without the entity's rows, with their indexes, sums and manifests. */
export const eraseSealed: ErasePart = async (input, cursor, isOver) => {
  if (input.owner.of !== 'model') return null;
  const [from, place = '-1'] = (cursor ?? '').split('/');
  for (const kind of sealedKinds.slice(
    Math.max(
      0,
      sealedKinds.findIndex((one) => one === from),
    ),
  )) {
    for (let after = kind === from ? Number(place) : -1; ;) {
      // oxlint-disable no-await-in-loop -- one file at a time
      const stretch = await nextSealed(input.deps.database.db, input.owner.name, kind, after);
      if (stretch === null) break;
      await eraseStretch(input, stretch);
      after = stretch.firstPlace;
      if (isOver()) return `${kind}/${after}`;
      // oxlint-enable no-await-in-loop
    }
  }
  return null;
};

async function eraseStretch(input: ErasePartInput, stretch: StretchToErase): Promise<void> {
  const { deps, erasure, owner, workDir } = input;
  const { isDryRun } = erasure;
  const of = { erasureId: erasure.erasureId, model: owner.name };
  const names = await namesOf(deps.database.db, of);
  const seqs = (await notedPositions(deps.database.db, of)).filter(
    (seq) => stretch.firstSeq === null || (seq >= stretch.firstSeq && seq <= (stretch.lastSeq ?? seq)),
  );
  const ask = { ...names, seqs, workDir, isDryRun };
  const erased = await eraseFromSealed(deps.store, stretch.kind, stretch.fileDigest, ask);
  if (erased === null) return;
  const next = erased.file === null ? null : await told(input, stretch, erased.file);
  await unlessHeld(deps.database, owner, async (tx) => {
    if (!isDryRun) {
      // The part may not be dropped while file and rows differ.
      await lockParts(tx);
      if (!(await replaceStretch(tx, stretch, next))) return;
      const range = { from: stretch.firstSeq ?? 0, to: stretch.lastSeq ?? 0 };
      await eraseLogRows(tx, of, range);
      for (const [what, was, is] of [
        ['sealed', stretch.fileDigest, next?.fileDigest],
        ['index', stretch.indexDigest, next?.indexDigest],
        ['manifest', stretch.manifestDigest, next?.manifestDigest],
      ] as const)
        if (was !== null)
          // oxlint-disable-next-line no-await-in-loop -- three rows of one transaction
          await putTombstone(tx, {
            digest: was,
            what,
            owner: owner.name,
            replacedBy: is ?? null,
            erasureId: of.erasureId,
            rows: erased.rows,
          });
    }
    const count = { erasureId: of.erasureId, owner: owner.name, place: 'sealed', item: stretch.fileDigest } as const;
    await noteCount(tx, count, erased.rows, isDryRun);
  });
}

/** The manifest goes on saying what it said, but for what is another file now. */
async function told({ deps }: ErasePartInput, stretch: StretchToErase, file: NonNullable<ErasedStretch['file']>) {
  const known: unknown = JSON.parse((await deps.store.readBytes(stretch.manifestDigest)).toString('utf8'));
  const { sums, ...rest } = file;
  const manifest = { ...(known as Readonly<Record<string, unknown>>), sums, files: [rest] };
  return { ...file, manifestDigest: await deps.store.putBytes(JSON.stringify(manifest)) };
}
