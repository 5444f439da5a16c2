import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { declaredReading } from '../../domain/spec/columns/declared-reading.ts';
import { inferSpec, type InferOptions, type InferredSpec } from './infer-spec.ts';
import { modelNameOf } from './name-model.ts';
import { sortTable } from '../read/sort-table.ts';

/**
 * A definition whose source stands in order of time: the file itself, or a sorted copy in `workDir` when `time` is
 * named and the rows are out of order. Everything that follows (history, replay) reads that file.
 */
export async function inferInOrder(options: InferOptions & { readonly workDir: string }): Promise<InferredSpec> {
  const inferred = await inferSpec(options);
  if (inferred.isSorted || options.time === undefined) return inferred;
  const name = options.name ?? modelNameOf(options.path);
  await mkdir(options.workDir, { recursive: true });
  const sortedPath = join(options.workDir, `${name}-by-time.parquet`);
  await sortTable(
    options.path,
    options.time,
    sortedPath,
    options.settings,
    declaredReading(inferred.spec, options.time),
  );
  const sorted = await inferSpec({ ...options, name, path: sortedPath });
  return {
    ...sorted,
    // The sorted copy has no lines; those of the file are what people know.
    lines: inferred.lines,
    readingNotes: inferred.readingNotes,
    notes: [
      `The rows of ${options.path} do not stand in the order of ${options.time}; a sorted copy is ${sortedPath}, and ` +
        `lines that are named are its rows.`,
      ...inferred.readingNotes,
      ...sorted.notes,
    ],
  };
}
