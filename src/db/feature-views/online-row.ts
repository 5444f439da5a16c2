import type { EntityState } from '../../views/online/entity-state.ts';
import type { WindowRow } from '../../views/windows/window-row.ts';
import type { Tiles } from '../../views/windows/tiles.ts';

/** The columns of `online_entity` that hold a state, with counts as float8: they are below 2^53. */
export const stateColumns = `e.event_ms::float8 as event_ms, e.available_ms::float8 as available_ms,
  e.seq::float8 as seq, e.numbers, e.texts, e.known_ms::float8 as known_ms, e.since_ms::float8 as since_ms,
  e.waiting, e.tiles`;

export interface StateRow {
  readonly event_ms: number | null;
  readonly available_ms: number | null;
  readonly seq: number | null;
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly (string | null)[];
  readonly known_ms: number | null;
  readonly since_ms: number | null;
  readonly waiting: readonly WindowRow[];
  readonly tiles: Tiles | null;
}

export function stateOf(row: StateRow): EntityState {
  const { event_ms: eventMs, available_ms: availableMs, seq } = row;
  return {
    row: eventMs === null || availableMs === null || seq === null ? null : { eventMs, availableMs, seq },
    numbers: row.numbers,
    texts: row.texts,
    knownMs: row.known_ms,
    sinceMs: row.since_ms,
    waiting: row.waiting,
    tiles: row.tiles,
  };
}
