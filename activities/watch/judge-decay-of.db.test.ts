import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import type { VersionRow } from '../../src/db/models/versions.ts';
import { completeSpec } from '../../src/domain/spec/default-spec.ts';
import { quarterHourMs } from '../../src/domain/training/hold-out-rows.ts';
import { writeTestScores } from '../../src/trainers/judge/write-test-scores.ts';
import { seasonLosses } from '../../tests/worlds/season-losses.ts';
import { createServingWorld, worldSpec, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import path from 'node:path';
import { judgeDecayOf } from './judge-decay-of.ts';

// Eight days of a hold-out that is harder by day, then four days of traffic with losses like those of the hold-out.
const season = { phases: 'hour-of-day', timeZone: 'Europe/Berlin' } as const;
const spec = completeSpec({ ...worldSpec, watch: { ...worldSpec.watch, season } });
const holdOutRows = 3_840;
const stream = seasonLosses(
  { name: 'activity', season, rowsPerHour: 20, referenceRows: holdOutRows, swing: 0.6, daySpread: 0 },
  holdOutRows + 1_920,
  'activity',
  () => 0,
);
/** The probability of the label, so that its log loss is this one. */
const rowOf = (at: number, isTimed: boolean, rise: number) => {
  const p = Math.exp(-Math.max(1e-6, (stream.losses[at] ?? 0) * (1 + rise)));
  const scores = [1 - p, p];
  const eventTimeMs = stream.timesMs[at] ?? null;
  const told = { seq: at + 1, scores, rawScores: scores, label: 'fraud', entity: null };
  return isTimed ? { ...told, eventTimeMs } : told;
};
const recent =
  (rise: number, isTimed = true) =>
  async () =>
    Promise.resolve(Array.from({ length: 1_920 }, (_, at) => rowOf(holdOutRows + at, isTimed, rise)));

let world: ServingWorld;
beforeAll(async () => {
  world = await createServingWorld();
  const losses = [...stream.losses.subarray(0, holdOutRows)];
  const quarters = stream.timesMs.slice(0, holdOutRows).map((timeMs) => Math.floor(timeMs / quarterHourMs));
  for (const [run, times] of [
    ['timed', { holdOutQuarterHours: quarters }],
    ['untimed', {}],
  ] as const)
    await putEvidence(world.database.db, {
      model: 'fraud',
      kind: 'gate',
      subject: { of: 'run', runId: `train/fraud/${run}` },
      verdict: 'pass',
      body: { holdOutLosses: losses, holdOutProbabilityMin: 0.001, ...times },
    });
});
afterAll(() => world.close());

const judge = async (run: 'timed' | 'untimed', of = spec, rows = recent(0)) => {
  const champion = { model: 'fraud', version: 1, runId: `train/fraud/${run}` } as VersionRow;
  return (await judgeDecayOf(world.database.db, 1, champion, of, rows)).decay;
};

test('decay is held against the same hours, by the times that the gate kept and those of the traffic', async () => {
  const still = await judge('timed');
  expect(still).toMatchObject({ verdict: 'steady', reference: { season: { of: season } } });
  expect(still.text).toContain('Held against the same hour of day (Europe/Berlin).');
  expect((await judge('timed', spec, recent(0.5))).verdict).toBe('decayed');
});

test('a gate that kept no times, or traffic without times, says so and judges nothing by a clock', async () => {
  const old = await judge('untimed');
  expect(old.reference).not.toHaveProperty('season');
  expect(old.text).toContain('The declared season is not heeded');
  expect(await judge('timed', spec, recent(0, false))).toMatchObject({ verdict: 'insufficient', rows: { recent: 0 } });
  const none = await judge('timed', completeSpec(worldSpec));
  expect(none.reference).not.toHaveProperty('season');
  expect(none.text).not.toContain('season');
});

test('scores of a hold-out keep when rows happened where a season is declared, and only there', async () => {
  const file = path.join(world.artifactDir, 'scores.parquet');
  const scores = {
    order: Float64Array.of(1, 2),
    labels: Float64Array.of(0, 1),
    candidate: Float64Array.of(0.9, 0.1, 0.2, 0.8),
    champion: null,
    baselines: {},
    gains: null,
    slices: { count: 0, members: new Float64Array() },
    width: 2,
  };
  await writeTestScores(file, { ...scores, eventTimeMs: Float64Array.of(1_767_571_200_000, Number.NaN) });
  expect((await readTestScores(file, [])).eventTimesMs).toEqual([1_767_571_200_000, null]);
  await writeTestScores(file, { ...scores, eventTimeMs: null });
  expect((await readTestScores(file, [])).eventTimesMs).toBeNull();
});
