import type { WindowFeature } from '../../domain/view/view-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { cellOf, emptyCell, merged, valueOf, type Cell } from './cells.ts';
import { firstTileOf, momentsOfFirstTile, tileMsOf, tileOf } from './tile.ts';
import { isNewer, knownMsOf, type CellValue, type WindowRow } from './window-row.ts';

/** The windowed features of a view, and whether its rows can be corrected by id. */
export interface WindowPlan {
  readonly features: readonly WindowFeature[];
  readonly hasRowId: boolean;
}

/** What the known rows of one entity come to: plain JSON, of bounded size. */
export interface Tiles {
  /** The moment that all rows up to here are known at; rows that are known later wait in `rows`. */
  readonly atMs: number;
  /** Cells of each feature, in the order of the plan, by tile. Empty in a view with `rowId`. */
  readonly cells: readonly Readonly<Record<string, Cell>>[];
  /** Rows that wait to be known; in a view with `rowId` all rows that a window can reach, the newest of each id. */
  readonly rows: readonly WindowRow[];
}

/** Rows of one entity that are kept one by one; more are a source that should sum up before. */
export const rowsKeptMax = 10_000;

export function noTiles({ features }: WindowPlan): Tiles {
  return { atMs: Number.MIN_SAFE_INTEGER, cells: features.map(() => ({})), rows: [] };
}

/**
 * The tiles with one row more, whatever its place among the others: late, early, or a correction of one that is there.
 * Throws invalid_data when more than `rowsKeptMax` rows would be kept one by one.
 */
export function addRow(plan: WindowPlan, tiles: Tiles, row: WindowRow): Tiles {
  if (!plan.hasRowId && knownMsOf(row) <= tiles.atMs) return { ...tiles, cells: withRow(plan, tiles.cells, row) };
  const rows = [...tiles.rows, row];
  if (rows.length > rowsKeptMax)
    throw new PerennialError('invalid_data', `one entity has more than ${rowsKeptMax} rows in its windows`, {
      hint: 'Shorten the windows, or leave rowId out.',
    });
  return { ...tiles, rows };
}

/**
 * The tiles at a later moment with more rows, all of which are known by then: as `addRow` for each of them at that
 * moment, but each tile is copied once, and not once a row.
 */
export function addKnownRows(plan: WindowPlan, tiles: Tiles, rows: readonly WindowRow[], atMs: number): Tiles {
  const moved = moveTo(plan, tiles, atMs);
  if (plan.hasRowId)
    return moveTo(
      plan,
      rows.reduce((sums, row) => addRow(plan, sums, row), moved),
      atMs,
    );
  const cells = plan.features.map((feature, at) => {
    const tileMs = tileMsOf(feature.windowMs);
    const first = firstTileOf(atMs, feature.windowMs);
    const sums = { ...moved.cells[at] };
    for (const row of rows) {
      const tile = tileOf(row.eventMs, tileMs);
      if (tile >= first) sums[tile] = merged(sums[tile] ?? emptyCell, cellOf(feature, row));
    }
    return sums;
  });
  return { ...moved, cells };
}

/** The tiles at a later moment: rows that have become known count, and what no window can reach any more is gone. */
export function moveTo(plan: WindowPlan, tiles: Tiles, atMs: number): Tiles {
  if (atMs < tiles.atMs)
    throw new PerennialError('internal', 'tiles move forward in time only, since what they forgot does not come back');
  if (plan.hasRowId) return { ...tiles, atMs, rows: reachable(plan, tiles.rows, atMs) };
  const known = tiles.rows.filter((row) => knownMsOf(row) <= atMs);
  const cells = known.reduce((sums, row) => withRow(plan, sums, row), tiles.cells);
  return {
    atMs,
    cells: cells.map((byTile, at) => keepFrom(byTile, plan.features[at], atMs)),
    rows: tiles.rows.filter((row) => knownMsOf(row) > atMs),
  };
}

