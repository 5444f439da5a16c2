import type { Erasure } from '../../src/db/erasure/erasures.ts';
import { markSwept, stillNeeded, unsweptTombstones } from '../../src/db/erasure/tombstones.ts';
import { sealedAmong } from '../../src/db/traffic/erase/sealed-to-erase.ts';
import type { ErasePlace, EraseStep } from '../../src/domain/record/erasure/erasure.ts';
import type { EraseDependencies } from './part.ts';

const digestsPerPage = 200;

/**
 * Removes the bytes of what was written anew, at once and whatever their age. A file that something else is made of
 * stays: a snapshot that the erasure does not cover may be of the same bytes.
 */
export async function sweepErased(
  { database: { db }, store }: Pick<EraseDependencies, 'database' | 'store'>,
  { erasureId }: Pick<Erasure, 'erasureId'>,
  at: ErasePlace,
  isOver: () => boolean,
): Promise<EraseStep> {
  for (let after = at.cursor ?? ''; ;) {
    // oxlint-disable no-await-in-loop -- one page, and one file, at a time
    const page = await unsweptTombstones(db, erasureId, after, digestsPerPage);
    const last = page.at(-1);
    if (last === undefined)
      return { next: { ...at, part: 'end', cursor: null }, waitMs: 0, text: 'Files are removed.' };
    const digests = page.map(({ digest }) => digest);
    const needed = new Set([...(await stillNeeded(db, digests)), ...(await sealedAmong(db, digests))]);
    for (const { digest } of page) {
      if (needed.has(digest)) continue;
      await store.sweep(digest, Number.POSITIVE_INFINITY);
      // Another sweep may have taken it, or it was never there; only what is there still has to go.
      if (!(await store.has(digest))) await markSwept(db, digest);
    }
    after = last.digest;
    if (isOver()) return { next: { ...at, cursor: after }, waitMs: 0, text: 'Files are being removed.' };
    // oxlint-enable no-await-in-loop
  }
}
