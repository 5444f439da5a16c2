import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTransaction } from '../../src/db/base/connect.ts';
import { applyRows, beginBuild, type OnlineKey } from '../../src/db/feature-views/online-build.ts';
import { removeEndedEntities, removeLeftGenerations } from '../../src/db/feature-views/online-due.ts';
import { createViewStore } from '../../src/db/feature-views/online-source.ts';
import { noteOnlineLook } from '../../src/db/feature-views/online-due.ts';
import { storedViewSourcesOf } from '../../src/db/feature-views/view-sources.ts';
import { storeView } from '../../src/db/feature-views/store-view.ts';
import { viewStandings } from '../../src/db/feature-views/view-standings.ts';
import { storeSpec } from '../../src/db/models/specs.ts';
import type { ViewSpec } from '../../src/domain/view/view-spec.ts';
import { entityKeyOf } from '../../src/views/online/entity-key.ts';
import { planView } from '../../src/views/online/plan-view.ts';
import { viewValuesAt } from '../../src/views/online/values-at.ts';
import { boolean, category, defineView, folder, number, windowed } from '../../src/sdk/index.ts';
import { createLookSampler } from '../../src/serving/views/sample-looks.ts';
import { createViewReader } from '../../src/serving/views/view-reader.ts';
import { fillViews } from '../../src/serving/views/fill-views.ts';
import { inActivity } from '../../tests/worlds/in-activity.ts';
import { createExplainedDatabase } from '../../tests/worlds/growth/explained-database.ts';
import { ingestDeps } from '../../tests/worlds/ingest-deps.ts';
import { openTestDatabase } from '../../tests/worlds/opened-database.ts';
import { specOf } from '../../tests/worlds/two-models.ts';
import { writeAged } from '../../tests/worlds/write-aged.ts';
import { countUnread } from '../views/count-unread.ts';
import { ingestView } from '../views/ingest-view.ts';
import { checkSkew } from './check-skew.ts';
import { keepOnlineViews } from './keep-online-views.ts';

const { database, place } = await openTestDatabase();
const { pool } = database;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const store = createViewStore(database, log);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'perennial-online-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const deps = () => ingestDeps(database, root);

const write = (name: string, lines: readonly string[]) => writeAged(path.join(root, name), lines);

const head = 'card,at,limit,segment,vip,amount';
const cardsOf = (name: string, change: object = {}): ViewSpec =>
  defineView({
    name,
    owner: 'risk',
    entity: 'card',
    eventTime: 'at',
    features: {
      limit: number(),
      segment: category(),
      vip: boolean(),
      rows30d: windowed.count('30 days'),
      spend30d: windowed.sum('amount', '30 days'),
      amounts30d: windowed.distinct('segment', '30 days'),
    },
    source: folder(name, { format: 'csv' }),
    ...change,
  });

/** Stores a view, and a model that takes its features: only what somebody takes is held online. */
async function wanted(view: ViewSpec): Promise<OnlineKey> {
  const { digest } = await withTransaction(database, (tx) => storeView(tx, view, 'test'));
  const key = { view: view.name, digest };
  await takes(`${view.name}.model`, key);
  return key;
}

async function takes(model: string, { view, digest }: OnlineKey): Promise<void> {
  const pinned = { kind: 'number', name: 'limit', missing: 'allow' } as const;
  const from = { view, feature: 'limit', digest, on: ['card'] };
  const spec = specOf(model);
  await withTransaction(database, (tx) =>
    storeSpec(tx, { ...spec, features: [...spec.features, { ...pinned, from }] }, 'test'),
  );
}

const keep = (nowMs?: () => number) =>
  inActivity(() =>
    keepOnlineViews(
      deps(),
      (key) => ingestView(deps(), key),
      (key) => countUnread(deps(), key),
      nowMs,
    )(),
  );
const dueNow = () => pool.query(`update online_view set look_at = now() - interval '1 second'`);
const heads = async ({ view }: OnlineKey) =>
  (
    await pool.query(
      'select generation, snapshot, building, rows::int, failures, problem from online_view where view = $1',
      [view],
    )
  ).rows[0];

/** What a process would serve of a card at a moment. */
async function served(view: ViewSpec, { digest }: OnlineKey, card: string, at: string) {
  const [found] = await store.read([{ view: view.name, digest, entity: entityKeyOf([card]) ?? '' }]);
  const said = viewValuesAt(planView(view), found?.state ?? null, Date.parse(at));
  return {
    status: said.status,
    ...Object.fromEntries(view.features.map(({ name }, place) => [name, said.values[place]])),
  };
}

const nothing = { limit: null, segment: null, vip: null, rows30d: 0, spend30d: 0, amounts30d: 0 };

