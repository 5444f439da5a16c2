import { afterAll, beforeAll, expect, test } from 'vitest';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import type { EstimatedWindow } from './judge-estimates-of.ts';
import { judgeAll } from '../../../tests/worlds/judge-all.ts';

const rowsOfWindow = 40;
let world: ServingWorld;
let sent = 0;
const random = createRandom('errors');

/** Errors of 1 where amounts are small, of 3 where they are large. */
const losses = {
  rows: 500,
  absolute: { mean: 2, terms: [{ feature: 0, effects: [-1, 1, 0] }] },
  squared: { mean: 5, terms: [{ feature: 0, effects: [-4, 4, 0] }] },
};
const profile = {
  formatVersion: 1,
  rows: 500,
  features: [{ name: 'amount', kind: 'binned', edges: [15], counts: [250, 250], missing: 0 }],
  prediction: { name: 'prediction', kind: 'binned', edges: [50], counts: [250, 250], missing: 0 },
};

beforeAll(async () => {
  world = await createServingWorld();
  const champion = await world.addVersion(1, [0.75, 0.25]);
  await world.route({ champion, stage: 'steady' });
  await setWatchShards(world.database, 1);
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(jsonb_set(jsonb_set(spec, '{watch,window}', $1::jsonb),
      '{retrain,growthFactor}', 'null'), '{target}', $2::jsonb)`,
    [
      JSON.stringify({ rows: rowsOfWindow }),
      JSON.stringify({ task: 'regression', column: 'label', labelDelay: { rows: 1 } }),
    ],
  );
  await world.database.pool.query(
    `insert into run (run_id, model, kind, status, input) values ('train/fraud/1', 'fraud', 'train', 'completed',
      '{"specRevision": 1, "trigger": "first"}')`,
  );
  await keep({ ...profile, losses });
});
afterAll(() => world.close());

async function keep(of: object): Promise<void> {
  const digest = await world.artifacts.putBytes(JSON.stringify(of));
  await world.database.pool.query('update version set profile_digest = $1', [digest]);
}

/** A window of values with their truths, judged; `large` of its amounts are large, where errors are. */
async function judgeWindowOf(large = 0.5): Promise<EstimatedWindow> {
  const rows = Array.from({ length: rowsOfWindow }, (_, at) => {
    const amount = at < large * rowsOfWindow ? 20 : 10;
    const error = (amount === 20 ? 3 : 1) * (0.9 + 0.2 * random.next());
    return { id: `p${sent++}`, amount, truth: 50 + (at % 2 === 0 ? error : -error) };
  });
  await world.sink.store({
    segmentId: `s${sent}`,
    processId: 'p',
    records: [
      ...rows.map(({ id, amount }) =>
        predictionRecord(id, { numbers: [amount, NaN], answer: { scores: [50], decision: null } }),
      ),
      ...rows.map(({ id, truth }) => labelRecord(`l-${id}`, { predictionId: id, label: String(truth) })),
    ],
  });
  await judgeAll({ database: world.database, store: world.artifacts });
  const { rows: found } = await world.database.pool.query<{ body: { estimate: EstimatedWindow } }>(
    `select body from evidence where kind = 'window' order by evidence_id desc limit 1`,
  );
  const estimate = found[0]?.body.estimate;
  if (estimate === undefined) throw new Error('the window was not estimated');
  return estimate;
}

test('values are estimated by the losses of their version, and earn trust from labels as classes do', async () => {
  const first = await judgeWindowOf();
  expect(first).toMatchObject({ rows: rowsOfWindow, loss: 'rmse' });
  expect(first.metrics['mae']).toMatchObject({ estimated: 2, interval: null, trust: 'not-yet' });
  expect(first.metrics['rmse']?.estimated).toBeCloseTo(Math.sqrt(5), 12);
  expect((await judgeWindowOf(0.4)).metrics['mae']?.estimated).toBeCloseTo(1.8, 12);
  let last = first;
  for (let window = 3; window <= 31; window++) last = await judgeWindowOf(window % 2 === 0 ? 0.45 : 0.55);
  expect(last.metrics['rmse']).toMatchObject({ trust: 'trusted', basis: { windows: 20 } });
  expect(last.alarm?.verdict).toBe('steady');

  // Inputs move to where errors are large: it rings before their labels count.
  expect((await judgeWindowOf(1)).alarm).toMatchObject({ verdict: 'decayed' });
  const { rows: alerts } = await world.database.pool.query<{ kind: string }>(
    `select kind from alert where kind = 'estimated-decay' and closed_at is null`,
  );
  expect(alerts).toHaveLength(1);
  // Pages draw what was said when the window closed.
  const { rows: kept } = await world.database.pool.query<{ estimated: Record<string, number> | null }>(
    'select estimated from window_quality where window_number = 2',
  );
  expect(kept[0]?.estimated?.['mae']).toBeCloseTo(1.8, 12);
});

test('a version without losses is not estimated, and says why', async () => {
  await keep(profile);
  expect(await judgeWindowOf()).toMatchObject({
    metrics: {},
    alarm: null,
    text: 'Not estimated: v1 came without 200 labelled rows outside of its fit.',
  });
});
