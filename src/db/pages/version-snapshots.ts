import { asc, inArray, sql } from 'drizzle-orm';
import type { SnapshotKind } from '../../domain/record/closed-sets.ts';
import type { ColumnSummary } from '../../domain/training/snapshot.ts';
import type { Db } from '../base/connect.ts';
import { snapshot } from '../schema/index.ts';

const listedMax = 50;

export interface SnapshotLine {
  readonly digest: string;
  readonly kind: SnapshotKind;
  readonly rows: number;
  readonly quarantinedRows: number;
  readonly throughWindow: number | null;
  readonly createdAt: Date;
}

export interface VersionData {
  readonly lines: readonly SnapshotLine[];
  readonly inputs: readonly ColumnSummary[];
  /** When the first and the last event of these snapshots were; null where no event time is declared or recorded. */
  readonly eventTimes: { readonly from: Date; readonly to: Date } | null;
}

/** Where a version's rows came from, oldest data first, and what its columns held. */
export async function snapshotsOf(db: Db, digests: readonly string[], eventTime: string | null): Promise<VersionData> {
  if (digests.length === 0) return { lines: [], inputs: [], eventTimes: null };
  const rows = await db
    .select({
      digest: snapshot.digest,
      kind: snapshot.kind,
      rows: snapshot.rows,
      quarantinedRows: snapshot.quarantinedRows,
      throughWindow: snapshot.throughWindow,
      createdAt: snapshot.createdAt,
      profile: sql<readonly ColumnSummary[] | null>`${snapshot.manifest} -> 'profile'`,
    })
    .from(snapshot)
    .where(inArray(snapshot.digest, digests.slice(0, listedMax)))
    .orderBy(sql`${snapshot.throughWindow} nulls first`, asc(snapshot.createdAt));
  // The largest says most about what values the version has seen.
  const largest = rows.reduce<(typeof rows)[number] | null>(
    (best, row) => (best === null || row.rows > best.rows ? row : best),
    null,
  );
  return {
    lines: rows.map(({ profile: _profile, ...line }) => line),
    inputs: largest?.profile ?? [],
    eventTimes:
      eventTime === null
        ? null
        : spanOf(
            rows.flatMap(({ profile }) => profile ?? []),
            eventTime,
          ),
  };
}

/** Instants of files are milliseconds since 1970. */
function spanOf(columns: readonly ColumnSummary[], name: string): VersionData['eventTimes'] {
  const times = columns
    .filter((column) => column.name === name)
    .flatMap(({ min, max }) => (min === undefined || max === undefined ? [] : [min, max]));
  const known = times.filter((time) => Number.isFinite(new Date(time).getTime()));
  return known.length === 0 ? null : { from: new Date(Math.min(...known)), to: new Date(Math.max(...known)) };
}