test('a store is filled by arrival, each row once, and goes on where it was', async () => {
  const view = cardsOf('arrival');
  await write('arrival/1.csv', [
    head,
    'a,2026-01-01T00:00:00Z,100,gold,true,5',
    'a,2026-01-03T00:00:00Z,200,,false,7',
    'b,2026-01-02T00:00:00Z,300,tin,,1.5',
  ]);
  const key = await wanted(view);
  expect(await served(view, key, 'a', '2026-01-04T00:00:00Z'), 'before it was filled').toEqual({
    status: 'missing',
    ...nothing,
  });
  expect(await keep()).toEqual({ filled: 1, more: false });
  const a = { status: 'fresh', limit: 200, segment: null, vip: 0, rows30d: 2, spend30d: 12, amounts30d: 1 };
  expect(await served(view, key, 'a', '2026-01-04T00:00:00Z')).toEqual(a);
  expect(await served(view, key, 'b', '2026-01-04T00:00:00Z')).toMatchObject({ limit: 300, segment: 'tin', vip: null });
  expect(await served(view, key, 'nobody', '2026-01-04T00:00:00Z')).toEqual({ status: 'missing', ...nothing });
  // A look that finds nothing new changes nothing; a late row about an older event corrects no newer one.
  const before = await heads(key);
  await dueNow();
  await keep();
  expect(await heads(key)).toEqual(before);
  await write('arrival/2.csv', [
    head,
    'a,2026-01-02T00:00:00Z,1,late,true,10',
    'b,2026-01-05T00:00:00Z,400,tin,true,2',
  ]);
  await dueNow();
  await keep();
  const now = new Date(Date.now() + 1_000).toISOString();
  expect(await served(view, key, 'b', now)).toMatchObject({ status: 'fresh', limit: 400, vip: 1 });
  expect(await served(view, key, 'a', now)).toMatchObject({ limit: 200 });
  expect(await heads(key)).toMatchObject({ rows: 5, building: null, failures: 0 });
  // A store that somebody deletes is built anew, and counts no row twice.
  const asked = await served(view, key, 'b', now);
  await pool.query(`delete from online_view where view = 'arrival'`);
  await keep();
  expect(await heads(key)).toMatchObject({ rows: 5, building: null });
  expect(await served(view, key, 'b', now)).toEqual(asked);
});

const same = <States>(states: States): States => states;

test('a batch that was applied and whose caller was told it failed is not applied again', async () => {
  const view = cardsOf('twice');
  await write('twice/1.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5']);
  const key = await wanted(view);
  await keep();
  const { snapshot, generation } = await heads(key);
  const next = { snapshot: 'next', after: snapshot, generation, isAnew: false };
  expect(await beginBuild(database, key, { ...next, generation: generation - 1 }), 'emptied meanwhile').toBeNull();
  const build = await beginBuild(database, key, next);
  if (build === null) throw new Error('no build was begun');
  const rows = { entities: [entityKeyOf(['a']) ?? ''], files: null, count: 1, throughSeq: 7, fold: same };
  expect(await applyRows(database, key, build, rows)).toBe(true);
  expect(await applyRows(database, key, build, rows)).toBe(false);
  expect(await heads(key)).toMatchObject({ rows: 2, building: { throughSeq: 7 } });
  // No snapshot is called so: what was begun is given up, and all of it is built anew.
  await dueNow();
  await keep();
  await dueNow();
  await keep();
  expect(await heads(key)).toMatchObject({ snapshot, building: null });
  expect(await served(view, key, 'a', '2026-01-04T00:00:00Z')).toMatchObject({ limit: 1, rows30d: 1, spend30d: 5 });
});

test('a source that is read whole again takes the place of what was there: who is gone from it is gone', async () => {
  const view = cardsOf('whole', { source: { kind: 'file', path: 'whole.csv', format: 'csv' } });
  await write('whole.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5', 'b,2026-01-01T00:00:00Z,2,x,true,5']);
  const key = await wanted(view);
  await keep();
  expect(await served(view, key, 'a', '2026-01-04T00:00:00Z')).toMatchObject({ limit: 1 });
  await write('whole.csv', [head, 'b,2026-01-02T00:00:00Z,3,x,true,6']);
  await dueNow();
  await keep();
  const now = new Date(Date.now() + 1_000).toISOString();
  expect(await served(view, key, 'a', now)).toEqual({ status: 'missing', ...nothing });
  expect(await served(view, key, 'b', now)).toMatchObject({ limit: 3 });
  await dueNow();
  await keep();
  const { rows } = await pool.query('select distinct generation from online_entity where view = $1', ['whole']);
  expect(rows, 'the generation before was removed').toEqual([{ generation: 2 }]);
});

