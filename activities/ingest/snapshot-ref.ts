import type { Db } from '../../src/db/base/connect.ts';
import { lineageOf } from '../../src/db/models/snapshots.ts';
import type { SnapshotRef } from '../../src/domain/record/runs.ts';

/** A snapshot as workflows pass it on: it stands for all that it continues, so the rows are those of them all. */
export async function snapshotRefOf(db: Db, digest: string): Promise<SnapshotRef> {
  const line = await lineageOf(db, [digest]);
  return {
    digest,
    rows: line.reduce((sum, snapshot) => sum + snapshot.rows, 0),
    quarantinedRows: line.reduce((sum, snapshot) => sum + snapshot.quarantinedRows, 0),
  };
}
