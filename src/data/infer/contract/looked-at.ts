import type { Duck } from '../../duck/connect.ts';
import type { OpenTable } from '../../read/table-file.ts';
import type { ColumnScan } from '../columns/column-scan.ts';

/** A table that was looked at. */
export interface LookedAt {
  readonly duck: Duck;
  readonly table: OpenTable;
  readonly scans: readonly ColumnScan[];
  readonly rows: number;
}
