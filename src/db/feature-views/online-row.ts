import pg from 'pg';
import type { EntityState } from '../../views/online/entity-state.ts';
import type { WindowRow } from '../../views/windows/window-row.ts';
import type { Tiles } from '../../views/windows/tiles.ts';

/** The columns of `online_entity` that hold a state, with counts as float8: they are below 2^53. */
export const stateColumns = `e.event_ms::float8 as event_ms, e.available_ms::float8 as available_ms,
  e.seq::float8 as seq, e.numbers, e.texts, e.known_ms::float8 as known_ms, e.since_ms::float8 as since_ms,
  e.waiting, e.tiles`;

/** `stateColumns` as `stateTypes` reads them. */
export interface FoundState {
  readonly event_ms: number | null;
  readonly available_ms: number | null;
  readonly seq: number | null;
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly (string | null)[];
  readonly known_ms: number | null;
  readonly since_ms: number | null;
  /** As text: its length says how much is held. */
  readonly waiting: string;
  readonly tiles: string | null;
}

export function stateIn({ waiting, tiles, ...row }: FoundState): EntityState {
  const { event_ms: eventMs, available_ms: availableMs, seq } = row;
  return {
    row: eventMs === null || availableMs === null || seq === null ? null : { eventMs, availableMs, seq },
    numbers: row.numbers,
    texts: row.texts,
    knownMs: row.known_ms,
    sinceMs: row.since_ms,
    waiting: waiting === '[]' ? [] : (JSON.parse(waiting) as readonly WindowRow[]),
    tiles: tiles === null ? null : (JSON.parse(tiles) as Tiles),
  };
}

const float8Array: number = 1_022;
const textOf = (text: string): string => text;

/** Documents stay text until somebody looks at them, and numbers are read without a parser for nested arrays. */
export const stateTypes: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === pg.types.builtins.JSONB) return textOf;
    return oid === float8Array ? numbersIn : pg.types.getTypeParser(oid, format);
  },
};

/** `{1,NULL,2.5}`, as Postgres writes a flat array of numbers. */
function numbersIn(array: string): (number | null)[] {
  if (array === '{}') return [];
  return array
    .slice(1, -1)
    .split(',')
    .map((text) => (text === 'NULL' ? null : Number(text)));
}

/** A flat array as Postgres reads it. */
export function arrayText(values: readonly (number | string | null)[]): string {
  return `{${values.map((value) => (typeof value === 'string' ? quoted(value) : (value ?? 'NULL'))).join(',')}}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
