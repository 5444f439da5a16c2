import { and, between, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';
import type { SnapshotRow } from './snapshots.ts';
import { versionsTrainedOn } from './trained-on.ts';

/** Where a page of snapshots goes on: behind this one. */
export interface SnapshotKey {
  readonly createdAt: string;
  readonly digest: string;
}

export interface ListedSnapshot extends Pick<
  SnapshotRow,
  'digest' | 'kind' | 'specRevision' | 'throughWindow' | 'rows' | 'quarantinedRows' | 'filesRemovedAt'
> {
  readonly key: SnapshotKey;
  readonly versions: readonly number[];
}

/** Versions that are looked at for what they were trained on. */
const versionsMax = 100;

/** Snapshots of a model, the latest first, at most `rowsMax`. Law: an index of the model, and 100 versions. */
export async function listSnapshots(
  db: Db,
  model: string,
  { after, rowsMax }: { readonly after: SnapshotKey | null; readonly rowsMax: number },
): Promise<readonly ListedSnapshot[]> {
  // As text: a Date would cut the microseconds that tell two rows apart.
  const createdAt = sql<string>`to_char(${snapshot.createdAt} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const rows = await db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      specRevision: snapshot.specRevision,
      throughWindow: snapshot.throughWindow,
      rows: snapshot.rows,
      quarantinedRows: snapshot.quarantinedRows,
      filesRemovedAt: snapshot.filesRemovedAt,
      createdAt,
    })
    .from(snapshot)
    .where(
      and(
        eq(snapshot.model, model),
        after === null
          ? undefined
          : sql`(${snapshot.createdAt}, ${snapshot.digest}) < (${after.createdAt}::timestamptz, ${after.digest})`,
      ),
    )
    .orderBy(desc(snapshot.createdAt), desc(snapshot.digest))
    .limit(rowsMax);
  const trained = await versionsTrainedOn(
    db,
    model,
    rows.map(({ digest }) => digest),
    versionsMax,
  );
  return rows.map(({ createdAt: at, ...row }) => ({
    ...row,
    key: { createdAt: at, digest: row.digest },
    versions: trained.filter(({ snapshots }) => snapshots.includes(row.digest)).map((one) => one.version),
  }));
}

/** Digests that begin like this, at most `rowsMax`, in order. Law: the primary key. */
export async function snapshotsNamed(
  db: Db,
  start: string,
  rowsMax: number,
): Promise<readonly { readonly digest: string; readonly model: string }[]> {
  return db
    .select({ digest: snapshot.digest, model: snapshot.model })
    .from(snapshot)
    .where(between(snapshot.digest, start, start.padEnd(64, 'f')))
    .orderBy(snapshot.digest)
    .limit(rowsMax);
}
