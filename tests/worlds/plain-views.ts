import type { Aggregate } from '../../src/domain/view/closed-sets.ts';
import { statusOf } from '../../src/domain/view/value-status.ts';
import { isWindowed, type ViewSpec } from '../../src/domain/view/view-spec.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';
import { firstTileOf, tileMsOf } from '../../src/views/windows/tile.ts';
import { addRow, moveTo, noTiles, valuesAt, type WindowPlan } from '../../src/views/windows/tiles.ts';
import { isAfter, isNewer, knownMsOf, type CellValue, type WindowRow } from '../../src/views/windows/window-row.ts';

const dayMs = 86_400_000;
/** The first event of a world. */
export const worldStartMs = Date.UTC(2026, 0, 1);

/** A row of a view with its key; `null` where the key is missing. */
export interface KeyedRow extends WindowRow {
  readonly key: string | null;
}
export interface Look {
  readonly key: string | null;
  readonly atMs: number | null;
}

/** What the definition says, in the plainest way: look at every row for every look. */
export function bruteForce(view: ViewSpec, rows: readonly KeyedRow[], { key, atMs }: Look): CellValue[] {
  const known = atMs === null || key === null ? [] : rows.filter((row) => row.key === key && knownMsOf(row) <= atMs);
  const current =
    view.rowId === null
      ? known
      : known.filter((row) => !known.some((other) => other.id === row.id && isNewer(other, row)));
  return view.features.map((feature) => {
    const { onMissing = null } = feature;
    if (isWindowed(feature)) {
      const first = firstTileOf(atMs ?? 0, feature.windowMs) * tileMsOf(feature.windowMs);
      const inside = current.filter(({ eventMs }) => eventMs > first);
      return plainValue(feature.aggregate, feature.column, feature.over, inside) ?? onMissing;
    }
    const latest = known.find((row) => !known.some((other) => isAfter(other, row))) ?? null;
    const status = statusOf(latest, { atMs: atMs ?? 0, ttlMs: view.ttlMs });
    return (status === 'fresh' ? latest?.values[feature.name] : null) ?? onMissing;
  });
}

function plainValue(
  aggregate: Aggregate,
  column: string | null,
  over: string | null,
  rows: readonly WindowRow[],
): CellValue {
  const valuesOf = (name: string | null) =>
    rows.map((row) => row.values[name ?? ''] ?? null).filter((value) => value !== null);
  const sumOf = (name: string | null) => valuesOf(name).reduce((sum: number, value) => sum + Number(value), 0);
  const values = valuesOf(column);
  const plain: Record<Exclude<Aggregate, 'distinct'>, () => CellValue> = {
    count: () => (column === null ? rows.length : values.length),
    sum: () => sumOf(column),
    mean: () => (values.length === 0 ? null : sumOf(column) / values.length),
    min: () => (values.length === 0 ? null : Math.min(...values.map(Number))),
    max: () => (values.length === 0 ? null : Math.max(...values.map(Number))),
    last: () => {
      const there = rows.filter((row) => (row.values[column ?? ''] ?? null) !== null);
      return there.find((row) => !there.some((other) => isAfter(other, row)))?.values[column ?? ''] ?? null;
    },
    ratio: () => (sumOf(over) === 0 ? null : sumOf(column) / sumOf(over)),
  };
  // Few values, of which a sketch of 1,024 registers counts each.
  return aggregate === 'distinct' ? new Set(values).size : plain[aggregate]();
}

/** The same rows one by one, as they become known: what an online store would answer. */
export function byTiles(view: ViewSpec, rows: readonly KeyedRow[], looks: readonly Look[]): CellValue[][] {
  const plan: WindowPlan = { features: view.features.filter(isWindowed), hasRowId: view.rowId !== null };
  const found = new Map<Look, CellValue[]>();
  for (const key of new Set(looks.map((look) => look.key))) {
    const own = rows
      .filter((row) => key !== null && row.key === key)
      .toSorted((one, other) => knownMsOf(one) - knownMsOf(other));
    let tiles = noTiles(plan);
    let next = 0;
    const asked = looks
      .filter((look) => look.key === key)
      .toSorted((one, other) => (one.atMs ?? 0) - (other.atMs ?? 0));
    for (const look of asked) {
      const atMs = look.atMs ?? 0;
      // Rows of the future are handed over early: they must wait.
      for (; (own[next]?.availableMs ?? Number.POSITIVE_INFINITY) <= atMs + dayMs; next++) {
        const row = own[next];
        if (row !== undefined) tiles = addRow(plan, tiles, row);
      }
      tiles = moveTo(plan, JSON.parse(JSON.stringify(tiles)), atMs);
      found.set(look, [...valuesAt(plan, tiles, atMs)]);
    }
  }
  return looks.map((look) => found.get(look) ?? []);
}

export interface World {
  readonly rows: readonly KeyedRow[];
  readonly looks: readonly Look[];
}

/** Few keys and a coarse clock, so that ties, boundaries, late rows, repetitions and corrections are everywhere. */
export function worldOf(seed: number, sizes: { readonly rows: number; readonly looks: number }, spanMs: number): World {
  const random = createRandom(seed);
  const whole = (below: number) => random.integer(below);
  const keys = ['a', 'b', 'c', ''];
  const grid = spanMs / 60;
  const time = () => worldStartMs + whole(60) * grid;
  const rows: KeyedRow[] = [];
  for (let seq = 0; seq < sizes.rows; seq++) {
    const repeated = seq > 0 && whole(10) === 0 ? rows[whole(rows.length)] : undefined;
    const eventMs = repeated?.eventMs ?? time();
    const lateMs = whole(3) === 0 ? whole(20) * grid : whole(2) === 0 ? 0 : -whole(3) * grid;
    rows.push({
      key: repeated?.key ?? (whole(30) === 0 ? null : (keys[whole(keys.length)] ?? null)),
      eventMs,
      availableMs: eventMs + lateMs,
      seq,
      id: repeated?.id ?? `e${whole(sizes.rows)}`,
      values: {
        whole: whole(8) === 0 ? null : whole(1_000) - 300,
        amount: whole(8) === 0 ? null : random.next() * 1_000 - 300,
        shop: whole(8) === 0 ? null : (['', 'x', 'y', 'NULL'][whole(4)] ?? null),
      },
    });
  }
  const looks = Array.from({ length: sizes.looks }, () => {
    const row = rows[whole(rows.length)];
    const atMs =
      whole(4) === 0 ? worldStartMs + whole(spanMs) : row === undefined || whole(2) === 0 ? time() : knownMsOf(row);
    return { key: whole(20) === 0 ? null : (keys[whole(keys.length)] ?? null), atMs };
  });
  return { rows, looks: [...looks, ...looks.slice(0, 3), { key: 'nobody', atMs: time() }] };
}
