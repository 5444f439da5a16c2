import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../tests/worlds/training-fixture.ts';
import { withDuck } from '../data/duck/connect.ts';
import { literal } from '../data/duck/sql.ts';
import { defaultSplit } from '../domain/spec/default-spec.ts';
import type { ModelSpec, TargetSpec } from '../domain/spec/spec.ts';
import { fitBaselines } from './fit/fit-baselines.ts';
import { fit } from './fit/fit.ts';
import { files, type Fitted } from './prepare/folder.ts';
import { readJson } from './prepare/json-files.ts';
import { prepare } from './prepare/prepare.ts';
import { readFolder } from './prepare/read-folder.ts';
import { runTrain } from './run-train.ts';

const folds = 4;
const quiet = async () => undefined;
let place = '';
const data = (task: keyof typeof fixtureTargets): string => join(place, `${task}.parquet`);

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'perennial-blocks-'));
  for (const task of ['binary', 'multiclass', 'regression'] as const)
    // oxlint-disable-next-line no-await-in-loop -- three small files
    await writeFixture(data(task), task, 1_000);
});
afterAll(() => rm(place, { recursive: true, force: true }));

function specOf(target: TargetSpec, changes: Partial<ModelSpec> = {}, kind: 'gbdt' | 'linear' = 'gbdt'): ModelSpec {
  const split = { ...defaultSplit, testRowsMax: 50_000, blocks: { folds } };
  return fixtureSpec(target, { split, ...changes }, { kind, historyShares: [1] });
}

const rowsOf = (sql: string) => withDuck({}, (duck) => duck.rows(sql));
const answersOf = (folder: string, file: string) =>
  rowsOf(`SELECT "_order"::DOUBLE AS o, prediction FROM read_parquet(${literal(join(place, folder, file))})`);

