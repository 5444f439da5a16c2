import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeTrainer, ownTrainerOf } from '../../domain/spec/trainer-spec.ts';
import { search } from '../../sdk/declare/trainer/trainer.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../../tests/worlds/training-fixture.ts';
import { runStep } from '../run-train.ts';

let folder = '';
let prepared = '';
const quiet = async () => undefined;
const settings = ownTrainerOf(completeTrainer({ kind: 'gbdt', treesMax: 60, learningRate: 0.1 }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-trials-'));
  const data = join(folder, 'rows.parquet');
  await writeFixture(data, 'binary', 8_000);
  const job = fixtureJob(fixtureSpec(fixtureTargets.binary, {}, search()), folder, data, 'prepared');
  await runStep('prepare', { ...job, job: 'prepare' }, quiet);
  prepared = job.folder;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trial = (share: number, number = 1) =>
  runStep('trial', { job: 'trial', folder: prepared, number, rung: 0, share, settings }, quiet);

test('a trial is the same whenever it is done, and a share of the rows is a share', async () => {
  const whole = await trial(1);
  const { computeMs: _, ...again } = await trial(1);
  expect(whole).toMatchObject(again);
  const third = await trial(1 / 3, 2);
  expect(third.rows / whole.rows).toBeGreaterThan(0.3);
  expect(third.rows / whole.rows).toBeLessThan(0.37);
  // More rows teach more, of a table that has a signal.
  expect(whole.loss).toBeLessThan(third.loss);
  // A share that would leave next to nothing sees a thousand rows.
  const few = await trial(0.001, 3);
  expect(few.rows).toBeGreaterThan(850);
  expect(few.rows).toBeLessThan(1_150);
});

test('what is chosen is fitted as if the definition had named it', async () => {
  await runStep('fit', { job: 'fit', folder: prepared, settings: { ...settings, historyShares: [1] } }, quiet);
  const report = await runStep(
    'judge',
    {
      job: 'judge',
      folder: prepared,
      championModelPath: null,
      championThreshold: null,
      championTrainedThroughOrder: null,
      search: { trials: 1, failed: 0, chosen: 1, loss: 0.1, computeMs: 1, ended: 'trials', settings },
    },
    quiet,
  );
  expect(report.candidate.family).toBe('gbdt');
  expect(report.search?.chosen).toBe(1);
  expect(report.baselines.map(({ family }) => family)).toEqual(['prior', 'linear']);
});