test('entities that answer as unknown ones are removed, and no others', async () => {
  const view = cardsOf('ended', { ttl: '1 day' });
  await write('ended/1.csv', [head, 'old,2026-01-01T00:00:00Z,1,x,true,5', 'new,2026-06-01T00:00:00Z,2,x,true,5']);
  const key = await wanted(view);
  await keep();
  const { rows } = await pool.query('select entity from online_entity where view = $1', ['ended']);
  expect(rows).toEqual([{ entity: '["new"]' }]);
  expect(await served(view, key, 'old', '2026-06-01T12:00:00Z')).toEqual({ status: 'missing', ...nothing });
});

test('entities that stay are not read to find those that go, and what a build left behind is removed', async () => {
  const view = cardsOf('for-ever');
  await write('for-ever/1.csv', [head, 'old,2026-01-01T00:00:00Z,1,x,true,5', 'new,2026-06-01T00:00:00Z,2,x,true,5']);
  const key = await wanted(view);
  await keep();
  await pool.query(
    `insert into online_entity (view, digest, generation, entity, event_ms, numbers, texts, waiting)
     select view, digest, g, 'e' || n, n, numbers, texts, waiting from online_entity, generate_series(1, 300) n,
       unnest(array[2, 4, 5, 7]) g where view = 'for-ever' and entity = '["old"]'`,
  );
  // Four is read and five is being built: two was read before, and seven is of a build that was given up.
  await pool.query(
    `update online_view set generation = 4, generation_max = 7,
       building = '{"snapshot":"s","generation":5,"throughSeq":0}'
     where view = 'for-ever'`,
  );
  await pool.query('analyze online_entity');
  const explained = createExplainedDatabase(place.url);
  try {
    const left = await explained.costOf(async () => {
      for (let step = 0; await removeLeftGenerations(explained.database, key); step++) expect(step).toBeLessThan(9);
    });
    const { rows } = await pool.query(
      `select generation, count(*)::int as n from online_entity where view = 'for-ever' group by 1 order by 1`,
    );
    expect(rows).toEqual([4, 5].map((generation) => ({ generation, n: 300 })));
    const again = await explained.costOf(() => removeLeftGenerations(explained.database, key));
    const readBy = ({ statements }: typeof again) =>
      [...statements.values()].reduce((sum, one) => sum + one.rowsRead, 0);
    expect(readBy(left)).toBeGreaterThan(600);
    expect(readBy(again)).toBeLessThan(20);
    const ended = await explained.costOf(() => removeEndedEntities(explained.database, key, 2e12));
    expect(readBy(ended)).toBeLessThan(20);
  } finally {
    await explained.database.close();
  }
});

test('a view that cannot be read is tried ever more seldom, and keeps no other from being filled', async () => {
  const broken = await wanted(cardsOf('broken'));
  const view = cardsOf('sound');
  await write('sound/1.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5']);
  const key = await wanted(view);
  const waits: number[] = [];
  for (let failure = 1; failure <= 3; failure++) {
    await dueNow();
    await keep();
    const { rows } = await pool.query(
      'select extract(epoch from look_at - now())::float8 as again_in from online_view where view = $1',
      ['broken'],
    );
    waits.push(Math.round(rows[0].again_in / 30));
    expect(await heads(broken)).toMatchObject({ failures: failure, problem: expect.stringContaining('broken') });
  }
  expect(waits).toEqual([1, 2, 4]);
  expect(await served(view, key, 'a', '2026-01-04T00:00:00Z')).toMatchObject({ limit: 1 });
  const alerts = async () =>
    (
      await pool.query(
        `select model, subject, body, closed_at is null as open from alert where kind = 'source-unreadable'`,
      )
    ).rows;
  expect(await alerts()).toEqual([
    {
      model: 'broken.model',
      subject: 'view/broken',
      body: expect.stringMatching(/^3 times in a row: .*broken.*\. Answers go on with what the view held/),
      open: true,
    },
  ]);
  const stand = async (name: string) => (await storedViewSourcesOf(database.db, [name]))[0];
  expect(await stand('broken')).toMatchObject({ newest: null, look: { failures: 3, lookedAt: null } });
  expect(await stand('sound')).toMatchObject({
    newest: { rows: 1, rowsSoFar: 1 },
    look: { failures: 0, problem: null, lagUnread: 0, lagUnit: 'files' },
  });
  // Once it can be read, it is well, and so is what was said of it.
  await write('broken/1.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5']);
  await dueNow();
  await keep();
  expect(await alerts()).toMatchObject([{ model: 'broken.model', open: false }]);
  expect(await stand('broken')).toMatchObject({ newest: { rows: 1 }, look: { failures: 0, problem: null } });
});

