import { artifactsUnder } from '../../src/artifacts/sweep.ts';
import type { Db } from '../../src/db/base/connect.ts';
import { listModelNames } from '../../src/db/models/specs.ts';
import {
  databaseBytes,
  filesOfModel,
  indexShare,
  keepSample,
  measureModel,
} from '../../src/db/installation/storage.ts';
import { artifactPrefixes } from './collect-artifacts.ts';

export interface MeasureAsk {
  readonly db: Db;
  readonly artifactDir: string;
  /** What the database, which holds so many bytes, may still grow by; null where nobody knows. */
  readonly databaseFreeBytes: (usedBytes: number) => Promise<number | null>;
  readonly artifactFreeBytes: () => Promise<number | null>;
}

const modelsMax = 10_000;

/** What disks and models take now, once an hour. Goes on from a model; answers the model that is through, or null. */
export async function measureStorage(
  ask: MeasureAsk,
  cursor: string | null,
  isOver: () => boolean,
): Promise<string | null> {
  const { db } = ask;
  const sizes = await sizesOf(ask.artifactDir);
  if (cursor === null) await sampleDisks(ask, sizes);
  const shares = {
    prediction: await indexShare(db, 'prediction'),
    label: await indexShare(db, 'label'),
    evidence: await indexShare(db, 'evidence'),
  };
  for (const model of await listModelNames(db, modelsMax)) {
    if (cursor !== null && model <= cursor) continue;
    // oxlint-disable no-await-in-loop -- one model at a time
    const files = await filesOfModel(db, model);
    const versionBytes = files.digests.reduce((sum, digest) => sum + (sizes.get(digest) ?? 0), 0);
    await measureModel(db, model, shares, Math.round(files.snapshotBytes + versionBytes));
    // oxlint-enable no-await-in-loop
    if (isOver()) return model;
  }
  return null;
}

async function sampleDisks(ask: MeasureAsk, sizes: ReadonlyMap<string, number>): Promise<void> {
  const used = await databaseBytes(ask.db);
  const artifactFreeBytes = await ask.artifactFreeBytes();
  // Without a look at the disk of the artifacts there is nothing to foretell; the next hour looks again.
  if (artifactFreeBytes === null) return;
  await keepSample(ask.db, {
    databaseBytes: used,
    artifactBytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    databaseFreeBytes: await ask.databaseFreeBytes(used),
    artifactFreeBytes,
  });
}

async function sizesOf(artifactDir: string): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  for (const prefix of artifactPrefixes)
    // oxlint-disable-next-line no-await-in-loop -- one folder at a time
    for (const { digest, bytes } of await artifactsUnder(artifactDir, prefix)) sizes.set(digest, bytes);
  return sizes;
}
