const numberText = /^[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s?%?$/;

/** Whether a cell is written like a number in any country: for guesses about headers, never for values. */
export function isNumberText(text: string): boolean {
  return numberText.test(text);
}

/** What the commas in the numbers of a column mean; null where it has none, or where they contradict each other. */
export type CommaMeaning = 'decimal' | 'thousands' | null;

/** Cells of a column that are numbers with commas or points in them, by what the marks can mean. */
export interface MarkCounts {
  /** `1,5`, `0,123`, `1.234,5`: only a decimal comma. */
  decimal: number;
  /** `1,234,567`, `1,234.5`: only thousands. */
  thousands: number;
  /** `1,234`: either. */
  either: number;
  /** `1.5`: a decimal point. */
  point: number;
  /** `1.234`: a decimal point, or thousands where the comma is decimal. */
  pointEither: number;
}

export function noMarks(): MarkCounts {
  return { decimal: 0, thousands: 0, either: 0, point: 0, pointEither: 0 };
}

const either = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const thousands = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const decimal = /^[+-]?(\d+|\d{1,3}([.\u00a0\u202f ]\d{3})+),\d+$/;
const decimalGroups = /^[+-]?\d{1,3}([.\u00a0\u202f ]\d{3})+$/;
const pointEither = /^[+-]?[1-9]\d{0,2}(\.\d{3})+$/;
const point = /^[+-]?\d+\.\d+$/;

export function countMarks(cell: string, counts: MarkCounts): void {
  const text = cell.trim();
  // Sorted by what is common; most texts with a comma begin with a letter.
  const first = text.charCodeAt(0);
  if (!(first >= 43 && first <= 57)) return;
  if (pointEither.test(text)) counts.pointEither++;
  else if (point.test(text)) counts.point++;
  else if (either.test(text)) counts.either++;
  else if (thousands.test(text) && !text.startsWith('0')) counts.thousands++;
  else if (decimal.test(text)) counts.decimal++;
}

/** Share of the rows that must have one before a decimal comma is believed in a file whose cells commas separate. */
const decimalShareMin = 0.5;

/**
 * What a comma means in a column of so many rows, from all of its cells. `1,234` alone is read as thousands where the
 * comma separates cells as well or a point stands in other numbers, and as a decimal comma elsewhere.
 */
export function commaMeaning(counts: MarkCounts, delimiter: string, rows: number): CommaMeaning {
  const { decimal: decimals, thousands: groups, either: open, point: points, pointEither: openPoints } = counts;
  if (decimals + groups + open === 0) return null;
  if (groups > 0) return decimals > 0 ? null : 'thousands';
  if (decimals > 0) return points > 0 || (delimiter === ',' && decimals <= rows * decimalShareMin) ? null : 'decimal';
  if (points > 0) return 'thousands';
  return delimiter === ',' || openPoints > 0 ? 'thousands' : 'decimal';
}

/** A number with the one sign that is read everywhere; any other text as it is. */
export function withPoint(text: string, comma: CommaMeaning): string {
  if (comma === 'decimal' && (decimal.test(text) || decimalGroups.test(text)))
    return text.replaceAll(/[.\u00a0\u202f ]/g, '').replace(',', '.');
  return comma === 'thousands' && thousands.test(text) ? text.replaceAll(',', '') : text;
}
