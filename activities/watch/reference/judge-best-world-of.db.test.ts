import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfileReader } from '../../../src/artifacts/profile-reader.ts';
import { putBest } from '../../../src/db/watching/best-reference.ts';
import { findVersion } from '../../../src/db/models/versions.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import type { LossReference } from '../../../src/domain/watch/loss-reference.ts';
import { createServingWorld, worldSpec, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { judgeBestWorldOf } from './judge-best-world-of.ts';

const seasonOf = { phases: 'hour-of-day', timeZone: 'UTC' } as const;
const usual = completeSpec(worldSpec);
const spec = { ...usual, watch: { ...usual.watch, season: seasonOf } };
const at = (hour: number) => Date.UTC(2026, 0, 5, hour);
let world: ServingWorld;

/** 400 rows that version 2 answered at night, of small amounts, and 50 of an hour that the reference does not know. */
beforeAll(async () => {
  world = await createServingWorld();
  await world.addVersion(1, [0.75, 0.25]);
  await world.addVersion(2, [0.75, 0.25]);
  await world.sink.store({
    segmentId: 's',
    processId: 'p',
    records: Array.from({ length: 450 }, (_, row) =>
      predictionRecord(`p${row}`, {
        version: 2,
        eventTimeMs: at(row < 400 ? 3 : 22),
        numbers: [row < 400 ? 5 : 50, 1],
        texts: ['a'],
      }),
    ),
  });
  await putBest(
    world.database.db,
    'fraud',
    { version: 1, window: 1, reference: {} as LossReference, of: 2, question: 'q' },
    1,
  );
});
afterAll(() => world.close());

/** The world of version 1: amounts are below 10 by night and above by day, as many of each. */
async function judged(profile: object) {
  const profileDigest = await world.artifacts.putBytes(Buffer.from(JSON.stringify(profile)));
  await world.database.pool.query('update version set profile_digest = $1 where version = 1', [profileDigest]);
  const champion = await findVersion(world.database.db, 'fraud', 2);
  if (champion === null) throw new Error('version 2 is there');
  const window = { model: 'fraud', number: 1 } as WindowRow;
  return judgeBestWorldOf(world.database.db, createProfileReader(world.artifacts), spec, champion, window);
}

test('a window of the night is held against nights, where the reference of the best champion knows them', async () => {
  await world.database.pool.query(`update "window" set last_seq = 450 where model = 'fraud' and number = 1`);
  await world.database.pool.query(`update prediction set window_number = 1`);
  const isKnown = Array.from({ length: 24 }, (_, hour) => hour !== 22);
  const counts = isKnown.map((isHour, hour) => (isHour ? (hour < 12 ? [1_000, 0, 0] : [0, 1_000, 0]) : [0, 0, 0]));
  const amount = { name: 'amount', kind: 'binned', edges: [10], counts: [12_000, 11_000], missing: 0, memory: [] };
  const heeded = {
    formatVersion: 1,
    rows: 23_000,
    features: [{ ...amount, seasonal: { counts, memory: [] } }],
    prediction: { ...amount, name: 'prediction' },
    season: { ...seasonOf, rows: isKnown.map(() => 1_000), isKnown },
  };
  expect(await judged(heeded)).toMatchObject({
    verdict: 'alike',
    version: 1,
    text: expect.stringMatching(
      /none of 1 feature .* Held against the same hour of day \(UTC\)\. 50 rows of phases .* are left out\.$/,
    ),
  });
  const { season: _, ...older } = heeded;
  expect(await judged(older)).toMatchObject({
    verdict: 'moved',
    features: [{ name: 'amount', drifted: true }],
    text: expect.stringMatching(/"amount" by .* The declared season is not heeded/),
  });
});
