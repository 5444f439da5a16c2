import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { withDuck } from '../../data/duck/connect.ts';
import { identifier, literal } from '../../data/duck/sql.ts';
import { parquetOptions } from '../../data/snapshot/write-accepted.ts';
import type { PinnedFeature } from '../../domain/spec/columns/pins.ts';
import type { Aggregate } from '../../domain/view/closed-sets.ts';
import { columnsOfView } from '../../domain/view/rows-of-view.ts';
import { statusOf } from '../../domain/view/value-status.ts';
import { isWindowed, type ViewFeatureSpec, type ViewSpec } from '../../domain/view/view-spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { firstTileOf, tileMsOf } from '../windows/tile.ts';
import { addRow, moveTo, noTiles, valuesAt, type WindowPlan } from '../windows/tiles.ts';
import { isAfter, isNewer, knownMsOf, type CellValue, type WindowRow } from '../windows/window-row.ts';
import { joinViews, typeOfKind } from './join-views.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 0, 1);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-join-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A row of a view with its key; `null` where the key is missing. */
interface KeyedRow extends WindowRow {
  readonly key: string | null;
}
interface Look {
  readonly key: string | null;
  readonly atMs: number | null;
}

const sqlOf = (value: CellValue | undefined): string =>
  value === null || value === undefined ? 'NULL' : typeof value === 'string' ? literal(value) : String(value);

/** The values of all features of a view, one list per look, in the order of the looks. */
async function joined(
  view: ViewSpec,
  rows: readonly KeyedRow[],
  looks: readonly Look[],
  { threads = 1 }: { readonly threads?: 1 | 2 } = {},
): Promise<CellValue[][]> {
  return withDuck({ threads, memoryMb: 256, tempDir: folder }, async (duck) => {
    const columns = columnsOfView(view);
    const cell = (row: KeyedRow, name: string) => {
      if (name === 'card') return sqlOf(row.key);
      if (name === 'at') return sqlOf(row.eventMs);
      if (name === 'seen') return sqlOf(row.availableMs);
      return name === 'id' ? sqlOf(row.id) : sqlOf(row.values[name]);
    };
    const file = path.join(folder, 'view.parquet');
    const types = columns.map(
      ({ name, kind }) => `CAST(${identifier(name)} AS ${typeOfKind[kind]}) AS ${identifier(name)}`,
    );
    const names = [...columns.map(({ name }) => identifier(name)), '_order'];
    const values = rows.map((row) => `(${columns.map(({ name }) => cell(row, name)).join(', ')}, ${row.seq})`);
    const table =
      values.length === 0
        ? `(SELECT ${names.map((name) => `NULL AS ${name}`).join(', ')} WHERE false)`
        : `(VALUES ${values.join(', ')}) AS v (${names.join(', ')})`;
    await duck.run(
      `COPY (SELECT ${types.join(', ')}, CAST(_order AS BIGINT) AS _order FROM ${table}) TO ${literal(file)} ${parquetOptions}`,
    );
    const labels = path.join(folder, 'labels.parquet');
    const lines = looks.map(({ key, atMs }, at) => `(${sqlOf(key)}, ${sqlOf(atMs)}, ${at})`);
    await duck.run(`COPY (SELECT CAST(card AS VARCHAR) AS card, CAST(paid AS BIGINT) AS paid, CAST(_order AS BIGINT) AS _order
      FROM (VALUES ${lines.join(', ')}) AS v (card, paid, _order)) TO ${literal(labels)} ${parquetOptions}`);
    const out = path.join(folder, 'joined.parquet');
    const features = view.features.map(({ name, kind }): PinnedFeature => ({
      name,
      kind,
      missing: 'allow',
      from: { view: view.name, feature: name, digest: null, on: ['card'] },
    }));
    await joinViews(duck, {
      path: labels,
      schema: [
        { name: 'card', type: 'VARCHAR' },
        { name: 'paid', type: 'BIGINT' },
        { name: '_order', type: 'BIGINT' },
      ],
      atColumn: 'paid',
      views: [{ view, files: [{ path: file, receivedMs: null }], features }],
      order: ['card', 'paid', ...view.features.map(({ name }) => name)],
      out,
      parquetOptions,
    });
    const list = view.features.map(({ name, kind }) =>
      typeOfKind[kind] === 'BIGINT' ? `CAST(${identifier(name)} AS DOUBLE)` : identifier(name),
    );
    const found = await duck.rows(
      `SELECT [${list.map((one) => `CAST(${one} AS VARCHAR)`).join(', ')}] AS cells, card, _order FROM read_parquet(${literal(out)})`,
    );
    expect(found.map((row) => row['card'])).toEqual(looks.map(({ key }) => key));
    return found.map((row) => (row['cells'] as (string | null)[]).map((text, at) => parsed(text, view.features[at])));
  });
}

function parsed(text: string | null, feature: ViewFeatureSpec | undefined): CellValue {
  if (text === null || feature === undefined) return text;
  const type = typeOfKind[feature.kind];
  if (type === 'VARCHAR') return text;
  return type === 'BOOLEAN' ? text === 'true' : Number(text);
}

