import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { FeatureSpec } from '../domain/spec/spec.ts';
import { fixtureJob, fixtureSpec, fixtureTargets } from '../../tests/worlds/training-fixture.ts';
import { runTrain } from './run-train.ts';

const features: readonly FeatureSpec[] = [
  { name: 'score', kind: 'number', missing: 'allow' },
  { name: 'noise', kind: 'number', missing: 'allow' },
  { name: 'id', kind: 'number', missing: 'allow' },
];

/** The newest training rows have a level of their own, which then ends; `score` says the same throughout. */
async function write(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`CREATE MACRO u(i, k) AS (hash(i * 31 + k) % 1000003) / 1000003.0`);
    await connection.run(`COPY (
      SELECT i AS _order, u(i, 1) AS score, u(i, 3) AS noise, i AS id, 1700006400000 + i * 3600000 AS at,
        CASE WHEN u(i, 2) < 1 / (1 + exp(-6 * (u(i, 1) - 0.5) - CASE WHEN i BETWEEN 3300 AND 4180 THEN 2 ELSE 0 END))
          THEN 'fraud' ELSE 'fine' END AS outcome
      FROM range(6000) t(i)) TO '${path}' (FORMAT parquet)`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

test('what a model does not read is read by no baseline and no correction of it either', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-clock-'));
  try {
    const path = join(folder, 'rows.parquet');
    await write(path);
    const usual = fixtureSpec(fixtureTargets.binary);
    const correction = { halfLifeRows: 300, rowsMax: 3_000, labelledRowsMin: 100, featuresMax: 3 };
    const changes = { features, slices: [], watch: { ...usual.watch, correction } };
    const trainer = { historyShares: [1] };
    const job = fixtureJob(fixtureSpec(fixtureTargets.binary, changes, trainer), folder, path, 'trained');
    const report = await runTrain(job, async () => undefined);
    expect(report.selection?.clocks?.withheld).toEqual(['id']);
    expect(report.importance.find(({ feature }) => feature === 'id')).toEqual({ feature: 'id', gain: 0 });
    const baselines = await readFile(join(job.folder, 'baselines.json'), 'utf8');
    expect(JSON.parse(baselines)).toMatchObject({
      models: [{ family: 'prior' }, { importance: expect.arrayContaining([{ feature: 'id', gain: 0 }]) }],
    });
    const standards = JSON.stringify(report.firstCorrection);
    expect(standards).toContain('"score"');
    expect(standards).not.toContain('"id"');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
