import { statSync } from 'node:fs';
import { createTextWriter, type TextWriter } from './text-writer.ts';

interface RowsWriter extends TextWriter {
  /** Files that rows were written to, in order; one at least. */
  readonly paths: readonly string[];
}

/**
 * Writes rows, each of which begins with a number, to files of so many rows: `path`, `path-1`, `path-2`, …. All of them
 * together may hold so many bytes.
 */
export function createRowsWriter(path: string, rowsPerFile: number, bytesMax: number): RowsWriter {
  const paths = [path];
  let bytesLeft = bytesMax;
  let rows = 0;
  let file = createTextWriter(path, bytesLeft);

  function next(): void {
    file.close();
    bytesLeft -= statSync(paths.at(-1) ?? path).size;
    const nextPath = `${path}-${paths.length}`;
    paths.push(nextPath);
    file = createTextWriter(nextPath, bytesLeft);
    rows = 0;
  }

  return {
    paths,
    number(value) {
      if (rows === rowsPerFile) next();
      rows++;
      file.number(value);
    },
    byte: (value) => file.byte(value),
    bytes: (source, from, to) => file.bytes(source, from, to),
    text: (value) => file.text(value),
    close: () => file.close(),
  };
}
