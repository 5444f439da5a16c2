import { cellsOf } from './cells-of.ts';
import { fitsKind } from './column-kind.ts';
import type { CsvPlan } from './plan-csv.ts';

/** Lines that are proof enough where the table has no column of numbers or of few words to compare with. */
const linesAlone = 5;

/** Longer cells than this are text, whatever stands in them: bounds what is decoded for the question. */
const bytesMax = 4_194_304;

/**
 * Whether a quoted cell with line ends is no cell but a stray quote that swallowed rows: each of its lines, taken by
 * itself with the quote as text, is a row of the table, with numbers where the table has numbers and known words where
 * it has few. In the lines with the two quotes one cell may be spoilt.
 */
export function hasSwallowedRows(bytes: Buffer, plan: CsvPlan, count: number): boolean {
  const { marks, names, kinds } = plan;
  const hasKinds = kinds.some((kind) => kind !== null);
  if (names.length < 2 || bytes.length > bytesMax || (!hasKinds && count < linesAlone)) return false;
  const lines = bytes.toString('utf8').split(/\r\n|\n|\r/);
  return lines.every((line, at) => {
    const cells = cellsOf(line, marks);
    if (cells.length !== names.length) return false;
    const fits = kinds.map((kind, index) => fitsKind((cells[index] ?? '').trim(), kind));
    const [good, bad] = [fits.filter((fit) => fit === true).length, fits.filter((fit) => fit === false).length];
    const isEdge = at === 0 || at === lines.length - 1;
    return !hasKinds || (good > 0 && bad <= (isEdge && good > 1 ? 1 : 0));
  });
}
