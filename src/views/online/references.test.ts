import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewOf } from '../../../tests/worlds/a-view.ts';
import { lineOf } from '../../../tests/worlds/dirty-lines.ts';
import { dirtyContract, dirtyRow, type DirtyRow } from '../../../tests/worlds/dirty-rows.ts';
import { checkRows } from '../../data/contract/check-rows.ts';
import { markReferences } from '../../data/contract/mark-references.ts';
import { withDuck } from '../../data/duck/connect.ts';
import { literal } from '../../data/duck/sql.ts';
import { withTable } from '../../data/read/open-table.ts';
import { compileReferenceKeys } from '../../domain/contract/reference-keys.ts';
import type { ContractRule, ModelSpec } from '../../domain/spec/spec.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { createRandom, type Random } from '../../statistics/numeric/random.ts';
import { keysOfView } from '../offline/keys-of-view.ts';
import { knownMsOf, type WindowRow } from '../windows/window-row.ts';
import { entityKeyOf } from './entity-key.ts';
import { noState, withRows, type EntityState } from './entity-state.ts';
import { hasKeyAt } from './has-key.ts';
import { planView } from './plan-view.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'references-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const nowMs = Date.UTC(2027, 0, 1);

interface Held {
  readonly view: ViewSpec;
  /** The parts of a key, and the row. */
  readonly rows: readonly (readonly [key: readonly (string | null)[], row: WindowRow])[];
}

const some = <Value>(random: Random, values: readonly Value[]): Value | undefined =>
  values[random.integer(values.length)];

/** A view that has some of the keys that the rows bring, since moments before, between and after theirs. */
function held(random: Random, view: ViewSpec, keys: readonly (readonly string[])[], timesMs: readonly number[]): Held {
  const rows = Array.from({ length: 60 }, (_, seq) => {
    const key: readonly (string | null)[] = random.integer(20) === 0 ? [null, 'x'] : (some(random, keys) ?? ['x', 'x']);
    const eventMs = some(random, timesMs) ?? nowMs - 1_000;
    const availableMs = eventMs + (random.integer(3) - 1) * 86_400_000;
    return [key.slice(0, view.entity.length), { eventMs, availableMs, seq, id: null, values: {} }] as const;
  });
  return { view, rows };
}

function viewOver(name: string, entity: readonly string[], ttlMs: number | null): ViewSpec {
  return viewOf(name, {
    entity,
    ttlMs,
    availableTime: { column: 'seen' },
    features: [{ name: 'age', kind: 'number' }],
  });
}

/** The ids of the rules that a row breaks in a scan, with the rows of the views in Parquet files. */
async function scanned(
  spec: ModelSpec,
  rows: readonly DirtyRow[],
  views: readonly Held[],
): Promise<readonly string[][]> {
  const path = join(folder, 'rows.ndjson');
  await writeFile(path, `${rows.map(lineOf).join('\n')}\n`);
  const settings = { tempDir: folder, memoryMb: 512 };
  return withTable(path, { expected: 'ndjson', encoding: 'utf-8', settings }, (table) =>
    withDuck(settings, async (duck) => {
      const keys = new Map<string, ReturnType<typeof keysOfView>>();
      for (const { view, rows: own } of views) {
        const file = join(folder, `${view.name}.parquet`);
        const names = view.entity.join(', ');
        const text = (value: string | null | undefined) => (value == null ? 'CAST(NULL AS VARCHAR)' : literal(value));
        const values = own.map(
          ([key, row]) =>
            `(${view.entity.map((_, at) => text(key[at])).join(', ')}, ${row.eventMs}, ${row.availableMs}, ${row.seq})`,
        );
        // oxlint-disable-next-line no-await-in-loop -- one connection
        await duck.run(`COPY (SELECT ${names}, CAST("at" AS BIGINT) AS "at", CAST(seen AS BIGINT) AS seen,
          CAST(_order AS BIGINT) AS _order FROM (VALUES ${values.join(', ')}) AS v (${names}, "at", seen,
          _order)) TO ${literal(file)} (FORMAT parquet)`);
        keys.set(
          view.name,
          keysOfView(
            view,
            own.length === 0 ? [] : [{ path: file, receivedMs: null, isJoined: false, throughSeq: null }],
          ),
        );
      }
      const { columns } = await checkRows(duck, table, spec, { unlabelled: 'refuse' });
      await markReferences(duck, spec, columns, { keys, nowMs });
      const found = await duck.rows('SELECT ids FROM checked ORDER BY n');
      return found.map(({ ids }) => (ids as string[]).filter((id) => id.startsWith('ref-')));
    }),
  );
}

