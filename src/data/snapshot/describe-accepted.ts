import type { ColumnSummary, SnapshotColumn } from '../../domain/training/snapshot.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier } from '../duck/sql.ts';
import { measureTable, type FiguresAsked } from './profile-table.ts';

/** What a file of accepted rows holds. */
interface AcceptedRows {
  readonly rows: number;
  readonly orderMin: number;
  readonly orderMax: number;
  readonly logicalDigest: string;
  readonly profile: readonly ColumnSummary[];
}

/** Counts, order, digest and profile of a Parquet file of accepted rows, in one pass over its numbers. */
export async function describeAccepted(
  duck: Duck,
  path: string,
  schema: readonly SnapshotColumn[],
  asked?: FiguresAsked,
): Promise<AcceptedRows> {
  const aggregates = [
    'CAST(count(*) AS DOUBLE) AS rows',
    'CAST(min(_order) AS DOUBLE) AS low',
    'CAST(max(_order) AS DOUBLE) AS high',
    `CAST(sum(hash(${schema.map((column) => identifier(column.name)).join(', ')})) AS VARCHAR) AS digest`,
    'version() AS engine',
  ];
  const { row, profile } = await measureTable(duck, path, schema, aggregates, asked);
  return {
    rows: Number(row['rows'] ?? 0),
    orderMin: Number(row['low'] ?? 0),
    orderMax: Number(row['high'] ?? 0),
    // The engine does not promise its hash between versions, so the version is part of the name.
    logicalDigest: `duckdb-${String(row['engine'])}-hash-sum:${String(row['digest'])}`,
    profile,
  };
}
