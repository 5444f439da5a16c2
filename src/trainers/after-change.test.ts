import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TrainerInput } from '../domain/spec/trainer-spec.ts';
import { fixtureJob, fixtureSpec, fixtureTargets } from '../../tests/worlds/training-fixture.ts';
import { runTrain } from './run-train.ts';

const rows = 4_000;
const quiet = async () => undefined;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-change-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What was said of `score` is turned round at `change`; without a sharpness nothing says anything. */
async function write(name: string, change: number, sharpness: number): Promise<string> {
  const path = join(folder, `${name}.parquet`);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE MACRO u(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0`);
    await connection.run(`COPY (
      SELECT i AS _order, u(i, 1) AS score, 1700006400000 + i * 3600000 AS at,
        CASE WHEN u(i, 2) < 1 / (1 + exp(CASE WHEN i < ${change} THEN -1 ELSE 1 END * ${sharpness} * (u(i, 1) - 0.5)))
          THEN 'fraud' ELSE 'fine' END AS outcome
      FROM range(${rows}) t(i)) TO '${path}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return path;
}

const trees: TrainerInput = { historyShares: [1] };

const jobOf = (name: string, path: string, trainer: TrainerInput) => {
  const features = [{ name: 'score', kind: 'number', missing: 'allow' }] as const;
  const changes = {
    features,
    slices: [],
    split: { ...fixtureSpec(fixtureTargets.binary).split, validationShare: 0.2 },
  };
  return fixtureJob(fixtureSpec(fixtureTargets.binary, changes, trainer), folder, path, name);
};

test('a change behind all training rows is learnt from validation rows, to the same bytes after a kill', async () => {
  // Test 600 rows, validation 800 before them, and 20 of label delay before each: training ends at 2,560.
  const path = await write('behind', 2_600, 8);
  const [once, killed] = [jobOf('once', path, trees), jobOf('killed', path, trees)];
  const report = await runTrain(once, quiet);
  expect(report.selection?.newestRows).toBe(266);
  const { training, validation, test: tested, gap } = report.rows;
  expect({ training, validation, tested, gap }).toEqual({ training: 3_094, validation: 266, tested: 600, gap: 40 });
  expect(report.candidate.testMetrics.auroc).toBeGreaterThan(0.75);
  expect(report.baselines[0]?.testMetrics.auroc).toBe(0.5);
  await expect(
    runTrain(killed, async ({ note, done }) => {
      if (note?.startsWith('newest-') === true && done > 3) throw new Error('killed');
    }),
  ).rejects.toThrow('killed');
  expect(await runTrain(killed, quiet)).toEqual(report);
  for (const { modelFile } of [report.candidate, report.release, ...report.baselines]) {
    // oxlint-disable-next-line no-await-in-loop -- four small files
    const [a, b] = await Promise.all([once, killed].map((job) => readFile(join(job.folder, modelFile))));
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  }
});

test.each(['gbdt', 'linear'] as const)(
  'a %s that learns nothing is offered as the prior, and this is said',
  async (kind) => {
    const notes: string[] = [];
    const job = jobOf(kind, await write(`nothing-${kind}`, rows, 0), { kind, historyShares: [1] });
    const report = await runTrain(job, async ({ note }) => void notes.push(note ?? ''));
    expect(report.selection).toEqual({ isPrior: true });
    expect(notes).toContain('No fit was better than the prior on the validation rows.');
    expect(report.candidate.testMetrics.auroc).toBe(0.5);
    expect(report.candidate.testMetrics.logLoss).toBeCloseTo(report.baselines[0]?.testMetrics.logLoss ?? 0, 6);
    expect(report.release.family).toBe(kind === 'gbdt' ? 'gbdt' : 'prior');
  },
);
