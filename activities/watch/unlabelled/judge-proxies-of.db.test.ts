import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusOf } from '../../../src/db/views/views-status.ts';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord, proxyRecord } from '../../../tests/worlds/spool-records.ts';
import { judgeAll } from '../../../tests/worlds/judge-all.ts';

const rowsOfWindow = 60;
let world: ServingWorld;
let sent = 0;
let nudges = 0;
const random = createRandom('proxies');

beforeAll(async () => {
  world = await createServingWorld();
  await world.route({ champion: await world.addVersion(1, [0.75, 0.25]), stage: 'steady' });
  await setWatchShards(world.database, 1);
  const { pool } = world.database;
  const set = (path: string, value: unknown) =>
    pool.query('update spec_revision set spec = jsonb_set(spec, $1::text[], $2::jsonb)', [path, JSON.stringify(value)]);
  await set('{watch,window}', { rows: rowsOfWindow });
  await set('{entity}', null);
  await set('{retrain,growthFactor}', null);
  // Without a training behind it, every window asks for the first one.
  await pool.query(
    `insert into run (run_id, model, kind, status, input) values ('train/fraud/1', 'fraud', 'train', 'completed',
      '{"specRevision": 1, "trigger": "first"}')`,
  );
});
afterAll(() => world.close());

/** A window of answers that say fine, of which one in five is wrong; some cardholders call, by whether it was wrong. */
async function answerWindowOf(calls: { readonly right: number; readonly wrong: number }): Promise<void> {
  const rows = Array.from({ length: rowsOfWindow }, (_, at) => {
    const isWrong = random.next() < 0.2;
    return { id: `p${sent++}`, isWrong, called: random.next() < (isWrong ? calls.wrong : calls.right), at };
  });
  await world.sink.store({
    segmentId: `s${sent}`,
    processId: 'p',
    records: [
      ...rows.map(({ id }) => predictionRecord(id, { answer: { scores: [0.75, 0.25], decision: 'fine' } })),
      // Of some rows nobody knows.
      ...rows.flatMap(({ id, called, at }) => (at % 10 === 0 ? [] : [proxyRecord(id, called ? 1 : 0)])),
      ...rows.map(({ id, isWrong }) => labelRecord(`l-${id}`, { predictionId: id, label: isWrong ? 'fraud' : 'fine' })),
    ],
  });
}

async function judgeWindowOf(calls: { readonly right: number; readonly wrong: number }): Promise<void> {
  await answerWindowOf(calls);
  await judgeNext();
}

const judgeNext = () => judgeAll({ database: world.database, store: world.artifacts }, () => nudges++);

async function judgeMany(count: number, calls: { readonly right: number; readonly wrong: number }): Promise<void> {
  for (let window = 1; window <= count; window++) await judgeWindowOf(calls);
}

const proxyOf = async () => (await statusOf(world.database.db, 'fraud')).proxies[0];
const query = async <Row extends Record<string, unknown>>(text: string) =>
  (await world.database.pool.query<Row>(text)).rows;
const alertsOf = () =>
  query<{ severity: string; open: boolean; title: string }>(
    `select severity, closed_at is null as open, title from alert where kind = 'proxy-worse'`,
  );
/** What an alarm by a proxy must leave as it is. */
const decided = async () => ({
  routing: await query('select revision, entry from routing'),
  trained: await query('select retrain, trigger from decision where retrain or trigger is not null'),
  nudges,
});

test('a proxy rings as information until it has agreed, as a warning from then on, and no more', async () => {
  const unrelated = { right: 0.1, wrong: 0.1 };
  await judgeMany(12, unrelated);
  expect(await proxyOf()).toMatchObject({ window: 12, verdict: 'steady', rows: 54, coverage: 0.9 });
  expect((await proxyOf())?.agreement).not.toBe('agrees');
  expect(await alertsOf()).toEqual([]);
  const before = await decided();

  await judgeWindowOf({ right: 0.6, wrong: 0.6 });
  expect(await proxyOf()).toMatchObject({ verdict: 'worse' });
  expect((await proxyOf())?.agreement).not.toBe('agrees');
  const title = 'fraud: call got worse in window 13';
  expect(await alertsOf()).toEqual([{ severity: 'info', open: true, title }]);
  expect(await decided()).toEqual(before);

  // From now on those call who were wronged, until it is proven.
  const following = { right: 0.02, wrong: 0.6 };
  await judgeMany(16, following);
  expect(await alertsOf()).toEqual([{ severity: 'info', open: false, title }]);
  expect(await proxyOf()).toMatchObject({ verdict: 'steady', agreement: 'agrees' });
  await judgeWindowOf({ right: 0.4, wrong: 1 });
  expect(await proxyOf()).toMatchObject({ verdict: 'worse', agreement: 'agrees' });
  expect(await alertsOf()).toMatchObject([{ severity: 'warning', open: true }]);
  expect(await decided()).toEqual(before);
});

test('a value says what was known when its window closed: later ones change nothing that was said', async () => {
  const [before] = await query<{ mean: number }>('select mean from window_proxy where window_number = 1');
  await world.sink.store({
    segmentId: 'late',
    processId: 'p',
    records: [proxyRecord('p1', 99, { receivedAtMs: 2e12 })],
  });
  await judgeWindowOf({ right: 0.1, wrong: 0.1 });
  expect(await query('select mean from window_proxy where window_number = 1')).toEqual([before]);
});

test('rows that were erased are no rows without a value', async () => {
  await answerWindowOf({ right: 0.1, wrong: 0.1 });
  // Half of the window goes before it is judged, with its values, as an erasure takes them.
  const rows = rowsOfWindow / 2;
  const half = `(select seq from prediction where model = 'fraud' order by seq desc offset ${rows} limit ${rows})`;
  await world.database.pool.query(`delete from proxy where model = 'fraud' and prediction_seq in ${half}`);
  await world.database.pool.query(`delete from prediction where model = 'fraud' and seq in ${half}`);
  await judgeNext();
  expect(await proxyOf()).toMatchObject({ rows: 27, coverage: 0.9 });
});