describe('a training that is judged by blocks', () => {
  it.each([
    ['binary', 'gbdt'],
    ['binary', 'linear'],
    ['multiclass', 'gbdt'],
    ['multiclass', 'linear'],
    ['regression', 'gbdt'],
    ['regression', 'linear'],
  ] as const)('judges every row of %s once, and releases a %s model of all of them', async (task, kind) => {
    const name = `${task}-${kind}`;
    const spec = specOf(fixtureTargets[task], {}, kind);
    const job = fixtureJob(spec, place, data(task), name);
    const report = await runTrain(job, quiet);
    const { rows } = report;
    expect(rows).toEqual({ all: rows.all, training: 0, validation: 0, test: rows.all, gap: 0, folds });
    const judged = await rowsOf(
      `SELECT count(*)::DOUBLE AS n, count(DISTINCT "_order")::DOUBLE AS each, count(candidate)::DOUBLE AS answered
        FROM read_parquet(${literal(join(job.folder, report.testScoresFile))})`,
    );
    expect(judged).toEqual([{ n: rows.all, each: rows.all, answered: rows.all }]);
    const loss = task === 'regression' ? 'rmse' : 'logLoss';
    expect(report.candidate.testMetrics[loss]).toBeLessThan(0.9 * (report.baselines[0]?.testMetrics[loss] ?? 0));
    expect(report.release.testMetrics).toEqual(report.candidate.testMetrics);
    expect(report.candidate.threshold).toBe(task === 'binary' ? 0.5 : null);
    const { candidate, release } = await readJson<Fitted>(join(job.folder, files.fitted));
    const trees = (candidate.folds ?? []).map((file) => file.trees).toSorted((a, b) => a - b);
    expect(trees).toHaveLength(folds);
    expect(release).toMatchObject({ trees: trees[1], fittedOn: { from: 0, to: rows.all } });
    expect(report.parity.labelMismatches).toBe(0);
  });

  it('gives the same bytes twice and after a kill in a fold', async () => {
    const spec = specOf(fixtureTargets.binary);
    const jobOf = (name: string) => fixtureJob(spec, place, data('binary'), name);
    const jobs = ['once', 'again', 'killed'].map(jobOf);
    await expect(
      runTrain(jobOf('killed'), async ({ note, done }) => {
        if (note === 'candidate-fold-3-history-1' && done === 30) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    expect(await readdir(join(place, 'killed', files.checkpoint))).not.toEqual([]);
    // oxlint-disable-next-line no-await-in-loop -- one training at a time
    for (const job of jobs) await runTrain(job, quiet);
    const made = ['candidate-1.onnx', 'candidate-3.onnx', 'candidate.onnx', 'release.onnx', 'linear-2.onnx'];
    for (const file of [...made, files.testScores, files.profile]) {
      // oxlint-disable-next-line no-await-in-loop -- a few small files
      const [a, b, c] = await Promise.all(jobs.map(({ folder }) => readFile(join(folder, file))));
      expect(a?.length).toBeGreaterThan(100);
      expect(b !== undefined && a?.equals(b), file).toBe(true);
      expect(c !== undefined && a?.equals(c), file).toBe(true);
    }
  });

  it('answers for a block as if neither it nor the rows around it had ever had another label', async () => {
    const outliers = [{ action: 'clip', quantiles: [0.01, 0.99] }] as const;
    const spec = specOf(fixtureTargets.binary, { outliers });
    const made = async (name: string, path: string) => {
      const job = fixtureJob(spec, place, path, name);
      await prepare(job, quiet);
      await fit(job.folder, quiet);
      await fitBaselines(job.folder, quiet);
    };
    await made('as-it-is', data('binary'));
    const { table, split } = await readFolder(join(place, 'as-it-is'));
    const { block } = split.folds?.[1] ?? { block: { from: 0, to: 0 } };
    const orderAt = (row: number): number => table.order[row] ?? -1;
    const delayRows = fixtureTargets.binary.labelDelay.rows;
    const isHidden = `"_order" BETWEEN ${orderAt(block.from - delayRows)} AND ${orderAt(block.to + delayRows - 1)}`;
    const isBlock = `"_order" BETWEEN ${orderAt(block.from)} AND ${orderAt(block.to - 1)}`;
    const other = join(place, 'other.parquet');
    await rowsOf(
      `COPY (SELECT * REPLACE (
          CASE WHEN ${isHidden} AND outcome = 'fraud' THEN 'fine' WHEN ${isHidden} AND outcome = 'fine' THEN 'fraud'
            ELSE outcome END AS outcome,
          CASE WHEN ${isHidden} AND NOT (${isBlock}) THEN 1e9 ELSE "amount paid" END AS "amount paid")
        FROM read_parquet(${literal(data('binary'))})) TO ${literal(other)} (FORMAT parquet)`,
    );
    await made('otherwise', other);
    const isSame = async (file: string): Promise<boolean> =>
      JSON.stringify(await answersOf('as-it-is', file)) === JSON.stringify(await answersOf('otherwise', file));
    for (const name of ['candidate', 'prior', 'linear']) {
      // oxlint-disable-next-line no-await-in-loop -- a few small files
      expect(await isSame(`${name}-2.predictions.parquet`), name).toBe(true);
      // What has learnt from those rows says something else, so this could have failed.
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await isSame(`${name}.predictions.parquet`), name).toBe(false);
    }
  });

  it('holds a champion against rows that neither it nor what answers for them could know', async () => {
    const spec = specOf(fixtureTargets.binary, {}, 'linear');
    const first = fixtureJob(spec, place, data('binary'), 'first');
    await runTrain(first, quiet);
    const { table, split } = await readFolder(first.folder);
    const block = split.folds?.at(-1)?.block ?? { from: 0, to: 0 };
    const against = async (name: string, championTrainedThroughOrder: number) => {
      const champion = { championModelPath: join(first.folder, 'release.onnx'), championThreshold: 0.5 };
      const job = fixtureJob(spec, place, data('binary'), name);
      return (await runTrain({ ...job, ...champion, championTrainedThroughOrder }, quiet)).champion;
    };
    const youngest = block.to - block.from;
    expect(await against('older', table.order[split.test.from] ?? 0)).toMatchObject({
      comparableRows: youngest,
      testMetrics: { rows: youngest },
    });
    expect(await against('younger', table.order[block.to - 41] ?? 0)).toMatchObject({
      comparableRows: 40,
      testMetrics: { rows: 40 },
    });
    expect(await against('same', table.order[block.to - 1] ?? 0)).toEqual({
      comparableRows: 0,
      testMetrics: { rows: 0 },
    });
  });

  it('learns from rows before the blocks in every fold and judges none of them', async () => {
    const split = { ...defaultSplit, testRowsMax: 400, blocks: { folds } };
    const job = fixtureJob(specOf(fixtureTargets.binary, { split }, 'linear'), place, data('binary'), 'older-rows');
    const report = await runTrain(job, quiet);
    expect(report.rows).toMatchObject({ training: report.rows.all - 400, test: 400 });
    const prepared = await readFolder(job.folder);
    for (const { outside } of prepared.split.folds ?? []) expect(outside[0]?.from).toBe(0);
  });

  it('refuses a delay that leaves a fold nothing, with the numbers', async () => {
    const spec = specOf({ ...fixtureTargets.binary, labelDelay: { rows: 700 } });
    await expect(runTrain(fixtureJob(spec, place, data('binary'), 'late'), quiet)).rejects.toMatchObject({
      code: 'invalid_data',
      path: 'split.blocks',
      message: expect.stringMatching(/^941 labelled rows leave \d+ for training and \d+ for validation beside a block/),
    });
  });
});
