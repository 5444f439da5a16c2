import path from 'node:path';
import { sha256OfFile } from '../../src/artifacts/digest.ts';
import { ingestTable } from '../../src/data/snapshot/ingest-table.ts';
import type { RawTable } from '../../src/data/snapshot/raw-table.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { lineageOf, putSnapshot } from '../../src/db/models/snapshots.ts';
import { trafficThrough, type SnapshotRef, type TrainInput } from '../../src/domain/record/runs.ts';
import { orderMaxOf } from '../../src/domain/training/snapshot.ts';
import { withHeartbeat } from '../with-heartbeat.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { exportTraffic } from './export-traffic.ts';
import { withWorkFolder } from './work-folder.ts';

/** Logged rows were accepted when they were served: only their types are checked again, and a bad one is set aside. */
const trafficContract = { rules: [], quarantineShareMax: 1 } as const;

export function snapshotTrafficActivities({ database, store, workDir }: ActivityDependencies) {
  const { db } = database;

  /** Labelled traffic as known at the cut-off, by the same path as any table; null when there is none. */
  async function snapshotTraffic(input: TrainInput & { readonly history: SnapshotRef }): Promise<SnapshotRef | null> {
    const throughWindow = trafficThrough(input);
    if (throughWindow === null) return null;
    const { spec } = await readSpecRevision(db, input.model, input.specRevision);
    const history = await lineageOf(db, [input.history.digest]);
    return withWorkFolder({ workDir, kind: 'traffic', model: input.model }, async (folder) => {
      const file = path.join(folder, 'traffic.ndjson');
      if ((await exportTraffic(db, spec, { model: input.model, throughWindow }, file)) === 0) return null;
      const table = { path: file, name: file, format: 'ndjson', rowsMax: null } as const satisfies Partial<RawTable>;
      const { digest, manifest } = await withHeartbeat(async () =>
        ingestTable({
          spec: { ...spec, contract: trafficContract },
          specRevision: input.specRevision,
          table: { ...table, sourceDigest: await sha256OfFile(file) },
          workDir: folder,
          store,
          parents: [input.history.digest],
          orderOffset: 1 + Math.max(-1, ...history.map((snapshot) => orderMaxOf(snapshot.manifest))),
          unlabelled: 'refuse',
        }),
      );
      await putSnapshot(db, {
        digest,
        model: input.model,
        specRevision: input.specRevision,
        kind: 'traffic',
        sourceDigest: manifest.sourceDigest,
        throughWindow,
        manifest,
      });
      return { digest, rows: manifest.rows, quarantinedRows: manifest.quarantinedRows };
    });
  }

  return { snapshotTraffic };
}
