import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProfileReader } from '../../../src/artifacts/profile-reader.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import type { WindowRow } from '../../../src/db/watching/windows.ts';
import { completeSpec } from '../../../src/domain/spec/default-spec.ts';
import { createServingWorld, worldSpec, type ServingWorld } from '../../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../../tests/worlds/spool-records.ts';
import { alertKindsAfter } from '../../../tests/worlds/rung-alerts.ts';
import { judgeLabelsOf } from './judge-labels-of.ts';

const spec = completeSpec(worldSpec);
let world: ServingWorld;
let champion: VersionRow;

beforeAll(async () => {
  world = await createServingWorld();
  // One in five of the first 400 rows turns out to be fraud, and one in two of those after them.
  const rows = Array.from({ length: 800 }, (_, row) => row);
  await world.sink.store({
    segmentId: 's',
    processId: 'p',
    records: [
      ...rows.map((row) => predictionRecord(`p${row}`)),
      ...rows.map((row) =>
        labelRecord(`l${row}`, { predictionId: `p${row}`, label: row % (row < 400 ? 5 : 2) === 0 ? 'fraud' : 'fine' }),
      ),
    ],
  });
  const label = {
    name: 'label',
    kind: 'category',
    values: ['fine', 'fraud'],
    counts: [800, 200],
    other: 0,
    missing: 0,
  };
  const profile = { formatVersion: 1, rows: 1_000, features: [], prediction: label, label };
  const profileDigest = await world.artifacts.putBytes(Buffer.from(JSON.stringify(profile)));
  champion = { model: 'fraud', version: 1, profileDigest } as VersionRow;
});
afterAll(() => world.close());

const window = { model: 'fraud', number: 1, rows: 400 } as WindowRow;
const judged = (matureSeq: number, of = spec, by = champion) =>
  judgeLabelsOf(world.database.db, createProfileReader(world.artifacts), of, by, window, matureSeq);

test('labels of the latest mature rows, as many as the window has, are held against the training', async () => {
  expect(await judged(400)).toMatchObject({ verdict: 'stable', rows: 400, throughSeq: 400 });
  expect(await judged(800)).toMatchObject({
    verdict: 'drift',
    rows: 400,
    part: { label: 'fraud', now: 0.5, before: 0.2 },
    histogram: { current: [200, 200] },
  });
  // Rows whose slowest labels have not come are not looked at.
  expect(await judged(150)).toMatchObject({ verdict: 'insufficient', rows: 150 });
  expect(await judged(0)).toMatchObject({ verdict: 'insufficient', rows: 0 });
});

test('it rings until labels are as they were, and says which kinds of drift the tests speak for', async () => {
  const drift = { verdict: 'stable', features: [], drifted: [], text: '' } as never;
  const [drifted, stable] = [await judged(800), await judged(400)];
  expect(await alertKindsAfter(world, spec, champion, { drift, labels: drifted })).toEqual([
    ['label-drift', expect.stringMatching(/^By the tests of this window labels of mature rows moved, and neither/)],
  ]);
  expect(await alertKindsAfter(world, spec, champion, { drift, labels: stable })).toEqual([]);
});

test('where the definition wants no such test there is none, and a reference without labels says so', async () => {
  expect(await judged(800, { ...spec, watch: { ...spec.watch, labelDrift: null } })).toBeNull();
  const bare = await world.artifacts.putBytes(
    Buffer.from(JSON.stringify({ formatVersion: 1, rows: 9, features: [], prediction: {} })),
  );
  expect(await judged(800, spec, { ...champion, profileDigest: bare })).toMatchObject({
    verdict: 'insufficient',
    text: expect.stringMatching(/the reference of the champion has none/),
  });
});

test('with a season, labels are held against those of the same hours, and unknown hours are left out', async () => {
  const at = (hour: number) => Date.UTC(2026, 0, 5, hour);
  // Labels of the night: half of them are fraud. By day one in ten is.
  await world.sink.store({
    segmentId: 'night',
    processId: 'p',
    records: Array.from({ length: 400 }, (_, row) => row).flatMap((row) => [
      predictionRecord(`n${row}`, { eventTimeMs: at(row < 100 ? 22 : 3) }),
      labelRecord(`ln${row}`, { predictionId: `n${row}`, label: row % 2 === 0 ? 'fraud' : 'fine' }),
    ]),
  });
  const counted = (fine: number, fraud: number) => [fine, fraud, 0, 0];
  const isKnown = Array.from({ length: 24 }, (_, hour) => hour !== 22);
  const season = { phases: 'hour-of-day', timeZone: 'UTC', rows: isKnown.map(() => 1_000), isKnown } as const;
  const label = {
    name: 'label',
    kind: 'category',
    values: ['fine', 'fraud'],
    counts: [18_000, 6_000],
    other: 0,
    missing: 0,
    seasonal: { counts: isKnown.map((_, hour) => (hour < 8 ? counted(500, 500) : counted(900, 100))), memory: [] },
  };
  const { seasonal: _, ...plain } = label;
  const digestOf = (of: object) =>
    world.artifacts.putBytes(
      Buffer.from(JSON.stringify({ formatVersion: 1, rows: 1_000, features: [], prediction: label, ...of })),
    );
  const seasonSpec = { ...spec, watch: { ...spec.watch, season: { phases: 'hour-of-day', timeZone: 'UTC' } as const } };
  const by = async (of: object) =>
    judgeLabelsOf(
      world.database.db,
      createProfileReader(world.artifacts),
      seasonSpec,
      { ...champion, profileDigest: await digestOf(of) },
      { ...window, number: 9 },
      1_200,
    );
  expect(await by({ label, season })).toMatchObject({
    verdict: 'stable',
    rows: 300,
    text: expect.stringMatching(
      /Held against the same hour of day \(UTC\)\. 100 rows of phases with too few reference rows are left out\.$/,
    ),
  });
  expect(await by({ label: plain, season })).toMatchObject({
    verdict: 'drift',
    rows: 400,
    text: expect.stringContaining('The declared season is not heeded'),
  });
});
