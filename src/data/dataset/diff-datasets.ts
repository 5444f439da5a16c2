import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { withDuck, type Duck, type DuckDbSettings } from '../duck/connect.ts';
import { identifier } from '../duck/sql.ts';
import { cellCounts } from './cell-counts.ts';
import { datasetColumns, datasetRows, type Dataset } from './dataset-rows.ts';
import { jensenShannon } from '../../statistics/samples/divergence.ts';
import type { ColumnDiff, DatasetDiff, SnapshotColumn } from '../../domain/training/snapshot.ts';

interface DiffInput {
  readonly from: Dataset;
  readonly to: Dataset;
  /** Column of whom rows are about; null where none is declared. */
  readonly keyColumn: string | null;
  /** Folder for what has to be written for it; the caller removes it. */
  readonly folder: string;
  readonly settings?: DuckDbSettings;
}

const memoryMb = 512;

/**
 * What changed between two datasets: columns, counts, how far each column's values have moved, rows and keys that came
 * and went. Reads all rows of both once per column; memory is bounded. Throws artifact_corrupt and not_found as the
 * store does.
 */
export async function diffDatasets(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  { from, to, keyColumn, folder, settings }: DiffInput,
): Promise<DatasetDiff> {
  const before = { columns: datasetColumns(from), rows: await datasetRows(store, from, `${folder}/from`) };
  const after = { columns: datasetColumns(to), rows: await datasetRows(store, to, `${folder}/to`) };
  const both = before.columns.filter((one) => after.columns.some((other) => isSame(one, other)));
  return withDuck({ threads: 1, memoryMb, tempDir: folder, ...settings }, async (duck) => {
    const sides = [before.rows ?? emptyOf(before.columns), after.rows ?? emptyOf(after.columns)] as const;
    const key = both.find(({ name }) => name === keyColumn) ?? null;
    return {
      rows: { from: await countOf(duck, sides[0]), to: await countOf(duck, sides[1]) },
      columns: await columnDiffs(duck, before.columns, after.columns, sides),
      rowsChanged: both.length === 0 ? null : await movedOf(duck, sides, `hash(${namesOf(both)})`),
      keysChanged: key === null ? null : await movedOf(duck, sides, identifier(key.name), true),
    };
  });
}

type Sides = readonly [from: string, to: string];

async function columnDiffs(
  duck: Duck,
  before: readonly SnapshotColumn[],
  after: readonly SnapshotColumn[],
  sides: Sides,
): Promise<readonly ColumnDiff[]> {
  const names = [...new Set([...after, ...before].map(({ name }) => name))];
  const found: ColumnDiff[] = [];
  for (const name of names) {
    const [old, now] = [before.find((column) => column.name === name), after.find((column) => column.name === name)];
    const types = { from: old?.type ?? null, to: now?.type ?? null };
    if (old === undefined || now === undefined || !isSame(old, now)) {
      found.push({ name, change: old === undefined ? 'added' : now === undefined ? 'removed' : 'retyped', types });
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- one column at a time bounds the memory
    const { counts, missing, means } = await cellCounts(duck, now, sides);
    const { distance, floor } = jensenShannon(counts[0], counts[1]);
    found.push({ name, change: 'same', types, values: { missing, means, distance, floor } });
  }
  return found;
}

/** How many distinct values, or rows of equal values, stand on one side alone. */
async function movedOf(
  duck: Duck,
  [from, to]: Sides,
  value: string,
  isDistinct = false,
): Promise<{ readonly added: number; readonly removed: number }> {
  const count = isDistinct ? '1' : 'n';
  const side = (rows: string, name: string) =>
    `(SELECT value, ${count} AS ${name} FROM (SELECT ${value} AS value, count(*) AS n FROM ${rows} GROUP BY value)
      WHERE value IS NOT NULL)`;
  const [row] = await duck.rows(`SELECT
    CAST(coalesce(sum(greatest(coalesce(b, 0) - coalesce(a, 0), 0)), 0) AS DOUBLE) AS added,
    CAST(coalesce(sum(greatest(coalesce(a, 0) - coalesce(b, 0), 0)), 0) AS DOUBLE) AS removed
    FROM ${side(from, 'a')} AS x FULL JOIN ${side(to, 'b')} AS y USING (value)`);
  return { added: Number(row?.['added'] ?? 0), removed: Number(row?.['removed'] ?? 0) };
}

async function countOf(duck: Duck, rows: string): Promise<number> {
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${rows}`);
  return Number(row?.['n'] ?? 0);
}

function isSame(one: SnapshotColumn, other: SnapshotColumn): boolean {
  return one.name === other.name && one.type === other.type;
}

function namesOf(columns: readonly SnapshotColumn[]): string {
  return columns.map(({ name }) => identifier(name)).join(', ');
}

function emptyOf(columns: readonly SnapshotColumn[]): string {
  const cells = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`);
  return `(SELECT ${cells.length === 0 ? '1' : cells.join(', ')} WHERE false)`;
}
