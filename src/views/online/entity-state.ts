import { addKnownRows, noTiles, type Tiles } from '../windows/tiles.ts';
import { isAfter, knownMsOf, type CellValue, type WindowRow } from '../windows/window-row.ts';
import type { OnlinePlan } from './plan-view.ts';

/** What an online store holds of one entity: plain values, as they stand in Postgres. */
export interface EntityState {
  /** Place of the effective row; null while no row is known. */
  readonly row: Pick<WindowRow, 'eventMs' | 'availableMs' | 'seq'> | null;
  /** Values of the effective row, by `OnlinePlan`: numbers, truth values (1/0), times (epoch ms); null is missing. */
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly (string | null)[];
  /** The newest moment at which a row that counts became known; null while none is. */
  readonly knownMs: number | null;
  /** When the first row became known, or will; null without a row, and where an earlier release did not keep it. */
  readonly sinceMs: number | null;
  /** Rows that become known later. */
  readonly waiting: readonly WindowRow[];
  readonly tiles: Tiles | null;
}

/** Rows of one entity that wait to be known; more are a source that says of the future what it cannot know. */
export const waitingRowsMax = 1_000;

/** An entity without a row. */
export function noState(plan: OnlinePlan): EntityState {
  return {
    row: null,
    numbers: Array.from({ length: plan.numberCount }, () => null),
    texts: Array.from({ length: plan.textCount }, () => null),
    knownMs: null,
    sinceMs: null,
    waiting: [],
    tiles: plan.windows === null ? null : noTiles(plan.windows),
  };
}

/**
 * The state with more rows, in whatever order they come: the effective row is the last by (event, available, place) of
 * all that are known, so an older one changes no value. Rows that are known after `nowMs` wait; of more than
 * `waitingRowsMax` those that are known last are left out, and `leftOut` counts them. Adding the same row twice counts
 * it twice in windows: whoever adds rows keeps the place.
 */
export function withRows(
  plan: OnlinePlan,
  state: EntityState,
  rows: readonly WindowRow[],
  nowMs: number,
): { readonly state: EntityState; readonly leftOut: number } {
  const later = [...state.waiting, ...rows].toSorted((one, other) => knownMsOf(one) - knownMsOf(other));
  const known = later.filter((row) => knownMsOf(row) <= nowMs);
  const waiting = later.slice(known.length);
  const newest = known.at(-1);
  const moved = newest === undefined ? state : withKnown(plan, state, known, knownMsOf(newest));
  return {
    state: { ...moved, sinceMs: sinceOf(state, rows), waiting: waiting.slice(0, waitingRowsMax) },
    leftOut: Math.max(0, waiting.length - waitingRowsMax),
  };
}

/** Of an entity whose earlier rows were not counted it stays unknown. */
function sinceOf({ sinceMs, row, waiting }: EntityState, rows: readonly WindowRow[]): number | null {
  if (sinceMs === null && (row !== null || waiting.length > 0)) return null;
  return rows.reduce<number | null>((first, one) => Math.min(first ?? Infinity, knownMsOf(one)), sinceMs);
}

/** The state at a moment: what waited has become known. The same state where nothing has. */
export function stateAt(plan: OnlinePlan, state: EntityState, atMs: number): EntityState {
  const [first] = state.waiting;
  if (first === undefined || knownMsOf(first) > atMs) return state;
  return withRows(plan, state, [], atMs).state;
}

function withKnown(plan: OnlinePlan, state: EntityState, known: readonly WindowRow[], throughMs: number): EntityState {
  const knownMs = Math.max(state.knownMs ?? throughMs, throughMs);
  const last = known.reduce<WindowRow | null>((best, row) => (best === null || isAfter(row, best) ? row : best), null);
  const isNew = last !== null && (state.row === null || isAfter(last, state.row));
  return {
    ...state,
    ...(isNew ? placed(plan, last) : {}),
    knownMs,
    tiles:
      state.tiles === null || plan.windows === null
        ? null
        : // Forward first: rows that are known by then are summed up at once, and none is kept one by one.
          addKnownRows(plan.windows, state.tiles, known, knownMs),
  };
}

function placed(plan: OnlinePlan, row: WindowRow): Pick<EntityState, 'row' | 'numbers' | 'texts'> {
  const numbers: (number | null)[] = [];
  const texts: (string | null)[] = [];
  for (const { feature, isText } of plan.latest) {
    const value = row.values[feature.name] ?? null;
    if (isText) texts.push(value === null ? null : String(value));
    else numbers.push(numberOf(value));
  }
  const { eventMs, availableMs, seq } = row;
  return { row: { eventMs, availableMs, seq }, numbers, texts };
}

/** As a value travels: a truth value is 1 or 0. */
export function numberOf(value: CellValue): number | null {
  return value === null ? null : Number(value);
}
