import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import { sha256 } from '../../src/artifacts/digest.ts';
import { ingestTable, type IngestResult } from '../../src/data/snapshot/ingest-table.ts';
import type { Database } from '../../src/db/base/connect.ts';
import { putSnapshot } from '../../src/db/models/snapshots.ts';
import { readCurrentSpec } from '../../src/db/models/specs.ts';

/** Takes a table in as the next snapshot of a model's history, under its present definition. */
export async function ingestText(
  database: Database,
  place: { readonly store: ArtifactStore; readonly folder: string },
  of: {
    readonly model: string;
    readonly text: string;
    readonly format?: 'csv' | 'ndjson';
    readonly after?: IngestResult;
    /** Of a union: from which of its sources the rows come. */
    readonly member?: string;
  },
): Promise<IngestResult> {
  const { db } = database;
  const { spec, revision } = await readCurrentSpec(db, of.model);
  const format = of.format ?? 'csv';
  const digest = sha256(of.text);
  const file = path.join(place.folder, `${digest}.${format}`);
  await writeFile(file, of.text);
  const made = await ingestTable({
    spec: { ...spec, contract: { ...spec.contract, quarantineShareMax: 1 } },
    specRevision: revision,
    table: {
      path: file,
      name: file,
      format,
      rowsMax: null,
      sourceDigest: digest,
      ...(of.member === undefined ? {} : { member: of.member }),
    },
    workDir: path.join(place.folder, `work-${of.model}`),
    store: place.store,
    ...(of.after === undefined
      ? {}
      : { parents: [of.after.digest], orderOffset: 1 + (of.after.manifest.files[0]?.orderMax ?? -1) }),
  });
  await putSnapshot(db, {
    digest: made.digest,
    model: of.model,
    specRevision: revision,
    kind: 'history',
    sourceDigest: digest,
    throughWindow: null,
    manifest: made.manifest,
  });
  return made;
}
