import { expect, test } from 'vitest';
import { isSameValue } from '../../domain/view/skew.ts';
import type { ViewFeatureSpec, ViewSpec } from '../../domain/view/view-spec.ts';
import { createRandom } from '../../statistics/numeric/random.ts';
import { knownMsOf, type WindowRow } from '../windows/window-row.ts';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { bruteForce, worldOf, worldStartMs } from '../../../tests/worlds/plain-views.ts';
import { noState, waitingRowsMax, withRows, type EntityState } from './entity-state.ts';
import { planView } from './plan-view.ts';
import { viewValuesAt, type ValuesMemo } from './values-at.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const windowed = (name: string, aggregate: string, column: string | null, windowMs: number): ViewFeatureSpec =>
  ({
    name,
    kind: aggregate === 'last' && column === 'shop' ? 'category' : 'number',
    aggregate,
    column,
    over: aggregate === 'ratio' ? 'amount' : null,
    windowMs,
  }) as ViewFeatureSpec;
const latest: readonly ViewFeatureSpec[] = [
  { name: 'whole', kind: 'number', onMissing: -1 },
  { name: 'amount', kind: 'number' },
  { name: 'shop', kind: 'category' },
];
const windows: readonly ViewFeatureSpec[] = [
  windowed('n', 'count', null, 6 * hourMs),
  windowed('total', 'sum', 'whole', dayMs),
  windowed('mean', 'mean', 'amount', 2 * dayMs),
  windowed('least', 'min', 'amount', 2 * dayMs),
  windowed('most', 'max', 'whole', 20 * dayMs),
  windowed('shops', 'distinct', 'shop', 2 * dayMs),
  windowed('shopLast', 'last', 'shop', 6 * hourMs),
  windowed('share', 'ratio', 'whole', 2 * dayMs),
];
const views: readonly (readonly [string, ViewSpec])[] = [
  ['latest rows', viewOf('v', { features: latest })],
  ['latest rows with a ttl', viewOf('v', { features: latest, ttlMs: 5 * hourMs })],
  ['windows', viewOf('v', { features: windows })],
  ['both', viewOf('v', { features: [...latest, ...windows], ttlMs: dayMs })],
  ['windows whose rows are corrected by id', viewOf('v', { features: windows, rowId: 'id' })],
];

test.each(views)('%s: whatever comes when, online says what the definition says', (_, view) => {
  const plan = planView(view);
  let compared = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { rows, looks } = worldOf(seed, { rows: 60, looks: 40 }, 3 * dayMs);
    const random = createRandom(seed);
    for (const key of new Set(looks.map((look) => look.key))) {
      if (key === null) continue;
      let state: EntityState | null = null;
      // Rows arrive by their place, in batches of any size; the clock of the store goes on meanwhile.
      const own = rows.filter((row) => row.key === key);
      for (let from = 0, nowMs = worldStartMs; from < own.length || state === null;) {
        const batch = own.slice(from, from + 1 + random.integer(8));
        from += batch.length;
        nowMs += random.integer(dayMs);
        state = withRows(plan, state ?? noState(plan), batch, nowMs).state;
        const memo: ValuesMemo = { last: null };
        for (const { atMs } of looks.filter((look) => look.key === key).slice(0, 12)) {
          const said = viewValuesAt(plan, state, atMs ?? 0);
          // As a process asks that remembers the entity: at its own moment, and as the window moves on.
          for (const laterMs of [0, 60_000, 7 * hourMs, dayMs, 25 * dayMs, 0]) {
            const askedMs = (atMs ?? 0) + laterMs;
            expect(viewValuesAt(plan, state, askedMs, memo)).toEqual(viewValuesAt(plan, state, askedMs));
          }
          expect(said.atMs).toBe(Math.max(atMs ?? 0, state.knownMs ?? Number.MIN_SAFE_INTEGER));
          const told = bruteForce(view, own.slice(0, from), { key, atMs: said.atMs });
          view.features.forEach((feature, at) => {
            const value = said.values[at] ?? null;
            const plain = told[at] ?? null;
            compared++;
            if (!isSameValue(feature, value, typeof plain === 'boolean' ? Number(plain) : plain))
              expect(value, `${feature.name} at ${said.atMs}, seed ${seed}`).toBe(plain);
          });
        }
        if (batch.length === 0) break;
      }
    }
  }
  expect(compared).toBeGreaterThan(1_000);
});

const row = (eventMs: number, change: Partial<WindowRow> = {}): WindowRow => ({
  eventMs,
  availableMs: eventMs,
  seq: eventMs,
  id: null,
  values: { age: eventMs, amount: 1 },
  ...change,
});

test('an older row that comes later changes no value, and one of the same event time corrects', () => {
  const plan = planView(viewOf('v'));
  const first = withRows(plan, noState(plan), [row(100)], 1_000).state;
  const older = withRows(plan, first, [row(50, { seq: 200 })], 1_000).state;
  expect(older.numbers).toEqual([100]);
  const corrected = withRows(plan, older, [row(100, { availableMs: 300, values: { age: 7 } })], 1_000).state;
  expect(corrected.numbers).toEqual([7]);
});

test('a row counts from the moment at which it is known, and not one tick before', () => {
  const plan = planView(viewOf('v'));
  const { state } = withRows(plan, noState(plan), [row(100), row(200, { availableMs: 500 })], 150);
  expect(viewValuesAt(plan, state, 499).values[0]).toBe(100);
  expect(viewValuesAt(plan, state, 500).values[0]).toBe(200);
});

test('an age of exactly the ttl is fresh, one tick more is stale, and nobody is missing', () => {
  const plan = planView(viewOf('v', { ttlMs: 100, features: [{ name: 'age', kind: 'number', onMissing: 9 }] }));
  const { state } = withRows(plan, noState(plan), [row(1_000)], 2_000);
  expect(viewValuesAt(plan, state, 1_100)).toMatchObject({ status: 'fresh', ageMs: 100 });
  expect(viewValuesAt(plan, state, 1_101)).toMatchObject({ status: 'stale', ageMs: 101 });
  expect(viewValuesAt(plan, state, 1_101).values[0]).toBe(9);
  expect(viewValuesAt(plan, null, 5)).toMatchObject({ status: 'missing', ageMs: null });
  expect(viewValuesAt(plan, null, 5).values[0]).toBe(9);
});

test('of rows about the future so many wait as are bounded, those that are known first', () => {
  const plan = planView(viewOf('v'));
  const rows = Array.from({ length: waitingRowsMax + 5 }, (_, at) => row(1_000 + at));
  const { state, leftOut } = withRows(plan, noState(plan), rows.toReversed(), 10);
  expect(leftOut).toBe(5);
  expect(state.waiting).toHaveLength(waitingRowsMax);
  expect(viewValuesAt(plan, state, 1_000).values[0]).toBe(1_000);
});

test('what is missing in a row is missing, and the empty text is not what is missing', () => {
  const plan = planView(
    viewOf('v', {
      features: [
        { name: 'segment', kind: 'category' },
        { name: 'vip', kind: 'boolean' },
      ],
    }),
  );
  const state = (values: WindowRow['values']) => withRows(plan, noState(plan), [row(1, { values })], 5).state;
  expect(state({ segment: null, vip: null })).toMatchObject({ texts: [null], numbers: [null] });
  expect(state({ segment: '', vip: false })).toMatchObject({ texts: [''], numbers: [0] });
  expect(knownMsOf(row(1))).toBe(1);
});
