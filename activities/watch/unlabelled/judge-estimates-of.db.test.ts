import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusOf } from '../../../src/db/views/views-status.ts';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import type { RoutedVersion } from '../../../src/domain/rollout/routing.ts';
import type { EstimateJudgement } from '../../../src/domain/watch/judge-estimate.ts';
import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { logistic } from '../../../tests/worlds/paired-world.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import type { EstimatedWindow } from './judge-estimates-of.ts';
import { judgeAll } from '../../../tests/worlds/judge-all.ts';

const rowsOfWindow = 60;
let world: ServingWorld;
let sent = 0;
let nudges = 0;
let champion: RoutedVersion;
const random = createRandom('estimates');

beforeAll(async () => {
  world = await createServingWorld();
  champion = await world.addVersion(1, [0.75, 0.25]);
  await world.route({ champion, stage: 'steady' });
  await setWatchShards(world.database, 1);
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(jsonb_set(spec, '{watch,window}', $1::jsonb),
      '{retrain,growthFactor}', 'null')`,
    [JSON.stringify({ rows: rowsOfWindow })],
  );
  // Without a training behind it, every window asks for the first one.
  await world.database.pool.query(
    `insert into run (run_id, model, kind, status, input) values ('train/fraud/1', 'fraud', 'train', 'completed',
      '{"specRevision": 1, "trigger": "first"}')`,
  );
});
afterAll(() => world.close());

interface Traffic {
  /** Mean log-odds of the rows. */
  readonly center?: number;
  /** Whether labels are what the probabilities say, or the opposite. */
  readonly isTrue?: boolean;
  readonly versions?: readonly number[];
}

/** A window of answers with their labels, judged; what is said of it before they count. */
async function judgeWindowOf({ center = 2, isTrue = true, versions = [1] }: Traffic = {}): Promise<EstimatedWindow> {
  const rows = Array.from({ length: rowsOfWindow }, (_, at) => {
    const fraud = logistic(center + random.normal());
    const isFraud = random.next() < fraud === isTrue;
    return { id: `p${sent++}`, fraud, label: isFraud ? 'fraud' : 'fine', version: versions[at % versions.length] ?? 1 };
  });
  await world.sink.store({
    segmentId: `s${sent}`,
    processId: 'p',
    records: [
      ...rows.map(({ id, fraud, version }) =>
        predictionRecord(id, {
          version,
          answer: { scores: [1 - fraud, fraud], decision: fraud >= 0.5 ? 'fraud' : 'fine' },
        }),
      ),
      ...rows.map(({ id, label }) => labelRecord(`l-${id}`, { predictionId: id, label })),
    ],
  });
  await judgeAll({ database: world.database, store: world.artifacts }, () => nudges++);
  const { rows: found } = await world.database.pool.query<{ body: { estimate: EstimatedWindow } }>(
    `select body from evidence where kind = 'window' order by evidence_id desc limit 1`,
  );
  const estimate = found[0]?.body.estimate;
  if (estimate === undefined) throw new Error('the window was not estimated');
  return estimate;
}

async function judgeMany(count: number, traffic?: Traffic): Promise<EstimatedWindow> {
  let last = await judgeWindowOf(traffic);
  for (let window = 2; window <= count; window++) last = await judgeWindowOf(traffic);
  return last;
}

const lossOf = ({ metrics }: EstimatedWindow): EstimateJudgement => {
  const loss = metrics['logLoss'];
  if (loss === undefined) throw new Error('no loss');
  return loss;
};
const alertsOf = async () =>
  (
    await world.database.pool.query<{ kind: string; open: boolean }>(
      `select kind, closed_at is null as open from alert where kind = 'estimated-decay'`,
    )
  ).rows;
const status = async () => (await statusOf(world.database.db, 'fraud')).estimate;

test('an interval after ten windows, trust after ten that held; it rings, and decides nothing', async () => {
  // The youngest window is not mature, and the one before is measured after it was judged.
  expect(lossOf(await judgeMany(11))).toMatchObject({ interval: null, trust: 'not-yet', compared: 0 });
  const stated = lossOf(await judgeWindowOf());
  expect(stated).toMatchObject({ trust: 'not-yet', basis: { windows: 10, throughWindow: 10 } });
  const trusted = await judgeMany(18);
  expect(lossOf(trusted)).toMatchObject({ trust: 'trusted', basis: { windows: 20, throughWindow: 20 } });
  expect(trusted.alarm?.verdict).toBe('steady');
  expect(await status()).toMatchObject({ window: 30, metric: 'logLoss', trust: 'trusted', text: trusted.text });
  expect(await alertsOf()).toEqual([]);
  // What was said first stands, whatever is measured later.
  const { rows: kept } = await world.database.pool.query<{ stated: Record<string, unknown> }>(
    'select stated from window_estimate where window_number = 12',
  );
  const { estimated, interval, basis } = stated;
  expect(kept[0]?.stated['logLoss']).toEqual({ estimated, interval, basis });

  const before = await world.database.pool.query('select revision, entry from routing');
  const told = nudges;
  expect((await judgeWindowOf({ center: 0 })).alarm?.verdict).toBe('decayed');
  expect(await alertsOf()).toEqual([{ kind: 'estimated-decay', open: true }]);
  const { rows: decisions } = await world.database.pool.query<{ retrain: boolean; trigger: string | null }>(
    `select retrain, trigger from decision where window_number = 31`,
  );
  const decay = await world.database.pool.query<{ verdict: string }>(
    `select body -> 'decay' ->> 'verdict' as verdict from evidence where kind = 'window'
     order by evidence_id desc limit 1`,
  );
  expect(decay.rows[0]?.verdict).not.toBe('decayed');
  expect(decisions).toEqual([{ retrain: false, trigger: null }]);
  expect(nudges).toBe(told);
  expect((await world.database.pool.query('select revision, entry from routing')).rows).toEqual(before.rows);

  await judgeWindowOf();
  expect(await alertsOf()).toEqual([{ kind: 'estimated-decay', open: false }]);
});

test('labels that say the opposite end trust, and what is not trusted rings no alarm', async () => {
  const last = await judgeMany(8, { isTrue: false });
  expect(lossOf(last)).toMatchObject({ trust: 'not-trusted', basis: { throughWindow: 20 } });
  expect(await status()).toMatchObject({ trust: 'not-trusted' });
  const unsure = await judgeWindowOf({ center: 0, isTrue: false });
  expect(unsure.alarm).toMatchObject({ verdict: 'insufficient' });
  expect(await alertsOf()).toEqual([{ kind: 'estimated-decay', open: false }]);
});

test('a window that two versions answered is not estimated, and is no witness', async () => {
  await world.addVersion(2, [0.4, 0.6]);
  const mixed = await judgeWindowOf({ versions: [1, 2] });
  expect(mixed).toMatchObject({ metrics: {}, alarm: null, text: 'Not estimated: 2 versions answered in window 42.' });
  expect((await world.database.pool.query('select from window_estimate where window_number = 42')).rowCount).toBe(0);
  expect(await status()).toMatchObject({ trust: 'not-yet', estimated: null });
});

test('trust begins anew with answers that are corrected, and is found again after them', async () => {
  await world.route({ champion: { ...champion, correction: 'c'.repeat(64) } });
  const corrected = await judgeWindowOf();
  expect(corrected).toMatchObject({ isCorrected: true });
  expect(lossOf(corrected)).toMatchObject({ trust: 'not-yet', basis: null, compared: 0 });
  await world.route({ champion });
  const again = await judgeWindowOf();
  expect(again).toMatchObject({ isCorrected: false });
  expect(lossOf(again)).toMatchObject({ basis: { windows: 20, throughWindow: 20 } });
});
