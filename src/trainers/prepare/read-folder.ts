import { join } from 'node:path';
import { withDerived } from '../../onnx/run/derive-columns.ts';
import { files, parts, type Parts, type Prepared } from './folder.ts';
import { readJson } from './json-files.ts';
import { readTable } from './read-table.ts';
import type { TrainingTable } from './table.ts';

export type FolderRows = Prepared & { readonly table: TrainingTable };

/**
 * All rows of all parts in time order (of groups: part after part, each in time order), with what is derived from them,
 * and where the parts lie in them.
 */
export async function readFolder(folder: string): Promise<FolderRows> {
  const prepared = await readJson<Prepared>(join(folder, files.prepared));
  const { table } = await readTable(
    prepared.spec,
    parts.map((part) => join(folder, files[part])),
    prepared.spec.split.group === undefined ? 'by time' : 'by file',
  );
  return { ...prepared, table: { ...table, columns: await withDerived(prepared.signature, table.columns) } };
}

/** The same rows, where a fit used other parts of them to learn from and to choose by; the test stays as it is. */
export function withParts(rows: FolderRows, used: Parts): FolderRows {
  const { test } = rows.split;
  const inParts = [used.training, used.validation, test].reduce((sum, { from, to }) => sum + to - from, 0);
  return { ...rows, split: { ...rows.split, ...used, gapRows: rows.rows - inParts } };
}
