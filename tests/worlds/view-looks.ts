import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ActivityDependencies } from '../../activities/dependencies.ts';
import { withDuck } from '../../src/data/duck/connect.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { putViewSnapshot } from '../../src/db/feature-views/put-view-snapshot.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import type { SnapshotManifest } from '../../src/domain/training/snapshot.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { canonicalJson } from '../../src/domain/words/canonical.ts';
import { writeViewRows } from './joined-views.ts';
import type { KeyedRow } from './plain-views.ts';

/** One batch that a source gave, and when it was received; null as in a first reading. */
export interface LookedAt {
  readonly rows: readonly KeyedRow[];
  readonly receivedMs: number | null;
}

/** Stores a view and a snapshot for each batch, as its ingest does, without a source; answers them, oldest first. */
export async function plantLooks(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  folder: string,
  view: ViewSpec,
  batches: readonly LookedAt[],
): Promise<{ readonly digest: string; readonly snapshots: readonly string[] }> {
  const { digest, revision } = await withTransaction(deps.database, (tx) => storeView(tx, view, 'test'));
  const snapshots: string[] = [];
  let orderMax = -1;
  await withDuck({ threads: 1, memoryMb: 256, tempDir: folder }, async (duck) => {
    for (const [at, { rows, receivedMs }] of batches.entries()) {
      // oxlint-disable no-await-in-loop -- each continues the one before it
      const file = path.join(folder, `${view.name}.parquet`);
      const schema = await writeViewRows(duck, view, rows, file);
      const orderMin = orderMax + 1;
      orderMax += rows.length;
      const manifest: SnapshotManifest = {
        formatVersion: 1,
        model: view.name,
        specRevision: revision,
        sourceDigest: `look ${at}`,
        contractDigest: 'contract',
        files: [
          {
            sha256: await deps.store.putFile(file),
            bytes: (await stat(file)).size,
            rows: rows.length,
            orderMin,
            orderMax,
          },
        ],
        rows: rows.length,
        labelledRows: 0,
        quarantinedRows: 0,
        quarantineDigest: null,
        logicalDigest: `look ${at}`,
        schema,
        ruleCounts: [],
        profile: [],
        parents: snapshots.slice(-1),
        cursor: String(at),
        view: { digest, receivedMs },
      };
      const snapshot = await deps.store.putBytes(canonicalJson(manifest));
      const after = snapshots.at(-1) ?? null;
      const isAsRead = async (): Promise<boolean> => Promise.resolve(true);
      if (!(await putViewSnapshot(deps.database, { view: view.name, digest: snapshot, manifest, after, isAsRead })))
        throw new Error('somebody else reads this view');
      snapshots.push(snapshot);
      // oxlint-enable no-await-in-loop
    }
  });
  return { digest, snapshots };
}
