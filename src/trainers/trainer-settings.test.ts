import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  fixtureFeatures,
  fixtureJob,
  fixtureSpec,
  fixtureTargets,
  writeFixture,
} from '../../tests/worlds/training-fixture.ts';
import { withDuck } from '../data/duck/connect.ts';
import type { FeatureSpec } from '../domain/spec/spec.ts';
import type { GbdtSpec, TrainerInputOf } from '../domain/spec/trainer-spec.ts';
import type { TrainReport } from '../domain/training/training.ts';
import { runTrain } from './run-train.ts';

let folder = '';
const rows = 1_200;
/** The model does not see it: it would know which labels are turned round. */
const trust: FeatureSpec = { name: 'trust', kind: 'number', missing: 'allow', use: 'derived' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-settings-'));
  await writeFixture(join(folder, 'regression.parquet'), 'regression', rows);
  await writeFixture(join(folder, 'plain.parquet'), 'binary', rows);
  const flipped = `"_order" < 900 AND "_order" % 7 IN (0, 2, 3, 5)`;
  await withDuck({ threads: 1 }, (duck) =>
    duck.rows(`COPY (SELECT * REPLACE (CASE WHEN NOT (${flipped}) THEN outcome WHEN outcome = 'fraud' THEN 'fine'
        WHEN outcome = 'fine' THEN 'fraud' END AS outcome),
      CASE WHEN ${flipped} THEN 0 ELSE 2 END AS trust,
      CASE WHEN "_order" = 700 THEN NULL ELSE 1 END AS lost,
      CASE WHEN "_order" = 700 THEN -1 ELSE 1 END AS below
    FROM '${join(folder, 'plain.parquet')}') TO '${join(folder, 'turned.parquet')}' (FORMAT parquet)`),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (
  name: string,
  file: string,
  trainer: Partial<GbdtSpec> | TrainerInputOf<'linear'>,
  features = [...fixtureFeatures, trust],
) => {
  const target = file === 'regression' ? fixtureTargets.regression : fixtureTargets.binary;
  const spec = fixtureSpec(target, { features }, { historyShares: [1], ...trainer });
  const job = fixtureJob(spec, folder, join(folder, `${file}.parquet`), name);
  return runTrain(job, async () => undefined);
};

describe('a weight column', () => {
  test.each(['gbdt', 'linear'] as const)('tells a %s and its baselines which rows to learn from', async (kind) => {
    const auroc = ({ candidate, baselines }: TrainReport) => [
      candidate.testMetrics.auroc ?? Number.NaN,
      baselines.find(({ family }) => family === 'linear')?.testMetrics.auroc ?? Number.NaN,
    ];
    const weighted = await train(`${kind}-weighted`, 'turned', { kind, weightColumn: 'trust' });
    const [own = 0, linear = 0] = auroc(weighted);
    const [plain = 1, linearPlain = 1] = auroc(await train(`${kind}-plain`, 'turned', { kind }));
    // Four of seven labels are turned round: who believes them all has it backwards.
    expect([own, linear].every((area) => area > 0.8)).toBe(true);
    expect([plain, linearPlain].every((area) => area < 0.55)).toBe(true);
    expect(weighted.importance.map(({ feature }) => feature)).not.toContain('trust');
  });

  test.each([
    ['lost', 'missing'],
    ['below', '-1'],
  ])('of which a row is %s is refused by its row', async (name, value) => {
    const weights: FeatureSpec = { name, kind: 'number', missing: 'allow', use: 'derived' };
    const run = train(name, 'turned', { weightColumn: name }, [...fixtureFeatures, weights]);
    await expect(run).rejects.toMatchObject({
      code: 'invalid_data',
      path: 'trainer.weightColumn',
      message: expect.stringMatching(
        new RegExp(`^the weight column "${name}" is ${value} in labelled row \\d+; a weight is 0 or more, and finite$`),
      ),
    });
  });
});

describe('an objective', () => {
  test.each([
    { objective: 'absolute' },
    { objective: 'huber', huberDelta: 20 },
    { objective: 'quantile', quantile: 0.5 },
    { objective: 'poisson', rowShare: 0.8, columnShare: 0.8, monotone: { 'amount paid': 'increasing' } },
  ] as const)('goes through all steps of a training: $objective', async (trainer) => {
    const report = await train(trainer.objective, 'regression', { kind: 'gbdt', ...trainer }, [...fixtureFeatures]);
    const [prior] = report.baselines;
    expect(report.candidate.testMetrics.mae).toBeLessThan(0.6 * (prior?.testMetrics.mae ?? 0));
    expect(report.parity.rows).toBeGreaterThan(100);
  });

  test('of a quantile is judged by pinball loss, against the same quantile of the labels alone', async () => {
    const trainer = { objective: 'quantile', quantile: 0.9 } as const;
    const report = await train('upper', 'regression', { kind: 'gbdt', ...trainer }, [...fixtureFeatures]);
    const [prior] = report.baselines;
    expect(report.candidate.testMetrics.pinball).toBeLessThan(0.75 * (prior?.testMetrics.pinball ?? 0));
    const scores = await withDuck({ threads: 1 }, (duck) =>
      duck.rows(`SELECT avg(CAST(label < candidate[1] AS INT)) AS own, avg(CAST(label < prior[1] AS INT)) AS prior
        FROM '${join(folder, 'upper', report.testScoresFile)}'`),
    );
    // Of 170 test rows a share of nine tenths has a standard error of 0.023; trees of few rows cover less than asked.
    expect(Math.abs(Number(scores[0]?.['prior']) - 0.9)).toBeLessThan(0.08);
    expect(Math.abs(Number(scores[0]?.['own']) - 0.9)).toBeLessThan(0.15);
    const plain = await train('means', 'regression', { kind: 'gbdt' }, [...fixtureFeatures]);
    expect(plain.candidate.testMetrics.pinball).toBeUndefined();
  });

  test('of counts refuses a target below 0, and names the row', async () => {
    await withDuck({ threads: 1 }, (duck) =>
      duck.rows(`COPY (SELECT * REPLACE (outcome - 1000 AS outcome) FROM '${join(folder, 'regression.parquet')}')
        TO '${join(folder, 'negative.parquet')}' (FORMAT parquet)`),
    );
    const spec = fixtureSpec(fixtureTargets.regression, {}, { objective: 'poisson' });
    const job = fixtureJob(spec, folder, join(folder, 'negative.parquet'), 'negative');
    await expect(runTrain(job, async () => undefined)).rejects.toMatchObject({
      code: 'invalid_data',
      path: 'trainer.objective',
      message: expect.stringMatching(
        /^the target column "outcome" is -\d+\.?\d* in labelled row \d+; poisson takes 0 or more$/,
      ),
    });
  });
});