/** The same by the states that an online store holds, which got the rows in chunks. */
function looked(spec: ModelSpec, rows: readonly DirtyRow[], views: readonly Held[]) {
  const reader = compileReferenceKeys(spec);
  const stores = new Map(
    views.map(({ view, rows: own }) => {
      const plan = planView(view);
      const states = new Map<string, EntityState>();
      for (const [key, row] of own) {
        const entity = entityKeyOf(key);
        if (entity !== null)
          states.set(entity, withRows(plan, states.get(entity) ?? noState(plan), [row], nowMs).state);
      }
      return [view.name, { plan, states }] as const;
    }),
  );
  return rows.map((given) => {
    const { keys = [], atMs = null } = reader?.read(given) ?? {};
    return (reader?.rules ?? []).flatMap(({ id, view }, at) => {
      const key = keys[at] ?? null;
      const store = stores.get(view);
      if (key === null || store === undefined) return [];
      const state = store.states.get(entityKeyOf(key) ?? '') ?? null;
      const askedMs = atMs ?? nowMs;
      const isPast = store.plan.view.ttlMs !== null && askedMs < (state?.knownMs ?? -Infinity);
      return [{ id, isBroken: !hasKeyAt(store.plan, state, askedMs), isPast }];
    });
  });
}

function world(seed: string) {
  const random = createRandom(seed);
  const base = dirtyContract(random);
  const rules: readonly ContractRule[] = [
    { rule: 'references', id: 'ref-1', columns: ['open'], view: 'words', digest: null, severity: 'quarantine' },
    {
      rule: 'references',
      id: 'ref-2',
      columns: ['closed', 'open'],
      view: 'pairs',
      digest: null,
      severity: 'quarantine',
    },
    { rule: 'references', id: 'ref-3', columns: ['open'], view: 'fresh', digest: null, severity: 'reject' },
  ];
  const eventTime = seed !== 'planted' && random.integer(3) === 0 ? null : { column: 'at' };
  const spec: ModelSpec = { ...base, eventTime, contract: { ...base.contract, rules } };
  const rows: readonly DirtyRow[] = [
    { at: '2024-05-03T14:03:00Z' },
    ...Array.from({ length: 400 }, () => dirtyRow(random)),
  ];
  const reader = compileReferenceKeys(spec);
  const read = rows.flatMap((row) => (reader === null ? [] : [reader.read(row)]));
  const timesMs = read.flatMap(({ atMs }) => (atMs !== null && Math.abs(atMs) < 8e12 ? [Math.round(atMs)] : []));
  const keysOf = (at: number) => read.flatMap(({ keys }) => keys[at] ?? []).filter((part) => !part.includes('\0'));
  const ones = keysOf(0).map((key) => [key]);
  const pairs = read
    .flatMap(({ keys }) => (keys[1] == null ? [] : [keys[1]]))
    .filter((key) => !key.join().includes('\0'));
  const views = [
    held(random, viewOver('words', ['card'], null), ones, timesMs),
    held(random, viewOver('pairs', ['shop', 'card'], null), pairs, timesMs),
    held(random, viewOver('fresh', ['card'], 3_600_000), ones, timesMs),
  ];
  return { spec, rows, views };
}

const sameIn = (file: readonly string[][], row: ReturnType<typeof looked>) =>
  row.flatMap((asked, index) => {
    // When a key was stale before its newest row no store holds.
    const certain = asked.filter(({ isPast }) => !isPast);
    const ids = certain.filter(({ isBroken }) => isBroken).map(({ id }) => id);
    const past = new Set(asked.filter(({ isPast }) => isPast).map(({ id }) => id));
    const said = (file[index] ?? []).filter((id) => !past.has(id));
    return JSON.stringify(ids) === JSON.stringify(said) ? [] : [{ index, row: ids, file: said }];
  });

test.each(Array.from({ length: 16 }, (_, index) => `references ${index}`))(
  'a key is one of a view to a row as it is to a file: %s',
  async (seed) => {
    const { spec, rows, views } = world(seed);
    const file = await scanned(spec, rows, views);
    const row = looked(spec, rows, views);
    expect(sameIn(file, row)).toEqual([]);
    // What no row breaks, or every one, would prove nothing.
    for (const id of ['ref-1', 'ref-2', 'ref-3']) {
      const asked = row.flat().filter((one) => one.id === id && !one.isPast);
      expect(new Set(asked.map(({ isBroken }) => isBroken)).size, id).toBe(2);
    }
  },
);

test('a difference is found: a key that only one of them has, a moment, a ttl', async () => {
  const { spec, rows, views } = world('planted');
  const file = await scanned(spec, rows, views);
  expect(sameIn(file, looked(spec, rows, views))).toEqual([]);
  const changed = (change: (one: Held) => Held) => sameIn(file, looked(spec, rows, views.map(change)));
  expect(changed(({ view, rows: own }) => ({ view, rows: own.slice(0, 30) }))).not.toEqual([]);
  expect(
    changed(({ view, rows: own }) => ({ view, rows: own.map(([key, row]) => [key, later(row)] as const) })),
  ).not.toEqual([]);
  expect(changed(({ view, rows: own }) => ({ view: { ...view, ttlMs: null }, rows: own }))).not.toEqual([]);
});

function later(row: WindowRow): WindowRow {
  return { ...row, availableMs: knownMsOf(row) + 400 * 86_400_000 };
}
