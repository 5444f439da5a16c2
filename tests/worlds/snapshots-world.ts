import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { createArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../src/artifacts/digest.ts';
import { ingestTable, type IngestResult } from '../../src/data/snapshot/ingest-table.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putSnapshot } from '../../src/db/models/snapshots.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import { personOn } from './delivered-world.ts';
import { openTestDatabase } from './opened-database.ts';
import { RecordingBus } from './recording-bus.ts';
import { specOf } from './two-models.ts';

/** A model called shop, a store and a database, for snapshots of its rows that continue each other. */
export async function openSnapshotsWorld(rowOf: (place: number) => readonly [feature: number, label: string]) {
  const { database } = await openTestDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'snapshots-'));
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const place = { store: createArtifactStore(path.join(dir, 'store')), importDir: path.join(dir, 'incoming') };
  const person = personOn(database, new RecordingBus());
  const spec = specOf('shop');
  await withTransaction(database, (tx) => storeSpec(tx, spec, 'ana'));

  async function ingested(rows: number, parent?: IngestResult): Promise<IngestResult> {
    const from = parent === undefined ? 0 : parent.manifest.rows;
    const columns = [...spec.features.map(({ name }) => name), spec.target.column];
    const lines = Array.from({ length: rows }, (_, i) => {
      const [feature, label] = rowOf(from + i);
      return [...spec.features.map(() => String(feature)), label].join(',');
    });
    const text = `${columns.join(',')}\n${lines.join('\n')}\n`;
    const file = path.join(dir, `${from}.csv`);
    await writeFile(file, text);
    const made = await ingestTable({
      spec,
      specRevision: 1,
      table: { path: file, name: file, format: 'csv', rowsMax: null, sourceDigest: sha256(text) },
      workDir: path.join(dir, 'work'),
      store: place.store,
      ...(parent === undefined ? {} : { parents: [parent.digest], orderOffset: from }),
    });
    const { digest, manifest } = made;
    const { sourceDigest } = manifest;
    const row = { digest, model: 'shop', specRevision: 1, kind: 'history', sourceDigest, throughWindow: null } as const;
    await putSnapshot(database.db, { ...row, manifest });
    return made;
  }

  return { database, dir, place, person, spec, ingested };
}
