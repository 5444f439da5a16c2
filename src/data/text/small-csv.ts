import { PerennialError } from '../../domain/words/errors.ts';
import { cellsOf } from './cells-of.ts';
import { commaMeaning, countMarks, noMarks, withPoint } from './number-marks.ts';
import { planCsv } from './plan-csv.ts';
import { sampleRecords } from './sample-records.ts';

export interface SmallCsv {
  readonly columns: readonly string[];
  /** Cells by row without the blanks around them; numbers have a decimal point. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * A whole CSV text in memory, for files of some thousands of rows that nobody sets rows of aside. Throws invalid_data,
 * with the line, for one that does not have a cell for each column. Rows after `rowsMax` are not read.
 */
export function readSmallCsv(name: string, text: string, rowsMax: number): SmallCsv {
  const bytes = Buffer.from(text.replace(/^\ufeff/, ''));
  const [plan] = planCsv(name, bytes, true);
  const { marks, names, headerFrom, headerLine } = plan;
  const start = { from: headerFrom, line: headerLine, recordsMax: rowsMax + 1, isWhole: true };
  const [, ...records] = sampleRecords(bytes, marks, start);
  const counts = names.map(noMarks);
  const rows = records
    .filter((record) => !record.isBlank)
    .map((record) => {
      if (record.badCell > 0 || record.count !== names.length)
        throw new PerennialError('invalid_data', `${name}, line ${record.line}: the row has not one cell per column`, {
          path: `${name}:${record.line}`,
          hint: `Give it ${names.length} cells, as the header line has, or leave it out.`,
        });
      const cells = cellsOf(record.text, marks).map((cell) => cell.trim());
      cells.forEach((cell, index) => {
        const count = counts[index];
        if (count !== undefined) countMarks(cell, count);
      });
      return cells;
    });
  const commas = counts.map((count) => commaMeaning(count, marks.delimiter, rows.length));
  return {
    columns: names,
    rows: rows.map((cells) => cells.map((cell, index) => withPoint(cell, commas[index] ?? null))),
  };
}
