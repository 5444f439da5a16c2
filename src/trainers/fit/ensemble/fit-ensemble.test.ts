import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../../../tests/worlds/training-fixture.ts';
import { completeTrainer, ownTrainerOf, type TrainerInput } from '../../../domain/spec/trainer-spec.ts';
import type { EnsembleAsk } from '../../../domain/training/search/ensemble.ts';
import { search } from '../../../sdk/declare/trainer/trainer.ts';
import { files } from '../../prepare/folder.ts';
import { runStep } from '../../run-train.ts';

const quiet = async () => undefined;
let folder = '';
let prepared = '';
/** Few, large steps on a tenth of the rows: each is off in a way of its own. */
const rough = (leavesMax: number, seed: number) =>
  ownOf({ kind: 'gbdt', treesMax: 6, learningRate: 0.8, rowShare: 0.1, leavesMax, seed });
const ownOf = (trainer: TrainerInput) =>
  ownTrainerOf(completeTrainer({ historyShares: [1], ...trainer } as TrainerInput));
const trials = [4, 6, 8, 10, 12].map((leavesMax, at) => ({ number: at + 1, settings: rough(leavesMax, at + 1) }));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-ensemble-'));
  const data = join(folder, 'rows.parquet');
  await writeFixture(data, 'binary', 6_000);
  const job = fixtureJob(fixtureSpec(fixtureTargets.binary, {}, search()), folder, data, 'prepared');
  await runStep('prepare', { ...job, job: 'prepare' }, quiet);
  prepared = job.folder;
  for (const { number, settings } of trials)
    // oxlint-disable-next-line no-await-in-loop -- as a search does them
    await runStep(
      'trial',
      { job: 'trial', folder: prepared, number, rung: 0, share: 1, settings, isKept: true },
      quiet,
    );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const judgement = { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null };
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A fit of a copy of what was prepared, so that nothing that an earlier fit left is met. */
async function fitOf(name: string, ensemble?: EnsembleAsk, withAnswers = true, settings = trials[0]?.settings) {
  const own = join(folder, name);
  await cp(prepared, own, { recursive: true });
  if (!withAnswers) await rm(join(own, files.checkpoint), { recursive: true });
  await runStep(
    'fit',
    {
      job: 'fit',
      folder: own,
      ...(settings === undefined ? {} : { settings }),
      ...(ensemble === undefined ? {} : { ensemble }),
    },
    quiet,
  );
  const report = await runStep('judge', { job: 'judge', folder: own, ...judgement }, quiet);
  return { report, digest: sha(await readFile(join(own, report.release.modelFile))) };
}

test('the mean of rough trials is taken, is one file, and is better where nobody has looked', async () => {
  const kept = (await readdir(join(prepared, files.checkpoint))).filter((name) => name.endsWith('-answers.f64'));
  expect(kept).toHaveLength(trials.length);
  const single = await fitOf('single');
  const mean = await fitOf('mean', { membersMax: 5, trials });
  const { ensemble } = mean.report;
  expect(ensemble?.isTaken).toBe(true);
  expect(ensemble?.members.length).toBeGreaterThan(1);
  expect(ensemble?.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  expect(ensemble?.held?.loss).toBeLessThan(ensemble?.held?.lossOfBest ?? 0);
  expect(mean.report.candidate.family).toBe('ensemble');
  expect(mean.report.release.family).toBe('ensemble');
  const [own, other] = [mean, single].map(({ report }) => report.candidate.testMetrics.logLoss ?? 0);
  expect(own).toBeLessThan((other ?? 0) - 0.01);
  expect(mean.report.parity.maxAbsoluteDifference).toBeLessThan(1e-5);

  // A worker that was lost with the answers of its trials changes nothing.
  expect((await fitOf('lost', { membersMax: 5, trials }, false)).digest).toBe(mean.digest);
  // And whoever knows the members needs no trials to make the same file again.
  expect((await fitOf('again', { members: ensemble?.members ?? [] }, false)).digest).toBe(mean.digest);
});

test('there are no more members than may be', async () => {
  const { report } = await fitOf('two', { membersMax: 2, trials });
  expect(report.ensemble?.members).toHaveLength(2);
});

test('where the best trial is as good alone, it answers alone, and says why', async () => {
  const [first] = trials;
  const same = first === undefined ? [] : [first, { ...first, number: 2 }];
  const { report, digest } = await fitOf('same', { membersMax: 5, trials: same });
  expect(report.ensemble).toMatchObject({ isTaken: false, why: 'no mean was better on the rows that choose' });
  expect(report.candidate.family).toBe('gbdt');
  expect(digest).toBe((await fitOf('same-single')).digest);
  const one = await fitOf('one', { membersMax: 5, trials: trials.slice(0, 1) });
  expect(one.report.ensemble).toEqual({ isTaken: false, why: 'fewer than two trials have a loss', members: [] });
});

test('a mean that is better by luck alone is not taken', async () => {
  const best = ownOf({ kind: 'gbdt', treesMax: 200, learningRate: 0.1 });
  const near = [best, { ...best, l2: 2 }, { ...best, rowsPerLeafMin: 21 }];
  const asked = near.map((settings, at) => ({ number: at + 1, settings }));
  const { report } = await fitOf('near', { membersMax: 5, trials: asked }, true, best);
  expect(report.ensemble?.isTaken).toBe(false);
  expect(report.candidate.family).toBe('gbdt');
});

test('their mean is calibrated as one model', async () => {
  const calibrated = trials.map(({ number, settings }) => ({
    number,
    settings: { ...settings, calibration: 'platt' as const },
  }));
  const [first] = calibrated;
  const { report } = await fitOf('calibrated', { membersMax: 5, trials: calibrated }, true, first?.settings);
  expect(report.candidate.family).toBe('ensemble');
  expect(report.calibration).toMatchObject({ method: 'platt' });
});
