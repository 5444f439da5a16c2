import type { ProfileReader } from '../../../src/artifacts/profile-reader.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import { findVersion, type VersionRow } from '../../../src/db/models/versions.ts';
import { windowRowsOf } from '../../../src/db/traffic/read/window-rows.ts';
import { readBest } from '../../../src/db/watching/best-reference.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import { kindOf } from '../../../src/domain/features/kind-of.ts';
import { signatureOf } from '../../../src/domain/spec/signature.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { cellCount, cellOf, type ReferenceProfile } from '../../../src/domain/training/profile.ts';
import { placeRows } from '../../../src/domain/watch/season/place-rows.ts';
import { judgeBestWorld, type BestWorld } from '../../../src/domain/watch/best/best-world.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { windowColumns } from './window-columns.ts';

/** Rows of the window that are looked at, the first ones. */
const rowsMax = 2_000;

/**
 * The window against the reference of the best champion; null where the champion is the best, or where the reference of
 * the best has no rows or was removed. Law: at most 2,000 rows.
 */
export async function judgeBestWorldOf(
  db: Db,
  readProfile: ProfileReader,
  spec: ModelSpec,
  champion: VersionRow,
  { model, number }: WindowRow,
): Promise<BestWorld | null> {
  const { best } = await readBest(db, model);
  if (best === null || best.version === champion.version) return null;
  const version = await findVersion(db, model, best.version);
  const profile = version === null ? null : await keptProfile(readProfile, version.profileDigest);
  if (profile === null || profile.rows === 0) return null;
  const rows = await windowRowsOf(db, { model, number, version: champion.version, rowsMax });
  const signature = signatureOf(spec);
  const { byName } = windowColumns(rows, signature, signature);
  const { season } = profile;
  const placed =
    season === undefined
      ? null
      : placeRows(
          season,
          rows.map(({ eventTimeMs }) => eventTimeMs),
        );
  const still = spec.features.filter(({ kind }) => !kindOf(kind).canDrift).map(({ name }) => name);
  const skip = [...still, ...(profile.unread ?? [])];
  const cells = profile.features.map((feature) => {
    const counts = new Array<number>(cellCount(feature)).fill(0);
    const column = byName.get(feature.name);
    // One that has gone, or is of another kind now, says nothing.
    if (column === undefined || 'texts' in column === (feature.kind === 'binned')) {
      skip.push(feature.name);
      return counts;
    }
    for (let row = 0; row < rows.length; row++) {
      if (placed?.isPlaced[row] === false) continue;
      const cell = cellOf(feature, 'texts' in column ? (column.texts[row] ?? null) : (column.numbers[row] ?? null));
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    return counts;
  });
  const window = { rows: rows.length, cells, phases: placed?.phases ?? null };
  return judgeBestWorld(best.version, profile, window, spec.watch, skip, spec.watch.season != null);
}

async function keptProfile(readProfile: ProfileReader, digest: string): Promise<ReferenceProfile | null> {
  try {
    return await readProfile(digest);
  } catch (error) {
    if (error instanceof PerennialError && error.code === 'not_found') return null;
    throw error;
  }
}
