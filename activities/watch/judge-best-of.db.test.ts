import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandContext } from '../../src/commands/base/context.ts';
import { resetBest } from '../../src/commands/control/reset-best.ts';
import { closeAlertByHand } from '../../src/db/watching/close-alert.ts';
import { readBest } from '../../src/db/watching/best-reference.ts';
import { setWatchShards } from '../../src/db/watching/watch-layout.ts';
import { statusOf } from '../../src/db/views/views-status.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { silentBus } from '../../tests/worlds/silent-bus.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { judgeAll } from '../../tests/worlds/judge-all.ts';

// The second champion is a little better than the first was at its end, and far below its best.
const windowRows = 200;
const segmentRows = 100;
const scoresOf: Readonly<Record<number, readonly number[]>> = {
  1: [0.9, 0.1],
  2: [0.7, 0.3],
  3: [0.9, 0.1],
  4: [0.7, 0.3],
};

let world: ServingWorld;
let sent = 0;
let champion = 0;

beforeAll(async () => {
  world = await createServingWorld();
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(jsonb_set(spec, '{watch,window}', $1::jsonb), '{watch,decay}',
      $2::jsonb)`,
    [
      JSON.stringify({ rows: windowRows }),
      JSON.stringify({ alpha: 0.01, relativeRiseMin: 0.1, labelledRowsMin: 150, referenceRows: 400 }),
    ],
  );
  await setWatchShards(world.database, 1);
});
afterAll(() => world.close());

async function makeChampion(version: number): Promise<void> {
  champion = version;
  await world.route({ champion: await world.addVersion(version, scoresOf[version] ?? []), stage: 'steady' });
}

/** Closed and judged windows of answers, of which one in `every` turns out to be fraud. */
async function windows(count: number, every: number): Promise<Record<string, unknown>> {
  for (let segment = 0; segment < (count * windowRows) / segmentRows; segment++) {
    const rows = Array.from({ length: segmentRows }, () => sent++);
    // oxlint-disable-next-line no-await-in-loop -- segments in their order
    await world.sink.store({
      segmentId: `s${sent}`,
      processId: 'p',
      records: [
        ...rows.map((row) =>
          predictionRecord(`p${row}`, {
            version: champion,
            entityHash: row.toString(16).padStart(32, '0'),
            answer: { scores: [...(scoresOf[champion] ?? [])], decision: 'fine' },
          }),
        ),
        ...rows.map((row) =>
          labelRecord(`l${row}`, { predictionId: `p${row}`, label: row % every === 0 ? 'fraud' : 'fine' }),
        ),
      ],
    });
    // oxlint-disable-next-line no-await-in-loop -- each window before the next one begins
    if (sent % windowRows === 0) await judge();
  }
  const { rows } = await world.database.pool.query<{ decay: Record<string, unknown> }>(
    `select body -> 'decay' as decay from evidence where kind = 'window' order by evidence_id desc limit 1`,
  );
  return rows[0]?.decay ?? {};
}

async function judge(): Promise<void> {
  await judgeAll({ database: world.database, store: world.artifacts });
}

async function openAlerts(): Promise<readonly string[]> {
  const { rows } = await world.database.pool.query<{ alert: string }>(
    `select kind || ' ' || subject as alert from alert where closed_at is null and kind <> 'drift' order by 1`,
  );
  return rows.map((row) => row.alert);
}

const best = async () => (await readBest(world.database.db, 'fraud')).best;

test('far below its best is an open alert, whoever is champion, until it is near or a person resets it', async () => {
  await makeChampion(1);
  expect(await windows(4, 10)).toMatchObject({ verdict: 'steady', best: null });
  expect(await best()).toMatchObject({ version: 1, of: 1 });
  expect(await statusOf(world.database.db, 'fraud')).toMatchObject({ best: null, bestWorld: null });
  const first = await best();

  // It decays; it is the best there is, so that is said once.
  expect(await windows(2, 3)).toMatchObject({ verdict: 'decayed', best: null });
  expect(await openAlerts()).toEqual(['decay v1']);

  // Its successor is a little better than it was at the end, and no worse than promised.
  await makeChampion(2);
  const second = await windows(4, 3);
  expect(second).toMatchObject({ verdict: 'steady', best: { verdict: 'far-below', version: 1, of: 2 } });
  expect(await openAlerts()).toEqual(['below-best v1']);
  expect(await best()).toEqual({ ...first, of: 2 });
  const status = await statusOf(world.database.db, 'fraud');
  expect(status.best).toMatchObject({ verdict: 'far-below', version: 1 });
  // All amounts are of one bin of three, and all merchants the same: another world than that of the profile.
  expect(status.bestWorld).toMatchObject({ verdict: 'moved', version: 1, rows: windowRows });
  expect(status.bestWorld?.features.map(({ name }) => name).toSorted()).toEqual(['amount', 'merchant']);

  // Closed by hand it stays closed while nothing has changed.
  const { rows } = await world.database.pool.query<{ alert_id: string }>(
    `select alert_id from alert where kind = 'below-best'`,
  );
  await closeAlertByHand(world.database.db, Number(rows[0]?.alert_id), 'ana', 'seen');
  await windows(1, 3);
  expect(await openAlerts()).toEqual([]);

  // Near its best again, and away from it once more: now it rings.
  await makeChampion(3);
  expect(await windows(4, 10)).toMatchObject({ best: { verdict: 'near', of: 3 } });
  expect(await openAlerts()).toEqual([]);
  await makeChampion(4);
  expect(await windows(4, 3)).toMatchObject({ best: { verdict: 'far-below', of: 4 } });
  expect(await openAlerts()).toEqual(['below-best v1']);

  // A person says that it cannot be that good any more.
  const context: CommandContext = {
    database: world.database,
    bus: silentBus(),
    principal: { tokenId: randomUUID(), name: 'ana', role: 'operator', scope: '*' },
  };
  const done = await resetBest(context, { model: 'fraud', reason: 'the signals are gone', key: 'reset-1' });
  expect(done.text).toBe('v1 was the best; the best begins anew with the champion of the next window');
  expect(await openAlerts()).toEqual([]);
  await expect(resetBest(context, { model: 'fraud', reason: 'again', key: 'reset-2' })).rejects.toMatchObject({
    code: 'conflict',
    path: 'model',
  });
  expect(await windows(1, 3)).toMatchObject({ verdict: 'steady', best: null });
  expect(await best()).toMatchObject({ version: 4, of: 1 });
  const audit = await world.database.pool.query(
    `select actor, reason, data::jsonb as data from audit where type = 'perennial.best.reset'`,
  );
  expect(audit.rows).toEqual([{ actor: 'ana', reason: 'the signals are gone', data: { version: 1 } }]);
});

test('a window that is judged again counts its reference once, and another target begins anew', async () => {
  const stood = await best();
  await world.database.pool.query(`update "window" set judged_at = null`);
  await judge();
  expect(await best()).toEqual(stood);
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{target,column}', '"chargeback"'::jsonb)`,
  );
  await windows(1, 3);
  expect(await best()).toMatchObject({ version: 4, of: 1 });
  expect((await best())?.question).toContain('chargeback');
});
