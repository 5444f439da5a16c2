import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProfile, referenceCells } from '../domain/training/profile.ts';
import type { TrainJob } from '../domain/training/training.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { runTrain } from './run-train.ts';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';

let folder = '';
const data = { binary: '', multiclass: '', regression: '', small: '' };
const quiet = async () => undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-train-'));
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    data[task] = join(folder, `${task}.parquet`);
    // oxlint-disable-next-line no-await-in-loop -- three small files
    await writeFixture(data[task], task, 2_000);
  }
  data.small = join(folder, 'small.parquet');
  await writeFixture(data.small, 'binary', 64);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const read = (job: TrainJob, file: string) => readFile(join(job.folder, file));

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('runTrain', () => {
  it('trains a binary model that beats both its prior and nothing, with evidence for every part', async () => {
    const spec = fixtureSpec(fixtureTargets.binary);
    const job = fixtureJob(spec, folder, data.binary, 'binary');
    const phases = new Set<string>();
    const report = await runTrain(job, async ({ phase }) => void phases.add(phase));
    expect([...phases].toSorted()).toEqual(['export', 'fit', 'load', 'parity', 'refit', 'score']);
    const { rows } = report;
    expect(rows.all).toBe(rows.training + rows.validation + rows.test + rows.gap);
    expect(rows.gap).toBe(40);
    expect(report.trainedThroughOrder).toBe(1_999);
    expect(report.candidate.testMetrics.auroc).toBeGreaterThan(0.85);
    expect(report.baselines.map(({ family }) => family)).toEqual(['prior', 'linear']);
    expect(report.baselines[0]?.testMetrics.auroc).toBe(0.5);
    expect(report.candidate.testMetrics.logLoss).toBeLessThan(report.baselines[0]?.testMetrics.logLoss ?? 0);
    expect(report.candidate.threshold).toBe(0.5);
    expect(report.release.trees).toBeGreaterThanOrEqual(report.candidate.trees);
    expect(report.parity).toMatchObject({ labelMismatches: 0 });
    expect(report.parity.maxAbsoluteDifference).toBeLessThan(1e-5);
    expect(report.importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(1);
    expect(
      report.importance
        .slice(0, 2)
        .map(({ feature }) => feature)
        .toSorted(),
    ).toEqual(['amount paid', 'merchant']);
    const inspected = await inspectModel(join(job.folder, report.release.modelFile));
    expect(inspected.inputs.map(({ name }) => name)).toEqual(['amount paid', 'score', 'merchant', 'online', 'at']);
    const small = report.slices.filter(({ metrics }) => metrics.rows < 30);
    expect(small.every(({ metrics }) => Object.keys(metrics).length === 1)).toBe(true);
    expect(
      report.slices.some(
        ({ column, slice, metrics }) => column === 'online' && slice === 'true' && metrics.auroc !== undefined,
      ),
    ).toBe(true);
    const profile = parseProfile(String(await read(job, report.releaseProfileFile)));
    for (const feature of profile.features)
      expect(referenceCells(feature).reduce((sum, cell) => sum + cell, 0)).toBe(profile.rows);
    expect(profile.features.find(({ name }) => name === 'at')).toMatchObject({ edges: [] });
    const scores = await query(
      `SELECT count(*) AS n, min(_order) AS low, max(_order) AS high, any_value(len(candidate)) AS width,
        count(champion) AS champions,
        count(DISTINCT prior) AS priors, count(DISTINCT linear) AS linears
        FROM '${join(job.folder, report.testScoresFile)}'`,
    );
    expect(scores[0]).toMatchObject({ n: String(rows.test), high: '1999', width: '2', champions: '0' });
    // The gate holds the candidate against them row by row.
    expect(scores[0]).toMatchObject({ priors: '1', linears: String(rows.test) });
  });

  it('writes down which test rows are in the slices that gates name, and judges named parts apart', async () => {
    const spec = fixtureSpec(fixtureTargets.binary, {
      slices: ['online', { name: 'large', feature: 'amount paid', from: 100 }],
      gates: [
        {
          gate: 'noWorseInSlices',
          metric: 'logLoss',
          margin: 0.02,
          alpha: 0.05,
          slices: ['large', 'online'],
          undecided: 'wait',
        },
      ],
    });
    const report = await runTrain(fixtureJob(spec, folder, data.binary, 'sliced'), quiet);
    const file = join(folder, 'sliced', report.testScoresFile);
    const [counted] = await query(
      `SELECT any_value(len(slices)) AS width, sum(slices[1]) AS large, sum(slices[2]) AS online,
        sum(slices[3]) AS offline, sum(slices[2] * slices[3]) AS "both" FROM '${file}'`,
    );
    const rowsOf = (column: string, slice: string) =>
      report.slices.find((found) => found.column === column && found.slice === slice)?.metrics.rows;
    expect(counted).toMatchObject({ width: '3', both: 0 });
    expect(counted?.['large']).toBe(rowsOf('amount paid', 'from 100 (large)'));
    expect(counted?.['large']).toBeGreaterThan(30);
    expect(counted?.['online']).toBe(rowsOf('online', 'true'));
    // A missing value is in no slice.
    expect(counted?.['offline']).toBe(rowsOf('online', 'false'));
    expect(Number(counted?.['online']) + Number(counted?.['offline'])).toBeLessThan(report.rows.test);
  });

  it('gives the same bytes twice, and after a kill between checkpoints', async () => {
    const spec = fixtureSpec(fixtureTargets.binary, {}, { historyShares: [1], earlyStoppingTrees: 60 });
    const first = fixtureJob(spec, folder, data.binary, 'once');
    const again = fixtureJob(spec, folder, data.binary, 'again');
    const killed = fixtureJob(spec, folder, data.binary, 'killed');
    const report = await runTrain(first, quiet);
    await runTrain(again, quiet);
    await expect(
      runTrain(killed, async ({ phase, done }) => {
        if (phase === 'fit' && done === 40) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const checkpoints = await readdir(join(killed.folder, 'checkpoint'));
    expect(checkpoints).toHaveLength(1);
    const saved: unknown = JSON.parse(await readFile(join(killed.folder, 'checkpoint', checkpoints[0] ?? ''), 'utf8'));
    expect(saved).toMatchObject({ rounds: { length: 25 } });
    await runTrain(killed, quiet);
    for (const file of [
      report.candidate.modelFile,
      report.release.modelFile,
      'linear.onnx',
      'prior.onnx',
      report.releaseProfileFile,
      report.testScoresFile,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- a few small files
      const [a, b, c] = await Promise.all([first, again, killed].map((job) => read(job, file)));
      expect(a?.length).toBeGreaterThan(100);
      expect(b !== undefined && a?.equals(b), file).toBe(true);
      expect(c !== undefined && a?.equals(c), file).toBe(true);
    }
  });

  it('trains multiclass and regression, and compares with a champion on the rows it had not seen', async () => {
    const multiclass = await runTrain(
      fixtureJob(fixtureSpec(fixtureTargets.multiclass), folder, data.multiclass, 'multiclass'),
      quiet,
    );
    expect(multiclass.candidate.testMetrics.logLoss).toBeLessThan(
      (multiclass.baselines[0]?.testMetrics.logLoss ?? 0) - 0.1,
    );
    expect(multiclass.candidate.threshold).toBeNull();
    const first = fixtureJob(fixtureSpec(fixtureTargets.regression), folder, data.regression, 'regression');
    const report = await runTrain(first, quiet);
    expect(report.candidate.testMetrics.rmse).toBeLessThan((report.baselines[0]?.testMetrics.rmse ?? 0) * 0.7);
    // What its errors go with is kept with it, learnt from the rows that the candidate had not seen.
    const { losses } = parseProfile((await read(first, report.releaseProfileFile)).toString('utf8'));
    expect(losses?.rows).toBe(report.rows.test);
    expect(losses?.absolute.mean).toBeCloseTo(report.candidate.testMetrics.mae ?? 0, 3);
    // The champion knows a feature less: it is fed what it asks for, by name.
    const older = fixtureSpec(fixtureTargets.regression);
    const second: TrainJob = {
      ...fixtureJob(
        { ...older, features: older.features.filter(({ name }) => name !== 'score') },
        folder,
        data.regression,
        'challenger',
      ),
      championModelPath: join(first.folder, report.candidate.modelFile),
      championTrainedThroughOrder: 1_899,
    };
    const challenged = await runTrain(second, quiet);
    const seen = await query(
      `SELECT count(*) AS n FROM '${join(second.folder, challenged.testScoresFile)}' WHERE _order <= 1899`,
    );
    expect(Number(seen[0]?.['n'])).toBeGreaterThan(100);
    expect(challenged.champion?.comparableRows).toBe(challenged.rows.test - Number(seen[0]?.['n']));
    expect(challenged.champion?.testMetrics.rmse).toBeLessThan((report.baselines[0]?.testMetrics.rmse ?? 0) * 0.75);
  });

  it('trains on 60 labelled rows, with a linear trainer, without a refit, and picks a threshold by value', async () => {
    const soon = { ...fixtureTargets.binary, labelDelay: { rows: 6 } };
    const small = await runTrain(fixtureJob(fixtureSpec(soon), folder, data.small, 'small'), quiet);
    expect(small.rows.all).toBe(60);
    expect(small.rows.training).toBeGreaterThanOrEqual(15);
    const spec = fixtureSpec(
      soon,
      {
        value: {
          currency: 'EUR',
          truePositive: { fixed: 5 },
          falsePositive: { fixed: -0.1 },
          trueNegative: { fixed: 0 },
          falseNegative: { fixed: 0, per: { column: 'amount paid', factor: -0.1 } },
        },
      },
      { kind: 'linear', refit: false },
    );
    const linear = await runTrain(fixtureJob(spec, folder, data.binary, 'linear-kind'), quiet);
    expect(linear.release.modelFile).toBe(linear.candidate.modelFile);
    expect(linear.candidate.family).toBe('linear');
    expect(linear.candidate.threshold).toBeLessThan(0.2);
    expect(linear.candidate.testMetrics.value).toBeGreaterThan(0);
  });

  it('names what is wrong with data that cannot be learnt from', async () => {
    const gone = fixtureSpec({ ...fixtureTargets.binary, column: 'nothing' });
    await expect(runTrain(fixtureJob(gone, folder, data.binary, 'x1'), quiet)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(/no column "nothing"; it has .*outcome/),
    });
    const few = join(folder, 'few.parquet');
    await writeFixture(few, 'binary', 30);
    await expect(
      runTrain(fixtureJob(fixtureSpec(fixtureTargets.binary), folder, few, 'x2'), quiet),
    ).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(/only 28 rows have a label .*\(2 more have none\).* at least 40/),
    });
    const one = fixtureSpec({ ...fixtureTargets.multiclass, column: 'constant', classes: ['a', 'b'] });
    await query(
      `COPY (SELECT *, 'a' AS constant FROM '${data.binary}') TO '${join(folder, 'one.parquet')}' (FORMAT parquet)`,
    );
    await expect(runTrain(fixtureJob(one, folder, join(folder, 'one.parquet'), 'x3'), quiet)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(/"constant" has only one value \("a"\) in 2000 rows/),
    });
    const other = fixtureSpec({ ...fixtureTargets.multiclass, classes: ['low', 'mid'] });
    await expect(runTrain(fixtureJob(other, folder, data.multiclass, 'x4'), quiet)).rejects.toThrow(
      /holds "high" in labelled row \d+, which is not one of low, mid/,
    );
  });
});
