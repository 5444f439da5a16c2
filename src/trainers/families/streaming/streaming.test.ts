import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, fixtureSpec, fixtureTargets, writeFixture } from '../../../../tests/worlds/training-fixture.ts';
import { fitRequest, lehmer } from '../../../../tests/worlds/fit-fixture.ts';
import { checkSpec } from '../../../domain/spec/check-spec.ts';
import type { TargetSpec } from '../../../domain/spec/spec.ts';
import { defaultTrainers } from '../../../domain/spec/trainer-spec.ts';
import { withDuck } from '../../../data/duck/connect.ts';
import { exactExplainer } from '../../../onnx/explain/exact-explainer.ts';
import { readMetadata } from '../../../onnx/graphs/metadata.ts';
import { files } from '../../prepare/folder.ts';
import { runTrain } from '../../run-train.ts';
import { readState } from './stream-state.ts';
import { streamingTrainer } from './streaming.ts';

const quiet = async () => undefined;
const delay = { rows: 0 } as const;
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: delay };
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-streaming-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Numbers with some missing, and more words than have a weight of their own. */
function world(target: TargetSpec, rows = 2_000) {
  const random = lehmer(9);
  const x = Float64Array.from({ length: rows }, () => (random() < 0.1 ? Number.NaN : 50 + 20 * random()));
  const texts = Array.from({ length: rows }, () => (random() < 0.1 ? null : `w${Math.floor(400 * random() ** 3)}`));
  const labels = Float64Array.from(x, (value, row) => {
    const score = (Number.isNaN(value) ? 55 : value) / 10 - 6 + (texts[row] === 'w0' ? 1.5 : 0) + random() - 0.5;
    return target.task === 'multiclass' ? (score > 0.5 ? 2 : score > -0.3 ? 1 : 0) : score > 0 ? 1 : 0;
  });
  const { settings: _trees, ...request } = fitRequest(
    target,
    [
      { name: 'x', kind: 'number', numbers: x },
      { name: 'word', kind: 'category', texts },
    ],
    labels,
  );
  return { ...request, settings: defaultTrainers.streaming };
}

describe('the streaming trainer', () => {
  it('knows after three parts exactly what it knows after one', async () => {
    const request = world(binary);
    const upTo = async (from: number, to: number, state?: ReturnType<typeof readState>) => {
      const model = await streamingTrainer.fit({
        ...request,
        training: { from, to },
        ...(state == null ? {} : { streamState: state }),
      });
      return model.toOnnx('digest');
    };
    const whole = await upTo(0, 2_000);
    let state: ReturnType<typeof readState> = null;
    let last = new Uint8Array();
    for (const [from, to] of [
      [0, 700],
      [700, 701],
      [701, 2_000],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- each goes on from the one before
      last = new Uint8Array(await upTo(from, to, state));
      state = readState(readMetadata(last));
      expect(state?.rows).toBe(to);
    }
    expect(Buffer.compare(Buffer.from(last), Buffer.from(whole))).toBe(0);
  });

  it.each<[string, TargetSpec, number]>([
    ['two classes', binary, 0.35],
    ['three classes', { task: 'multiclass', column: 'y', classes: ['a', 'b', 'c'], labelDelay: delay }, 0.65],
  ])('learns %s in one pass', async (_name, target, lossMax) => {
    const model = await streamingTrainer.fit(world(target));
    // Knowing nothing costs 0.69 and 1.09.
    expect(model.validationLoss).toBeLessThan(lossMax);
    expect(model.importance.map(({ feature }) => feature)).toEqual(['x', 'word']);
  });

  it('explains itself as a linear model does', async () => {
    const request = world(binary);
    const explainer = await exactExplainer((await streamingTrainer.fit(request)).toOnnx('digest'), request.signature);
    expect(explainer?.method).toBe('linear');
    const row = { numbers: Float64Array.of(69), texts: ['w0'] };
    const [reasons] = (await explainer?.explain([{ row, output: 0 }])) ?? [];
    const { base = 0, score = Number.NaN, contributions = new Float64Array() } = reasons ?? {};
    expect(base + contributions.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 9);
    expect([...contributions].every((value) => value > 0.5)).toBe(true);
  });

  it('leaves out what would make it depend on how it is cut', () => {
    const wrong = (changes: Parameters<typeof fixtureSpec>[1], trainer: object = {}) =>
      checkSpec(fixtureSpec(fixtureTargets.binary, changes, { kind: 'streaming', historyShares: [1], ...trainer }));
    expect(wrong({})).toEqual([]);
    expect(wrong({}, { historyShares: [1, 0.5] })).toMatchObject([{ path: 'trainer.historyShares' }]);
    expect(wrong({}, { refit: false })).toMatchObject([{ path: 'trainer.refit' }]);
    expect(wrong({}, { alpha: 11 })).toMatchObject([{ path: 'trainer.alpha' }]);
    expect(wrong({ target: fixtureTargets.regression })).toContainEqual({
      path: 'trainer.kind',
      message: 'the streaming trainer learns classes, and the target is a value',
      fix: 'Name gbdt or linear.',
    });
  });

  it('gives the same release in three trainings as in one, each judged on rows that it has not seen', async () => {
    const spec = fixtureSpec(fixtureTargets.binary, {}, { kind: 'streaming', historyShares: [1] });
    const all = join(folder, 'all.parquet');
    await writeFixture(all, 'binary', 1_500);
    const train = async (
      name: string,
      rows: number,
      champion?: { readonly path: string; readonly through: number },
    ) => {
      const data = join(folder, `${name}.parquet`);
      await withDuck({ threads: 1 }, (duck) =>
        duck.run(`COPY (FROM '${all}' WHERE _order < ${rows} ORDER BY _order) TO '${data}' (FORMAT parquet)`),
      );
      const job = fixtureJob(spec, folder, data, name);
      await mkdir(job.folder, { recursive: true });
      if (champion !== undefined) await copyFile(champion.path, join(job.folder, files.champion));
      const given =
        champion === undefined
          ? {}
          : { champion: { version: 1, threshold: null, trainedThroughOrder: champion.through } };
      const report = await runTrain({ ...job, ...given }, quiet);
      const path = join(job.folder, report.release.modelFile);
      return { report, path, through: report.trainedThroughOrder ?? -1, bytes: await readFile(path) };
    };
    const once = await train('once', 1_500);
    expect(once.report.warmStart?.text).toBe('The fit began from nothing: there is no champion.');
    const first = await train('first', 500);
    const second = await train('second', 600, first);
    const third = await train('third', 1_500, second);
    expect(third.bytes.equals(once.bytes)).toBe(true);
    expect(third.report.candidate.testMetrics).toEqual(once.report.candidate.testMetrics);
    const newRows = third.report.rows.all - second.report.rows.all;
    expect(third.report.warmStart?.text).toBe(`It goes on from v1 by ${newRows} rows that v1 has not seen.`);
    expect(once.report.candidate.testMetrics.auroc).toBeGreaterThan(0.7);
  });
});