/** The value of each feature at a moment that is not before the newest one that was moved to. */
export function valuesAt(plan: WindowPlan, tiles: Tiles, atMs: number): readonly CellValue[] {
  // Without rows that wait, moving on only drops what the windows below leave out anyway.
  const moved = tiles.rows.length === 0 && atMs >= tiles.atMs ? tiles : moveTo(plan, tiles, atMs);
  const current = plan.hasRowId ? currentRows(moved.rows, atMs) : [];
  return plan.features.map((feature, at) => {
    const { aggregate, windowMs } = feature;
    const first = firstTileOf(atMs, windowMs);
    const cells = plan.hasRowId
      ? current.filter(({ eventMs }) => tileOf(eventMs, tileMsOf(windowMs)) >= first).map((row) => cellOf(feature, row))
      : Object.entries(moved.cells[at] ?? {}).flatMap(([tile, cell]) => (Number(tile) >= first ? [cell] : []));
    const { onMissing = null } = feature;
    return valueOf(aggregate, cells.reduce(merged, emptyCell)) ?? onMissing;
  });
}

/**
 * The moments `[fromMs, untilMs)` around one for which `valuesAt` says the same: until a tile leaves a window, or a row
 * becomes known. None, `untilMs` = `fromMs`, where rows are kept one by one.
 */
export function steadyMoments(
  plan: WindowPlan,
  tiles: Tiles,
  atMs: number,
): { readonly fromMs: number; readonly untilMs: number } {
  if (plan.hasRowId || tiles.rows.length > 0) return { fromMs: atMs, untilMs: atMs };
  let fromMs = tiles.atMs;
  let untilMs = Number.POSITIVE_INFINITY;
  for (const { windowMs } of plan.features) {
    const moments = momentsOfFirstTile(atMs, windowMs);
    fromMs = Math.max(fromMs, moments.fromMs);
    untilMs = Math.min(untilMs, moments.untilMs);
  }
  return { fromMs, untilMs };
}

type Cells = Tiles['cells'];

function withRow({ features }: WindowPlan, cells: Cells, row: WindowRow): Cells {
  return features.map((feature, at) => {
    const tile = String(tileOf(row.eventMs, tileMsOf(feature.windowMs)));
    const before = cells[at] ?? {};
    return { ...before, [tile]: merged(before[tile] ?? emptyCell, cellOf(feature, row)) };
  });
}

function keepFrom(
  cells: Readonly<Record<string, Cell>>,
  feature: WindowFeature | undefined,
  atMs: number,
): Readonly<Record<string, Cell>> {
  const first = feature === undefined ? Number.POSITIVE_INFINITY : firstTileOf(atMs, feature.windowMs);
  let isReached = true;
  for (const tile in cells) isReached &&= Number(tile) >= first;
  if (isReached) return cells;
  return Object.fromEntries(Object.entries(cells).filter(([tile]) => Number(tile) >= first));
}

/** Of the rows that are known, the one of each id that was available last. */
function currentRows(rows: readonly WindowRow[], atMs: number): readonly WindowRow[] {
  const newest = new Map<string | null, WindowRow>();
  for (const row of rows) {
    if (knownMsOf(row) > atMs) continue;
    const before = newest.get(row.id);
    if (before === undefined || isNewer(row, before)) newest.set(row.id, row);
  }
  return [...newest.values()];
}

/**
 * A row that a known one has corrected never counts again. One that left all windows does not either, but it still
 * corrects: a late, older row of its id must not come to life. It goes when the longest window has passed twice.
 */
function reachable({ features }: WindowPlan, rows: readonly WindowRow[], atMs: number): readonly WindowRow[] {
  const longestMs = Math.max(0, ...features.map(({ windowMs }) => windowMs));
  const current = currentRows(rows, atMs);
  return [
    ...current.filter((row) => knownMsOf(row) > atMs - 2 * longestMs || row.eventMs > atMs - 2 * longestMs),
    ...rows.filter((row) => knownMsOf(row) > atMs),
  ];
}
