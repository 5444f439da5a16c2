import path from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { DataFormat } from '../../domain/spec/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { withDuck, type DuckDbSettings } from '../duck/connect.ts';
import { identifier, literal } from '../duck/sql.ts';
import { parquetOptions } from '../snapshot/write-accepted.ts';
import { datasetColumns, datasetRows, type Dataset } from './dataset-rows.ts';

const optionsOf: Record<DataFormat, string> = {
  csv: '(FORMAT csv, HEADER)',
  ndjson: '(FORMAT json)',
  parquet: parquetOptions,
};

/**
 * Writes all rows of a dataset into one file of `folder`, in their order, and answers its path. Throws invalid_data for
 * one without rows, and what the store throws.
 */
export async function exportDataset(
  store: Pick<ArtifactStore, 'pathOf' | 'checkedPathOf'>,
  dataset: Dataset,
  {
    format,
    folder,
    settings,
  }: {
    readonly format: DataFormat;
    readonly folder: string;
    readonly settings?: DuckDbSettings;
  },
): Promise<string> {
  const rows = await datasetRows(store, dataset, path.join(folder, 'rows'));
  if (rows === null) throw new PerennialError('invalid_data', 'The snapshot has no rows to export.');
  const file = path.join(folder, `export.${format}`);
  const names = datasetColumns(dataset).map(({ name }) => identifier(name));
  await withDuck({ threads: 1, memoryMb: 512, tempDir: folder, ...settings }, (duck) =>
    duck.run(`COPY (SELECT ${names.join(', ')} FROM ${rows} ORDER BY _order) TO ${literal(file)} ${optionsOf[format]}`),
  );
  return file;
}