/** What the definition says, in the plainest way: look at every row for every look. */
function bruteForce(view: ViewSpec, rows: readonly KeyedRow[], { key, atMs }: Look): CellValue[] {
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
function byTiles(view: ViewSpec, rows: readonly KeyedRow[], looks: readonly Look[]): CellValue[][] {
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

const windowsMs = [hourMs, 12 * hourMs, 7 * dayMs, 30 * dayMs];
const windowed = (
  aggregate: Aggregate,
  at: number,
  column: string | null,
  kind: ViewFeatureSpec['kind'] = 'number',
): ViewFeatureSpec => ({
  name: `${aggregate}${at}`,
  aggregate,
  kind,
  column,
  over: aggregate === 'ratio' ? 'whole' : null,
  windowMs: windowsMs[at] ?? hourMs,
});

const aggregated: readonly ViewFeatureSpec[] = windowsMs
  .flatMap((_, at) => [
    windowed('count', at, null),
    windowed('sum', at, 'whole'),
    windowed('sum', at, 'amount'),
    windowed('mean', at, 'amount'),
    windowed('min', at, 'amount'),
    windowed('max', at, 'amount'),
    windowed('last', at, 'shop', 'category'),
    windowed('distinct', at, 'shop'),
    windowed('ratio', at, 'amount'),
  ])
  .map((feature, at) => ({ ...feature, name: `${feature.name}_${at}` }));

const latestFeatures: readonly ViewFeatureSpec[] = [
  { name: 'whole', kind: 'number' },
  { name: 'amount', kind: 'number', onMissing: -1 },
  { name: 'shop', kind: 'category' },
];

const known = { availableTime: { column: 'seen' } } as const;
const wholeNames = new Set(
  aggregated.flatMap((feature) =>
    isWindowed(feature) &&
    (feature.column === 'whole' || feature.column === null || feature.aggregate === 'distinct') &&
    feature.aggregate !== 'ratio'
      ? [feature.name]
      : [],
  ),
);

interface World {
  readonly rows: readonly KeyedRow[];
  readonly looks: readonly Look[];
}

/** Few keys and a coarse clock, so that ties, boundaries, late rows, repetitions and corrections are everywhere. */
function worldOf(seed: number, sizes: { readonly rows: number; readonly looks: number }, spanMs: number): World {
  const random = createRandom(seed);
  const whole = (below: number) => random.integer(below);
  const keys = ['a', 'b', 'c', ''];
  const grid = spanMs / 60;
  const time = () => start + whole(60) * grid;
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
    const atMs = whole(4) === 0 ? start + whole(spanMs) : row === undefined || whole(2) === 0 ? time() : knownMsOf(row);
    return { key: whole(20) === 0 ? null : (keys[whole(keys.length)] ?? null), atMs };
  });
  return { rows, looks: [...looks, ...looks.slice(0, 3), { key: 'nobody', atMs: time() }] };
}

/** Integers exactly; sums of fractions to 1e-9 of the largest that they can be. */
function expectSame(view: ViewSpec, found: readonly CellValue[][], right: readonly CellValue[][]): void {
  expect(found.length).toBe(right.length);
  const wrong = found.flatMap((cells, look) =>
    cells.flatMap((cell, at) => {
      const feature = view.features[at];
      const other = right[look]?.[at] ?? null;
      const isClose =
        typeof cell === 'number' &&
        typeof other === 'number' &&
        feature !== undefined &&
        isWindowed(feature) &&
        !wholeNames.has(feature.name)
          ? Math.abs(cell - other) <= 1e-9 * Math.max(1_000_000, Math.abs(other))
          : cell === other;
      return isClose ? [] : [{ look, feature: feature?.name, cell, other }];
    }),
  );
  expect(wrong.slice(0, 5)).toEqual([]);
}

/** 20 looks are joined by a nested loop, 300 by the plan for many. */
const sizes = [
  { rows: 40, looks: 20 },
  { rows: 400, looks: 300 },
];
const seeds = [1, 2, 3, 4, 5, 6];
const cases = seeds.flatMap((seed) => sizes.map((size) => [seed, size] as const));

test.each(cases)('latest values agree with brute force, seed %i of %o', async (seed, size) => {
  const world = worldOf(seed, size, 10 * dayMs);
  for (const ttlMs of [null, 0, dayMs]) {
    const view = viewOf('v', { ...known, ttlMs, features: latestFeatures });
    // oxlint-disable-next-line no-await-in-loop -- one engine at a time
    expectSame(
      view,
      await joined(view, world.rows, world.looks),
      world.looks.map((look) => bruteForce(view, world.rows, look)),
    );
  }
});

test.each(cases)('windows agree with brute force, in batch and row by row, seed %i of %o', async (seed, size) => {
  for (const [rowId, spanMs] of [
    [null, 3 * hourMs],
    [null, 60 * dayMs],
    ['id', 3 * dayMs],
  ] as const) {
    const world = worldOf(seed, size, spanMs);
    const view = viewOf('v', { ...known, rowId, features: aggregated });
    const right = world.looks.map((look) => bruteForce(view, world.rows, look));
    // oxlint-disable-next-line no-await-in-loop -- one engine at a time
    expectSame(view, await joined(view, world.rows, world.looks), right);
    expectSame(view, byTiles(view, world.rows, world.looks), right);
  }
});
