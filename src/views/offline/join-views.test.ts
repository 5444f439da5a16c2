import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { joinedBy } from '../../../tests/worlds/joined-views.ts';
import { bruteForce, byTiles, worldOf, type KeyedRow } from '../../../tests/worlds/plain-views.ts';
import type { Aggregate } from '../../domain/view/closed-sets.ts';
import { isWindowed, type ViewFeatureSpec, type ViewSpec } from '../../domain/view/view-spec.ts';
import { tileMsOf } from '../windows/tile.ts';
import type { CellValue } from '../windows/window-row.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-join-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

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
const seeds = [1, 2, 3];
const cases = seeds.flatMap((seed) => sizes.map((size) => [seed, size] as const));

test.each(cases)('latest values agree with brute force, seed %i of %o', async (seed, size) => {
  const world = worldOf(seed, size, 10 * dayMs);
  for (const ttlMs of [null, 0, dayMs]) {
    const view = viewOf('v', { ...known, ttlMs, features: latestFeatures });
    // oxlint-disable-next-line no-await-in-loop -- one engine at a time
    expectSame(
      view,
      await joinedBy(folder, view, world.rows, world.looks),
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
    expectSame(view, await joinedBy(folder, view, world.rows, world.looks), right);
    expectSame(view, byTiles(view, world.rows, world.looks), right);
  }
});

const start = Date.UTC(2026, 2, 1, 12);

/** A row of card `a`: event, available (at once unless told), values. */
function row(seq: number, eventMs: number, values: KeyedRow['values'], changes: Partial<KeyedRow> = {}): KeyedRow {
  return { key: 'a', eventMs, availableMs: eventMs, seq, id: null, values, ...changes };
}
const ages: readonly ViewFeatureSpec[] = [{ name: 'age', kind: 'number' }];
const agesAt = async (rows: readonly KeyedRow[], times: readonly number[], changes: Partial<ViewSpec> = {}) => {
  const view = viewOf('v', { ...known, features: ages, ...changes });
  const found = await joinedBy(
    folder,
    view,
    rows,
    times.map((atMs) => ({ key: 'a', atMs })),
  );
  return found.map(([age]) => age);
};

test('of rows of one event time the one that was available last counts, if known (feast#3360)', async () => {
  const rows = [9, 1, 5].map((age, seq) => row(seq, start, { age }, { availableMs: start + age }));
  expect(await agesAt(rows, [start, start + 1, start + 4, start + 5, start + 9])).toEqual([null, 1, 1, 5, 9]);
});

test('a correction that was written after the row changes nothing for it (feast#6615)', async () => {
  const rows = [row(0, start, { age: 1 }), row(1, start, { age: 2 }, { availableMs: start + dayMs })];
  expect(await agesAt(rows, [start + dayMs - 1, start + dayMs])).toEqual([1, 2]);
});

test('a late row about an older event never overwrites a newer one (feast#5163)', async () => {
  const rows = [row(0, start + 10, { age: 2 }), row(1, start, { age: 1 }, { availableMs: start + 20 })];
  expect(await agesAt(rows, [start + 15, start + 20, start + 30])).toEqual([2, 2, 2]);
});

test('an event at the very moment counts, on both paths (feast#5228, chronon#1356)', async () => {
  const rows = [row(0, start, { age: 1, amount: 5 })];
  expect(await agesAt(rows, [start - 1, start])).toEqual([null, 1]);
  const view = viewOf('v', { ...known, features: [windowed('sum', 0, 'amount')] });
  const looks = [start - 1, start, start + hourMs - 1, start + hourMs].map((atMs) => ({ key: 'a', atMs }));
  const right = [[0], [5], [5], [0]];
  expect(await joinedBy(folder, view, rows, looks)).toEqual(right);
  expect(byTiles(view, rows, looks)).toEqual(right);
});

test('a ttl of 0 keeps all history, and one of a day ends at a day (feast#2651, feast#6821)', async () => {
  const rows = [row(0, start, { age: 1 })];
  const later = [start + dayMs, start + dayMs + 1, start + 900 * dayMs];
  expect(await agesAt(rows, later, { ttlMs: 0 })).toEqual([1, 1, 1]);
  expect(await agesAt(rows, later, { ttlMs: null })).toEqual([1, 1, 1]);
  expect(await agesAt(rows, later, { ttlMs: dayMs })).toEqual([1, null, null]);
});

test('a row dated a year ahead hides nothing that comes before it (feast#4222)', async () => {
  const rows = [row(0, start + 365 * dayMs, { age: 9 }, { availableMs: start }), row(1, start + 5, { age: 1 })];
  expect(await agesAt(rows, [start + 5, start + dayMs, start + 365 * dayMs])).toEqual([1, 1, 9]);
});

test('nothing is nothing: no 1970, no empty text, no value of another card (feast#3381, OpenMLDB#1650)', async () => {
  const features: readonly ViewFeatureSpec[] = [
    { name: 'shop', kind: 'category' },
    { name: 'opened', kind: 'time' },
    { name: 'isNew', kind: 'boolean', onMissing: true },
  ];
  const view = viewOf('v', { ...known, features });
  const rows = [
    row(0, start, { shop: '', opened: start, isNew: false }),
    row(1, start, { shop: null, opened: null, isNew: null }, { key: 'b' }),
    row(2, start, { shop: 'x', opened: start, isNew: false }, { key: null }),
  ];
  const looks = ['a', 'b', 'nobody', null].map((key) => ({ key, atMs: start }));
  expect(await joinedBy(folder, view, rows, looks)).toEqual([
    ['', start, false],
    [null, null, true],
    [null, null, true],
    [null, null, true],
  ]);
});

test.each([1, 100])('%i equal looks give as many rows, in their order (feast#1693, feast#6787)', async (times) => {
  const rows = [row(0, start, { age: 1 }), row(1, start + 2, { age: 2 })];
  const looks = Array.from({ length: times }, () => [start + 2, start, start + 2]).flat();
  expect(await agesAt(rows, looks)).toEqual(looks.map((atMs) => (atMs === start ? 1 : 2)));
});

test('ties of 200 rows are the same for one thread and for two (OpenMLDB#1780, duckdb#25536)', async () => {
  const rows = Array.from({ length: 200 }, (_, seq) => row(seq, start, { age: (seq * 7) % 200 }));
  const looks = Array.from({ length: 100 }, (_, at) => ({ key: 'a', atMs: start + at }));
  const view = viewOf('v', { ...known, features: ages });
  const one = await joinedBy(folder, view, rows, looks);
  expect(one).toEqual(looks.map(() => [(199 * 7) % 200]));
  expect(await joinedBy(folder, view, rows.toReversed(), looks, { threads: 2 })).toEqual(one);
});

test('the tile edge: a window is longer than declared by less than a tile, and ends at the moment', async () => {
  const view = viewOf('v', { ...known, features: [windowed('count', 2, null)] });
  const tileMs = tileMsOf(7 * dayMs);
  expect(tileMs).toBe(hourMs);
  const edge = start - 7 * dayMs;
  const rows = [edge, edge + 1, edge - tileMs + 1].map((eventMs, seq) => row(seq, eventMs, {}));
  const looks = [start, start + 1, start + tileMs - 1, start + tileMs].map((atMs) => ({ key: 'a', atMs }));
  const right = [[1], [1], [1], [0]];
  expect(await joinedBy(folder, view, rows, looks)).toEqual(right);
  expect(byTiles(view, rows, looks)).toEqual(right);
});