test('what was said of a view is over however it was mended, and not said to users of another revision', async () => {
  const view = cardsOf('moved');
  const failing = await wanted(view);
  const fail = async () => {
    for (let failure = 1; failure <= 3; failure++) {
      await dueNow();
      await keep();
    }
  };
  const open = async () =>
    (
      await pool.query(`select model from alert where subject = 'view/moved' and closed_at is null order by model`)
    ).rows.map(({ model }) => String(model));
  await fail();
  expect(await open()).toEqual(['moved.model']);
  // Pushed rows, or a training, were first to read it again.
  await write('moved/1.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5']);
  await inActivity(() => ingestView(deps(), failing));
  await noteOnlineLook(database, failing, { againMs: 3_600_000, problem: null });
  await keep();
  expect(await open()).toEqual([]);
  // Of one that fails again the model takes another revision.
  await rm(path.join(root, 'moved'), { recursive: true });
  await fail();
  expect(await open()).toEqual(['moved.model']);
  await write('moved2/1.csv', [head, 'a,2026-01-01T00:00:00Z,1,x,true,5']);
  const sound = cardsOf('moved', { source: folder('moved2', { format: 'csv' }) });
  await wanted(sound);
  await dueNow();
  await keep();
  expect(await open()).toEqual([]);
  // The revision that failed is used by one model, and the sound one by another.
  await takes('moved.other', failing);
  await fail();
  expect(await open()).toEqual(['moved.other']);
});

test('looks computed anew: equal ones pass, a corrupted row rings, what cannot be compared is no pass', async () => {
  const view = cardsOf('skew');
  await write('skew/1.csv', [
    head,
    'a,2026-01-01T00:00:00Z,100,gold,true,0.1',
    'a,2026-01-03T00:00:00Z,200,,false,0.2',
    'b,2026-01-02T00:00:00Z,300,tin,,1.5',
  ]);
  const key = await wanted(view);
  const model = 'skew.model';
  const look = async (cards: readonly string[]) => {
    const reader = createViewReader(store, log);
    const sampler = createLookSampler(store, log, 1);
    const cells = view.features.map(({ name, kind }, at) => ({
      feature: name,
      isText: kind === 'category',
      index: at,
    }));
    const columns = {
      view: view.name,
      digest: key.digest,
      cells,
      keyOf: ({ entity }: { entity: string | null }) => (entity === null ? null : [entity]),
    };
    const rows = cards.map((entity) => ({
      numbers: new Float64Array(cells.length).fill(NaN),
      texts: cells.map(() => null),
      entity,
      eventTimeMs: Date.parse('2026-01-04T00:00:00Z'),
    }));
    const filled = await fillViews(reader, [columns], rows, Date.now());
    filled.forEach(({ looks }, at) => sampler.offer(model, `${cards[at]}-1`, looks));
    reader.stop();
    await sampler.stop();
    return filled;
  };
  const standing = async () => (await viewStandings(database.db, [model])).get(model)?.[0];

  await look(['a']);
  await checkSkew(deps());
  expect(await standing(), 'nothing was ingested: no row of the store, and so no sample').toBeUndefined();
  await keep();
  const filled = await look(['a', 'b', 'nobody', 'a']);
  expect(filled[0]?.row.numbers[0]).toBe(200);
  expect(filled[0]?.uses).toMatchObject([{ view: 'skew', status: 'fresh', given: 0 }]);
  expect(await checkSkew(deps())).toEqual({ compared: 4, different: 0, hasSamples: true });
  expect(await standing()).toMatchObject({ equal: 4, different: 0, notComparable: 0, last: null });
  expect(await checkSkew(deps()), 'each is compared once').toMatchObject({ hasSamples: false });

  // What comes later than a look changes nothing about it: it is computed as it was known then.
  await look(['b']);
  await write('skew/2.csv', [head, 'b,2026-01-03T00:00:00Z,999,tin,,1.5']);
  await dueNow();
  await keep();
  expect(await standing()).toMatchObject({ equal: 5, different: 0 });

  await pool.query(`update online_entity set numbers[1] = 201 where view = 'skew' and entity = '["a"]'`);
  await look(['a', 'b']);
  expect(await checkSkew(deps())).toMatchObject({ compared: 2, different: 1 });
  expect(await standing()).toMatchObject({
    equal: 6,
    different: 1,
    last: { feature: 'limit', served: 201, recomputed: 200, predictionId: 'a-1' },
  });
  const { rows } = await pool.query(`select model, subject, severity, body from alert where kind = 'feature-skew'`);
  expect(rows).toEqual([
    {
      model,
      subject: 'view/skew',
      severity: 'critical',
      body: expect.stringMatching(/a-1 got 201; .*gives 200\..*1 look of 2/),
    },
  ]);

  await pool.query(`update online_view set building = jsonb_build_object('snapshot', 'x', 'generation', generation,
    'throughSeq', 0) where view = 'skew'`);
  await look(['a']);
  expect(await checkSkew(deps())).toMatchObject({ compared: 0, different: 0 });
  expect(await standing()).toMatchObject({ equal: 6, different: 1, notComparable: 1 });
});
