import type { ViewUse } from '../../domain/view/view-use.ts';
import type { ServedValue } from '../../domain/view/look-sample.ts';
import type { OnlinePlan } from '../../views/online/plan-view.ts';
import { viewValuesAt } from '../../views/online/values-at.ts';
import type { EdgeRow } from '../edge/edge-row.ts';
import type { StoredEntity } from '../ports.ts';
import type { ViewCell, ViewColumns } from './view-columns.ts';
import type { Found, ReadRevision, ViewReader } from './view-reader.ts';

/** A row with the values that its views had for it. */
export interface FilledRow {
  readonly row: EdgeRow;
  /** One per view that was looked at; none for a row that brought all values itself. */
  readonly uses: readonly ViewUse[];
  readonly looks: readonly Look[];
}

/** What one look gave, as far as it can be computed anew: its values stand in the cells of the row. */
export interface Look {
  readonly use: ViewUse;
  readonly key: readonly string[];
  readonly stored: StoredEntity;
  readonly row: EdgeRow;
  readonly cells: readonly ViewCell[];
}

/** One view for one row. */
interface Wanted {
  readonly row: number;
  readonly columns: ViewColumns;
  readonly revision: ReadRevision;
  /** Null for a row without the key. */
  readonly key: readonly string[] | null;
  /** Cells that the request filled. */
  readonly given: number;
  /** Undefined while the store has to be asked. */
  found: Found | undefined;
}

/**
 * Fills the cells of views that a request left empty, at the event time of each row, or at `nowMs` where it has none.
 * What the request brings stands. Entities that are not remembered are read together, and a store that does not answer
 * in time is the same as an unknown entity. Without anything to be read it is answered at once.
 */
export function fillViews(
  reader: ViewReader,
  views: readonly ViewColumns[],
  rows: readonly EdgeRow[],
  nowMs: number,
): readonly FilledRow[] | Promise<readonly FilledRow[]> {
  const wanted: Wanted[] = [];
  rows.forEach((row, index) => {
    for (const columns of views) {
      const one = wantedOf(reader, columns, row, index);
      if (one !== null) wanted.push(one);
    }
  });
  const unread = wanted.filter(({ found }) => found === undefined);
  if (unread.length === 0) return filledRows(rows, wanted, nowMs);
  return reader.fetch(unread).then((found) => {
    unread.forEach((one, at) => (one.found = found[at] ?? null));
    return filledRows(rows, wanted, nowMs);
  });
}

function isEmpty(row: EdgeRow, { isText, index }: ViewCell): boolean {
  return isText ? row.texts[index] === null : Number.isNaN(row.numbers[index]);
}

/** Null for a row that brought all values of the view. */
function wantedOf(reader: ViewReader, columns: ViewColumns, row: EdgeRow, index: number): Wanted | null {
  let given = 0;
  for (const cell of columns.cells) if (!isEmpty(row, cell)) given++;
  if (given === columns.cells.length) return null;
  const revision = reader.of(columns);
  const key = columns.keyOf(row);
  // What stands where nothing is known says the plan as well.
  const found = revision.plan === null ? undefined : key === null ? null : revision.remembered(key);
  return { row: index, columns, revision, key, given, found };
}

interface Target {
  readonly row: EdgeRow;
  readonly uses: ViewUse[];
  readonly looks: Look[];
}

function filledRows(rows: readonly EdgeRow[], wanted: readonly Wanted[], nowMs: number): readonly FilledRow[] {
  const filled: Target[] = rows.map((row) => ({
    row: { ...row, numbers: row.numbers.slice(), texts: [...row.texts] },
    uses: [],
    looks: [],
  }));
  for (const one of wanted) {
    const target = filled[one.row];
    if (target !== undefined) fill(target, one, nowMs);
  }
  return filled;
}

function fill({ row, uses, looks }: Target, { columns, revision, key, given, found }: Wanted, nowMs: number): void {
  const { plan } = revision;
  const held = found === 'late' || found === undefined ? null : found;
  const askedMs = row.eventTimeMs ?? nowMs;
  const said = plan === null ? null : viewValuesAt(plan, held?.stored.state ?? null, askedMs, held?.memo ?? null);
  const { view, digest } = columns;
  const cells = given === 0 ? columns.cells : columns.cells.filter((cell) => isEmpty(row, cell));
  if (plan !== null && said !== null) putValues(row, columns, placesIn(plan, columns), said.values);
  const status = said?.status ?? 'missing';
  const ageMs = said?.ageMs ?? null;
  const atMs = said?.atMs ?? askedMs;
  const use: ViewUse =
    found === 'late'
      ? { view, digest, status, ageMs, atMs, given, isLate: true }
      : { view, digest, status, ageMs, atMs, given };
  uses.push(use);
  if (held !== null && plan !== null && key !== null) looks.push({ use, key, stored: held.stored, row, cells });
}

function putValues(
  row: EdgeRow,
  { cells }: ViewColumns,
  places: readonly number[],
  values: readonly ServedValue[],
): void {
  cells.forEach((cell, at) => {
    if (!isEmpty(row, cell)) return;
    const value = values[places[at] ?? -1] ?? null;
    // The empty text is missing for a model, wherever it comes from.
    if (cell.isText) row.texts[cell.index] = typeof value === 'string' && value !== '' ? value : null;
    else if (typeof value === 'number') row.numbers[cell.index] = value;
  });
}

const placesByColumns = new WeakMap<ViewColumns, readonly number[]>();

/** Where each cell stands among the features of the view; the columns name one revision, so it is found once. */
function placesIn({ placeOf }: OnlinePlan, columns: ViewColumns): readonly number[] {
  const known = placesByColumns.get(columns);
  if (known !== undefined) return known;
  const places = columns.cells.map(({ feature }) => placeOf.get(feature) ?? -1);
  placesByColumns.set(columns, places);
  return places;
}
