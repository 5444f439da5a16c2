import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { artifactPrefixes } from '../../src/artifacts/stored-artifact.ts';
import type { Db } from '../../src/db/base/connect.ts';
import {
  databaseBytes,
  filesOfModel,
  indexShare,
  keepSample,
  measureModel,
} from '../../src/db/installation/storage.ts';
import { eachModel } from './each-model.ts';

export interface MeasureAsk {
  readonly db: Db;
  readonly store: Pick<ArtifactStore, 'under' | 'sizeOf'>;
  /** What the database, which holds so many bytes, may still grow by; null where nobody knows. */
  readonly databaseFreeBytes: (usedBytes: number) => Promise<number | null>;
  readonly artifactFreeBytes: () => Promise<number | null>;
}

/** What the disks take and have left now, once an hour: the store is walked in steps, since it may hold millions. */
export async function sampleDisks(
  ask: MeasureAsk,
  cursor: string | null,
  isOver: () => boolean,
): Promise<string | null> {
  const [from = '', counted = '0'] = cursor?.split('/') ?? [];
  let storeBytes = Number(counted);
  for (const prefix of artifactPrefixes.filter((one) => one >= from)) {
    if (isOver()) return `${prefix}/${storeBytes}`;
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time
    for (const { bytes } of await ask.store.under(prefix)) storeBytes += bytes;
  }
  const used = await databaseBytes(ask.db);
  const artifactFreeBytes = await ask.artifactFreeBytes();
  // Without a look at the disk of the artifacts there is nothing to foretell; the next hour looks again.
  if (artifactFreeBytes === null) return null;
  const databaseFreeBytes = await ask.databaseFreeBytes(used);
  await keepSample(ask.db, {
    databaseBytes: used,
    artifactBytes: storeBytes,
    databaseFreeBytes,
    artifactFreeBytes,
  });
  return null;
}

/** What each model takes now, once an hour. */
export async function measureModels(
  { db, store }: Pick<MeasureAsk, 'db' | 'store'>,
  walk: { readonly cursor: string | null; readonly isOver: () => boolean },
): Promise<string | null> {
  const shares = {
    prediction: await indexShare(db, 'prediction'),
    label: await indexShare(db, 'label'),
    evidence: await indexShare(db, 'evidence'),
  };
  return eachModel(db, walk, async (model) => {
    const files = await filesOfModel(db, model);
    let bytes = files.listedBytes;
    // oxlint-disable-next-line no-await-in-loop -- two files a version, one after the other
    for (const digest of files.digests) bytes += (await store.sizeOf(digest)) ?? 0;
    await measureModel(db, model, shares, Math.round(bytes));
    return false;
  });
}
