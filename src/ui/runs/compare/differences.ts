import type { ColumnSummary } from '../../../domain/training/snapshot.ts';

/** One column of the data of two runs, and how far it moved. */
export interface ColumnMove {
  readonly name: string;
  /** 0..1: the largest of what is known to have moved. */
  readonly size: number;
  readonly before: ColumnSummary | null;
  readonly after: ColumnSummary | null;
  readonly what: string;
}

/** What counts as moved: below this it is the luck of the rows. */
const movedMin = 0.01;

/**
 * Columns that differ between two profiles, most first: the mean (as a share of the range that both have), the share
 * that is missing, the shares of the most frequent values. A column that only one has is wholly moved.
 */
export function columnMoves(before: readonly ColumnSummary[], after: readonly ColumnSummary[]): readonly ColumnMove[] {
  const older = new Map(before.map((column) => [column.name, column]));
  const newer = new Map(after.map((column) => [column.name, column]));
  return [...new Set([...newer.keys(), ...older.keys()])]
    .map((name) => moveOf(name, older.get(name) ?? null, newer.get(name) ?? null))
    .filter((move) => move.size >= movedMin)
    .toSorted((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
}

function moveOf(name: string, before: ColumnSummary | null, after: ColumnSummary | null): ColumnMove {
  if (before === null || after === null)
    return { name, size: 1, before, after, what: before === null ? 'new' : 'gone' };
  const parts = [
    { size: Math.abs(missingShare(after) - missingShare(before)), what: 'missing' },
    { size: meanMove(before, after), what: 'mean' },
    { size: topMove(before, after), what: 'most frequent values' },
  ];
  const most = parts.reduce((best, part) => (part.size > best.size ? part : best));
  return { name, size: most.size, before, after, what: most.what };
}

export function missingShare(column: ColumnSummary): number {
  return column.rows === 0 ? 0 : column.missing / column.rows;
}

function meanMove(before: ColumnSummary, after: ColumnSummary): number {
  if (before.mean === undefined || after.mean === undefined) return 0;
  const [from, to] = bulkOf(before, after);
  return to > from ? Math.min(1, Math.abs(after.mean - before.mean) / (to - from)) : 0;
}

/**
 * Where most values lie: the range of the histograms where there are some, since one enormous value hides every move.
 */
function bulkOf(before: ColumnSummary, after: ColumnSummary): readonly [number, number] {
  const low = Math.min(before.histogram?.from ?? before.min ?? 0, after.histogram?.from ?? after.min ?? 0);
  const high = Math.max(before.histogram?.to ?? before.max ?? 0, after.histogram?.to ?? after.max ?? 0);
  return [low, high];
}

/** Total variation over the values that either lists; the others are one value together. */
function topMove(before: ColumnSummary, after: ColumnSummary): number {
  if (before.top === undefined || after.top === undefined) return 0;
  const older = sharesOf(before);
  const newer = sharesOf(after);
  // A value that the other side does not list has at most the share of the last that it does list.
  const common = [...newer.keys()].filter((value) => older.has(value));
  return common.reduce((sum, value) => sum + Math.abs((newer.get(value) ?? 0) - (older.get(value) ?? 0)), 0) / 2;
}

function sharesOf(column: ColumnSummary): ReadonlyMap<string, number> {
  return new Map((column.top ?? []).map((entry) => [entry.value, column.rows === 0 ? 0 : entry.rows / column.rows]));
}
