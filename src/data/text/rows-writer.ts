import { statSync } from 'node:fs';
import { createTextWriter, nowhere, type TextWriter } from './text-writer.ts';

interface RowsWriter extends TextWriter {
  /** Files that rows were written to, in order; one at least. */
  readonly paths: readonly string[];
}

/** The files of a table in order: `path`, `path-1`, `path-2`, …. */
export function rowsFile(path: string, file: number): string {
  return file === 0 ? path : `${path}-${file}`;
}

/**
 * Writes rows, each of which begins with a number, to files of so many rows, behind those that are there and full. All
 * of them together may hold so many bytes.
 */
export function createRowsWriter(
  path: string,
  rowsPerFile: number,
  bytesMax: number,
  before: readonly string[] = [],
): RowsWriter {
  const paths = [...before];
  let bytesLeft = before.reduce((left, full) => left - statSync(full).size, bytesMax);
  let rows = rowsPerFile;
  let file: TextWriter = nowhere;
  if (paths.length === 0) next();

  function next(): void {
    const nextPath = rowsFile(path, paths.length);
    file = createTextWriter(nextPath, bytesLeft);
    paths.push(nextPath);
    rows = 0;
  }

  function full(): void {
    file.close();
    if (file !== nowhere) bytesLeft -= statSync(paths.at(-1) ?? path).size;
  }

  return {
    paths,
    number(value) {
      if (rows === rowsPerFile) {
        full();
        next();
      }
      rows++;
      file.number(value);
    },
    byte: (value) => file.byte(value),
    bytes: (source, from, to) => file.bytes(source, from, to),
    text: (value) => file.text(value),
    flush: () => file.flush(),
    close: () => file.close(),
  };
}
