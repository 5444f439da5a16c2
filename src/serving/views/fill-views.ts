import type { ViewUse } from '../../domain/view/view-use.ts';
import type { ServedValue } from '../../domain/view/look-sample.ts';
import { entityKeyOf } from '../../views/online/entity-key.ts';
import { viewValuesAt } from '../../views/online/values-at.ts';
import type { EdgeRow } from '../edge/edge-row.ts';
import type { StoredEntity, ViewAsk } from '../ports.ts';
import type { ViewColumns } from './view-columns.ts';
import type { Found, ViewReader } from './view-reader.ts';

/** A row with the values that its views had for it. */
export interface FilledRow {
  readonly row: EdgeRow;
  /** One per view that was looked at; none for a row that brought all values itself. */
  readonly uses: readonly ViewUse[];
  readonly looks: readonly Look[];
}

/** What one look gave, as far as it can be computed anew. */
export interface Look {
  readonly use: ViewUse;
  readonly key: readonly string[];
  readonly stored: StoredEntity;
  readonly values: Readonly<Record<string, ServedValue>>;
}

/** One view for one row, before it was looked at. */
interface Wanted {
  readonly row: number;
  readonly columns: ViewColumns;
  /** Null for a row without the key. */
  readonly ask: ViewAsk | null;
  readonly key: readonly (string | null)[];
  /** Cells that the request left empty. */
  readonly cells: ViewColumns['cells'];
}

/**
 * Fills the cells of views that a request left empty, at the event time of each row, or at `nowMs` where it has none.
 * What the request brings stands. Entities that are not remembered are read together, and a store that does not answer
 * in time is the same as an unknown entity.
 */
export async function fillViews(
  reader: ViewReader,
  views: readonly ViewColumns[],
  rows: readonly EdgeRow[],
  nowMs: number,
): Promise<readonly FilledRow[]> {
  const wanted = rows.flatMap((row, index) => views.flatMap((columns) => wantedOf(columns, row, index)));
  const found = wanted.map(({ ask }): Found | undefined => (ask === null ? null : remembered(reader, ask)));
  const missing = wanted.flatMap(({ ask }, index) =>
    ask !== null && found[index] === undefined ? [{ ask, index }] : [],
  );
  if (missing.length > 0) {
    const read = await reader.fetch(missing.map(({ ask }) => ask));
    missing.forEach(({ index }, at) => (found[index] = read[at] ?? null));
  }
  const filled = rows.map((row) => ({
    row: { ...row, numbers: row.numbers.slice(), texts: [...row.texts] },
    uses: [] as ViewUse[],
    looks: [] as Look[],
  }));
  wanted.forEach((one, index) => {
    const target = filled[one.row];
    if (target !== undefined) fill(reader, target, one, found[index] ?? null, nowMs);
  });
  return filled;
}

function wantedOf(columns: ViewColumns, row: EdgeRow, index: number): readonly Wanted[] {
  const cells = columns.cells.filter(({ isText, index: at }) =>
    isText ? row.texts[at] === null : Number.isNaN(row.numbers[at]),
  );
  if (cells.length === 0) return [];
  const key = columns.keyOf(row);
  const entity = entityKeyOf(key);
  const { view, digest } = columns;
  return [{ row: index, columns, key, cells, ask: entity === null ? null : { view, digest, entity } }];
}

function remembered(reader: ViewReader, ask: ViewAsk): StoredEntity | undefined {
  return reader.plan(ask) === undefined ? undefined : reader.remembered(ask);
}

interface Target {
  readonly row: EdgeRow;
  readonly uses: ViewUse[];
  readonly looks: Look[];
}

function fill(reader: ViewReader, target: Target, wanted: Wanted, found: Found, nowMs: number): void {
  const { columns, cells, key } = wanted;
  const { row } = target;
  const plan = reader.plan(columns);
  const stored = found === 'late' ? null : found;
  const askedMs = row.eventTimeMs ?? nowMs;
  const said = plan === undefined ? null : viewValuesAt(plan, stored?.state ?? null, askedMs);
  const use: ViewUse = {
    view: columns.view,
    digest: columns.digest,
    status: said?.status ?? 'missing',
    ageMs: said?.ageMs ?? null,
    atMs: said?.atMs ?? askedMs,
    given: columns.cells.length - cells.length,
    ...(found === 'late' ? { isLate: true } : {}),
  };
  const values: Record<string, ServedValue> = Object.create(null);
  for (const { feature, isText, index } of cells) {
    // The empty text is missing for a model, wherever it comes from.
    const value = withoutEmpty(said?.values.get(feature));
    values[feature] = value;
    if (isText) row.texts[index] = typeof value === 'string' ? value : null;
    else row.numbers[index] = typeof value === 'number' ? value : NaN;
  }
  target.uses.push(use);
  const whole = key.filter((part) => part !== null);
  if (stored !== null && plan !== undefined && whole.length === key.length)
    target.looks.push({ use, key: whole, stored, values });
}

function withoutEmpty(value: ServedValue | undefined): ServedValue {
  return value === undefined || value === '' ? null : value;
}
