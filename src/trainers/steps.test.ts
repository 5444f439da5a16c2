import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import type { ChampionOfJob } from '../domain/training/training.ts';
import { fitBaselines } from './fit/fit-baselines.ts';
import { fit } from './fit/fit.ts';
import { writePredictions } from './fit/write-predictions.ts';
import { judge } from './judge/judge.ts';
import { files, type Fitted, type Prepared } from './prepare/folder.ts';
import { readJson } from './prepare/json-files.ts';
import { prepare } from './prepare/prepare.ts';
import { readFolder } from './prepare/read-folder.ts';
import { readTable } from './prepare/read-table.ts';

let place = '';
const noChampion: ChampionOfJob = {
  championModelPath: null,
  championThreshold: null,
  championTrainedThroughOrder: null,
};
const quiet = async () => undefined;
const spec = fixtureSpec(fixtureTargets.multiclass);

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'perennial-steps-'));
  await writeFixture(join(place, 'rows.parquet'), 'multiclass', 600);
  await prepare(fixtureJob(spec, place, join(place, 'rows.parquet'), 'prepared'), quiet);
});
afterAll(async () => {
  await rm(place, { recursive: true, force: true });
});

describe('the steps of a training', () => {
  it('prepares every labelled row once, value for value, and nothing but what a training reads', async () => {
    const folder = join(place, 'prepared');
    expect((await readdir(folder)).toSorted()).toEqual(
      [files.gap, files.prepared, files.test, files.training, files.validation].toSorted(),
    );
    const { table } = await readTable(spec, [join(place, 'rows.parquet')]);
    expect((await readFolder(folder)).table).toEqual(table);
    const prepared = await readJson<Prepared>(join(folder, files.prepared));
    expect(prepared).toMatchObject({ formatVersion: 1, spec, rows: table.rows, signature: { task: 'multiclass' } });
  });

  it('fits from a copy of the folder, to the same bytes, with progress in it', async () => {
    await cp(join(place, 'prepared'), join(place, 'here'), { recursive: true });
    await cp(join(place, 'prepared'), join(place, 'elsewhere'), { recursive: true });
    await fit(join(place, 'here'), quiet);
    await fit(join(place, 'elsewhere'), quiet);
    const bytes = (name: string) => readFile(join(place, name, 'release.onnx'));
    expect((await bytes('here')).equals(await bytes('elsewhere'))).toBe(true);
    const lines = (await readFile(join(place, 'here', files.progress), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining({ phase: 'refit' }));
  });

  it('believes nothing that a trainer says of its model', async () => {
    const folder = join(place, 'here');
    await fitBaselines(folder, quiet);
    const report = await judge(folder, noChampion, quiet);
    expect(report.candidate.testMetrics.logLoss).toBeLessThan(report.baselines[0]?.testMetrics.logLoss ?? 0);

    const { candidate } = await readJson<Fitted>(join(folder, files.fitted));
    const { table, split } = await readFolder(folder);
    const order = table.order.subarray(split.validation.from);
    const boast = new Float64Array(order.length * 3).map((_, cell) => (cell % 3 === 0 ? 1 : 0));
    const missing = Float64Array.of(1, 0, 0);
    const path = join(folder, candidate.predictionsFile ?? '');
    await writePredictions(path, { order, known: boast, missing });
    await expect(judge(folder, noChampion, quiet)).rejects.toMatchObject({
      code: 'parity_failed',
      message: expect.stringContaining('disagree'),
    });
    await writePredictions(path, { order: order.subarray(1), known: boast.subarray(3), missing });
    await expect(judge(folder, noChampion, quiet)).rejects.toMatchObject({
      code: 'parity_failed',
      message: expect.stringContaining('did not answer to the rows'),
    });
  });
});
