import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testRows } from './test-rows.ts';
import { rootDir } from '../config.ts';
import { readTestScores } from '../data/snapshot/read-test-scores.ts';
import { completeSpec } from '../domain/spec/default-spec.ts';
import type { FeatureSpec } from '../domain/spec/spec.ts';
import { judgeGate } from '../domain/training/judge-gate.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { fixtureJob } from '../../tests/worlds/training-fixture.ts';
import { runTrain } from './run-train.ts';

const table = join(rootDir, 'tests', 'fixtures', 'tables', 'pollution-2010.csv.gz');
const numbers = ['No', 'year', 'month', 'day', 'hour', 'DEWP', 'TEMP', 'PRES', 'Iws', 'Is', 'Ir'];
const features: readonly FeatureSpec[] = [
  ...numbers.map((name): FeatureSpec => ({ name, kind: 'number', missing: 'allow' })),
  { name: 'cbwd', kind: 'category', missing: 'allow' },
];

let folder = '';
let rows = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-pollution-'));
  rows = join(folder, 'pollution.parquet');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(
      `COPY (SELECT No AS _order, * FROM read_csv('${table}', nullstr = 'NA') ORDER BY No) ` +
        `TO '${rows}' (FORMAT parquet)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a year of hours with a running number and a month is learnt from well beyond its prior, and passes', async () => {
  const spec = completeSpec({
    name: 'pollution',
    about: { owner: 'tests', useCase: 'tests', successCriterion: 'tests' },
    features,
    target: { task: 'regression', column: 'pm2.5', labelDelay: { rows: 500 } },
    source: { kind: 'file', path: 'pollution.parquet', format: 'parquet' },
    split: { validationRowsMax: 1_350, testRowsMax: 1_350 },
    trainer: { historyShares: [1] },
  });
  const notes: string[] = [];
  const job = fixtureJob(spec, folder, rows, 'trained');
  const report = await runTrain(job, async ({ note }) => void notes.push(note ?? ''));
  const [prior] = report.baselines;
  const rmse = report.candidate.testMetrics.rmse ?? Infinity;
  expect(rmse).toBeLessThan(0.8 * (prior?.testMetrics.rmse ?? 0));
  expect(report.selection?.clocks).toMatchObject({ withheld: ['No', 'month'] });
  expect(notes.join(' ')).toContain('The model does not read No, month');
  // It takes them as the definition says, from whoever asks.
  const inspected = await inspectModel(join(job.folder, report.release.modelFile));
  expect(inspected.inputs.map(({ name }) => name)).toEqual(features.map(({ name }) => name));
  const scores = await readTestScores(join(job.folder, report.testScoresFile), ['prior']);
  const judged = judgeGate({
    gates: spec.gates,
    candidate: testRows(spec, scores, scores.candidate, null),
    baselines: {
      prior: {
        metrics: prior?.testMetrics ?? { rows: 0 },
        rows: testRows(spec, scores, scores.baselines.prior ?? [], null),
      },
    },
    champion: null,
    hasChampion: false,
    slices: [],
    footprint: null,
    promotion: spec.rollout.promotion,
  });
  expect(judged).toMatchObject({ verdict: 'pass' });
  expect(judged.checks.map(({ gate }) => gate.gate)).toContain('betterThanBaseline');
});
