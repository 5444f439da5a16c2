import { expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { silentLog } from '../../../tests/worlds/serving-world.ts';
import { entityKeyOf } from '../../views/online/entity-key.ts';
import { noState, withRows } from '../../views/online/entity-state.ts';
import { planView } from '../../views/online/plan-view.ts';
import type { StoredEntity, ViewAsk, ViewStore } from '../ports.ts';
import { fillViews } from './fill-views.ts';
import { createLookSampler } from './sample-looks.ts';
import type { ViewColumns } from './view-columns.ts';
import { createViewReader } from './view-reader.ts';

const view = viewOf('cards', {
  ttlMs: 1_000,
  features: [
    { name: 'age', kind: 'number' },
    { name: 'segment', kind: 'category', onMissing: 'new' },
  ],
});
const plan = planView(view);
const columns: ViewColumns = {
  view: 'cards',
  digest: 'd',
  keyOf: ({ entity }) => (entity === null ? null : [entity]),
  cells: [
    { feature: 'age', isText: false, index: 0 },
    { feature: 'segment', isText: true, index: 0 },
  ],
};
const row = (entity: string | null, age = NaN, eventTimeMs: number | null = 100) => ({
  numbers: Float64Array.of(age),
  texts: [null],
  entity,
  eventTimeMs,
});

const stateOf = (age: number) =>
  withRows(
    plan,
    noState(plan),
    [{ eventMs: 50, availableMs: 50, seq: 1, id: null, values: { age, segment: 'gold' } }],
    60,
  ).state;

/** A store that holds the cards `a` and `b`. */
function storeOf(read?: ViewStore['read']) {
  const queries: ViewAsk[][] = [];
  const said = { sequence: 1, snapshot: 's', isBuilding: false, heldChars: 0 };
  const held = new Map(
    [
      ['a', 7],
      ['b', 8],
    ].map(([card, age]) => [entityKeyOf([String(card)]), stateOf(Number(age))]),
  );
  const kept: unknown[] = [];
  const store: ViewStore = {
    async read(asks) {
      queries.push([...asks]);
      return read === undefined
        ? asks.map(({ entity }): StoredEntity => ({ state: held.get(entity) ?? null, ...said }))
        : read(asks);
    },
    view: () => Promise.resolve(view),
    heads: () => Promise.resolve([]),
    onChange: () => () => undefined,
    keep: async (samples) => void kept.push(...samples),
  };
  return { store, queries, kept };
}

test('all entities of one turn are read in one query, each once, and remembered', async () => {
  const { store, queries } = storeOf();
  const reader = createViewReader(store, silentLog);
  const [first, second] = await Promise.all([
    fillViews(reader, [columns], [row('a'), row('b'), row('a')], 0),
    fillViews(reader, [columns], [row('b'), row('nobody')], 0),
  ]);
  expect(queries.map((asks) => asks.map(({ entity }) => entity))).toEqual([['["a"]', '["b"]', '["nobody"]']]);
  expect(first?.map((one) => one.row.numbers[0])).toEqual([7, 8, 7]);
  expect(second?.map((one) => [one.row.numbers[0], one.row.texts[0], one.uses[0]?.status])).toEqual([
    [8, 'gold', 'fresh'],
    [NaN, 'new', 'missing'],
  ]);
  await fillViews(reader, [columns], [row('a'), row('nobody')], 0);
  expect(queries).toHaveLength(1);
});

test('age is judged at each look, also at what is remembered; a row without a time looks at now', async () => {
  const { store } = storeOf();
  const reader = createViewReader(store, silentLog);
  const [fresh, stale, now] = await fillViews(
    reader,
    [columns],
    [row('a'), row('a', NaN, 1_051), row('a', NaN, null)],
    90,
  );
  expect(fresh?.uses).toEqual([{ view: 'cards', digest: 'd', status: 'fresh', ageMs: 50, atMs: 100, given: 0 }]);
  expect(stale?.uses).toMatchObject([{ status: 'stale', ageMs: 1_001 }]);
  expect([stale?.row.numbers[0], stale?.row.texts[0]]).toEqual([NaN, 'new']);
  expect(now?.uses).toMatchObject([{ status: 'fresh', atMs: 90 }]);
});

test('what a request brings stands, and where it brings all, nobody is asked', async () => {
  const { store, queries } = storeOf();
  const reader = createViewReader(store, silentLog);
  const whole = { ...row('a', 1), texts: ['own'] };
  const [partly, wholly, keyless] = await fillViews(reader, [columns], [row('a', 1), whole, row(null)], 0);
  expect([partly?.row.numbers[0], partly?.row.texts[0], partly?.uses[0]?.given]).toEqual([1, 'gold', 1]);
  expect([wholly?.row.numbers[0], wholly?.row.texts[0], wholly?.uses]).toEqual([1, 'own', []]);
  expect([keyless?.row.texts[0], keyless?.uses[0]?.status]).toEqual(['new', 'missing']);
  expect(queries).toHaveLength(1);
});

test('a store that fails, or does not answer, costs the values and not the rows', async () => {
  const failing = createViewReader(storeOf(() => Promise.reject(new Error('away'))).store, silentLog);
  const [failed] = await fillViews(failing, [columns], [row('a')], 0);
  expect([failed?.row.texts[0], failed?.uses[0]]).toEqual([
    'new',
    { view: 'cards', digest: 'd', status: 'missing', ageMs: null, atMs: 100, given: 0, isLate: true },
  ]);
  const silent = createViewReader(storeOf(() => new Promise(() => undefined)).store, silentLog);
  const [late] = await fillViews(silent, [columns], [row('a')], 0);
  expect(late?.uses).toMatchObject([{ status: 'missing', isLate: true }]);
  expect(late?.looks, 'what was not known is not computed anew').toEqual([]);
});

test('a share of looks is kept, with what it takes to compute them anew, and so many as are bounded', async () => {
  const { store, kept } = storeOf();
  const reader = createViewReader(store, silentLog);
  const [filled] = await fillViews(reader, [columns], [row('a')], 0);
  const chances = [0.5, 0.005];
  const sampler = createLookSampler(store, silentLog, 0.01, () => chances.shift() ?? 0);
  sampler.offer('m', 'p-1', filled?.looks ?? []);
  sampler.offer('m', 'p-2', filled?.looks ?? []);
  for (let more = 0; more < 100; more++) sampler.offer('m', `q-${more}`, filled?.looks ?? []);
  await sampler.stop();
  expect(kept).toHaveLength(50);
  expect(kept[0]).toEqual({
    model: 'm',
    view: 'cards',
    digest: 'd',
    look: {
      predictionId: 'p-2',
      key: ['a'],
      atMs: 100,
      status: 'fresh',
      snapshot: 's',
      isBuilding: false,
      values: { age: 7, segment: 'gold' },
    },
  });
});
