import { afterAll, beforeAll, expect, test } from 'vitest';
import { setWatchShards } from '../../../src/db/watching/watch-layout.ts';
import { statusOf } from '../../../src/db/views/views-status.ts';
import type { SlicesJudgement } from '../../../src/domain/watch/slices/judge-slices.ts';
import { createServingWorld, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { judgeAll } from '../../../tests/worlds/judge-all.ts';

// Every fourth row is at night. From some window on, what happens at night is another thing than what is answered.
const windowRows = 400;
const segmentRows = 100;

let world: ServingWorld;
let sent = 0;

beforeAll(async () => {
  world = await createServingWorld();
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(jsonb_set(jsonb_set(spec, '{watch,window}', $1::jsonb),
      '{watch,decay}', $2::jsonb), '{slices}', '["night"]'::jsonb)`,
    [
      JSON.stringify({ rows: windowRows }),
      JSON.stringify({ alpha: 0.01, relativeRiseMin: 0.8, labelledRowsMin: 150, referenceRows: 800, slices: true }),
    ],
  );
  await setWatchShards(world.database, 1);
  await world.route({ champion: await world.addVersion(1, [0.9, 0.1]), stage: 'steady' });
});
afterAll(() => world.close());

/** Closed and judged windows, in which one in `every` rows of the night turns out to be fraud. */
async function windows(count: number, every: number): Promise<SlicesJudgement | null> {
  for (let segment = 0; segment < (count * windowRows) / segmentRows; segment++) {
    const rows = Array.from({ length: segmentRows }, () => sent++);
    const isNight = (row: number): boolean => row % 4 === 0;
    const isFraud = (row: number): boolean => (isNight(row) ? (row / 4) % every === 0 : row % 10 === 0);
    // oxlint-disable-next-line no-await-in-loop -- segments in their order
    await world.sink.store({
      segmentId: `s${sent}`,
      processId: 'p',
      records: [
        ...rows.map((row) =>
          predictionRecord(`p${row}`, {
            entityHash: row.toString(16).padStart(32, '0'),
            numbers: [15, isNight(row) ? 1 : 0],
            texts: [row % 8 === 0 ? null : 'a'],
            answer: { scores: [0.9, 0.1], decision: 'fine' },
          }),
        ),
        ...rows.map((row) =>
          labelRecord(`l${row}`, { predictionId: `p${row}`, label: isFraud(row) ? 'fraud' : 'fine' }),
        ),
      ],
    });
    // oxlint-disable-next-line no-await-in-loop -- each window before the next one begins
    if (sent % windowRows === 0) await judge();
  }
  const { rows } = await world.database.pool.query<{ slices: SlicesJudgement | null }>(
    `select body -> 'slices' as slices from evidence where kind = 'window' order by evidence_id desc limit 1`,
  );
  return rows[0]?.slices ?? null;
}

async function judge(): Promise<void> {
  await judgeAll({ database: world.database, store: world.artifacts });
}

async function openAlerts(): Promise<readonly string[]> {
  const { rows } = await world.database.pool.query<{ alert: string }>(
    `select kind || ': ' || title as alert from alert where closed_at is null and kind like '%decay' order by 1`,
  );
  return rows.map((row) => row.alert);
}

test('a slice is counted, measured and judged in each window; it rings while the whole is steady', async () => {
  const before = await windows(5, 10);
  expect(before).toMatchObject({ verdict: 'steady', unwatched: 0 });
  const [night, day] = before?.slices ?? [];
  expect(night).toMatchObject({ name: 'night = true', rows: 100, rowShare: 0.25, scoreMean: expect.closeTo(0.1, 9) });
  // Two of three logged features have bins; of the merchants of the night every other one is missing.
  expect(night).toMatchObject({ missingShare: 0.25, decisions: { fine: 1 }, confidenceMean: expect.closeTo(0.9, 9) });
  expect(night?.quality).toMatchObject({ metric: 'logLoss', labelledRows: expect.any(Number) });
  expect(night?.quality.interval?.lower).toBeLessThan(night?.quality.value ?? 0);
  expect(day).toMatchObject({ name: 'night = false', rows: 300, missingShare: 0 });
  // Reference and recent rows of a slice are those of the whole that are in it.
  expect(night?.decay).toMatchObject({ verdict: 'steady', reference: { rows: 200, isFixed: true } });
  expect(await openAlerts()).toEqual([]);

  const worse = await windows(3, 3);
  expect(worse).toMatchObject({
    verdict: 'decayed',
    text: expect.stringMatching(/decayed in 1 of 2 slices: night = true/),
  });
  // What the reference is does not move.
  expect(worse?.slices[0]?.decay?.reference).toEqual(night?.decay?.reference);
  expect(await openAlerts()).toEqual(['slice-decay: fraud: quality has decayed in night = true']);
  const { slices } = await statusOf(world.database.db, 'fraud');
  expect(slices).toMatchObject({ window: 8, verdict: 'decayed' });
  expect(slices?.slices[0]).toMatchObject({ name: 'night = true', metric: 'logLoss', decay: { verdict: 'decayed' } });

  // As good as ever, for as long as spans are.
  expect(await windows(7, 10)).toMatchObject({ verdict: 'steady' });
  expect(await openAlerts()).toEqual([]);
});

test('slices that are declared and not judged are counted and measured alone, and do not ring', async () => {
  await world.database.pool.query(`update spec_revision set spec = spec #- '{watch,decay,slices}'`);
  const slices = await windows(2, 3);
  expect(slices).toMatchObject({ verdict: 'insufficient', slices: [{ decay: null, rows: 100 }, { decay: null }] });
  expect(slices?.slices[0]?.quality.value).toBeGreaterThan(0);
  expect(await openAlerts()).toEqual([]);
});
