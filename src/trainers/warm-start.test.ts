import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, fixtureSpec } from '../../tests/worlds/training-fixture.ts';
import { withDuck } from '../data/duck/connect.ts';
import type { ModelSpec, TargetSpec } from '../domain/spec/spec.ts';
import type { GbdtSpec } from '../domain/spec/trainer-spec.ts';
import type { TrainJob } from '../domain/training/training.ts';
import { files } from './prepare/folder.ts';
import { runTrain } from './run-train.ts';

const quiet = async () => undefined;
const seenRows = 2_000;
const rows = 4_000;
const target: TargetSpec = {
  task: 'binary',
  column: 'outcome',
  positive: 'yes',
  negative: 'no',
  labelDelay: { rows: 10 },
};
const specWith = (trainer: Partial<GbdtSpec>, changes: Partial<ModelSpec> = {}) =>
  fixtureSpec(
    target,
    {
      features: [
        { name: 'a', kind: 'number', missing: 'allow' },
        { name: 'b', kind: 'number', missing: 'allow' },
        { name: 'word', kind: 'category', missing: 'allow' },
        { name: 'at', kind: 'time', missing: 'allow' },
      ],
      slices: [],
      ...changes,
    },
    { kind: 'gbdt', historyShares: [1], treesMax: 150, learningRate: 0.1, earlyStoppingTrees: 20, ...trainer },
  );
const warm = specWith({ warmStart: true });
let folder = '';
let champion: TrainJob;
let championFile = '';
let once: ReturnType<typeof train>;

/** From there on yes is far more frequent and one word says something else; all else is as it was. */
const h = (k: number) => `((hash(i * 31 + ${k}) % 1000003) / 1000003.0)`;
async function write(path: string, to: number): Promise<void> {
  await withDuck({ threads: 1 }, (duck) =>
    duck.run(`COPY (
      SELECT i AS _order, CASE WHEN i % 11 = 4 THEN NULL ELSE a END AS a, b, 'w' || w AS word,
        1700006400000 + i * 3600000 AS at,
        CASE WHEN a * 2 + sin(b * 6) + CASE WHEN w % 3 = 0 THEN 1 ELSE -0.5 END + n
          + CASE WHEN i >= ${seenRows} THEN 0.4 + CASE WHEN w = 2 THEN -1 ELSE 0 END ELSE 0 END > 1
          THEN 'yes' ELSE 'no' END AS outcome
      FROM (SELECT i, ${h(1)} AS a, ${h(2)} AS b,
        floor(${h(3)} * CASE WHEN i >= ${seenRows} THEN 9 ELSE 8 END)::INT AS w,
        (${h(4)} - 0.5) * 0.6 AS n FROM range(${to}) t(i)) ORDER BY i
    ) TO '${path}' (FORMAT parquet)`),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-warm-'));
  await write(join(folder, 'seen.parquet'), seenRows);
  await write(join(folder, 'all.parquet'), rows);
  champion = fixtureJob(specWith({}), folder, join(folder, 'seen.parquet'), 'champion');
  const report = await runTrain(champion, quiet);
  championFile = join(champion.folder, report.release.modelFile);
  once = train('warm', warm);
  await once;
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A training of all rows, beside the champion as a training finds it. */
async function train(name: string, spec: ModelSpec, through: number | null = seenRows - 1) {
  const job = fixtureJob(spec, folder, join(folder, 'all.parquet'), name);
  await mkdir(job.folder, { recursive: true });
  await copyFile(championFile, join(job.folder, files.champion));
  const given = through === null ? {} : { champion: { version: 3, threshold: null, trainedThroughOrder: through } };
  const report = await runTrain(
    {
      ...job,
      ...given,
      championModelPath: through === null ? null : championFile,
      championTrainedThroughOrder: through,
    },
    quiet,
  );
  return { report, bytes: await readFile(join(job.folder, report.release.modelFile)), job };
}

describe('a warm start', () => {
  it('beats the champion on rows that have shifted, and grows fewer trees than a full fit', async () => {
    const { report } = await once;
    const full = await train('full', specWith({}));
    const from = report.warmStart?.from;
    expect(from?.version).toBe(3);
    expect(from?.rows).toBeGreaterThan(300);
    expect(from?.trees).toBeGreaterThan(10);
    const added = report.candidate.trees - (from?.trees ?? 0);
    expect(report.warmStart?.text).toBe(
      `It goes on from v3 (${from?.trees} trees) by ${added} more, fitted on ${from?.rows} rows that v3 has not seen.`,
    );
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(full.report.candidate.trees);
    const lossOf = (metrics: { readonly logLoss?: number } | undefined) => metrics?.logLoss ?? Number.NaN;
    expect(lossOf(report.candidate.testMetrics)).toBeLessThan(lossOf(report.champion?.testMetrics) - 0.1);
    expect(full.report.warmStart).toBeUndefined();
    // The amount that decides most moves scores most; the hour of the day says nothing.
    expect(report.contributions?.rows).toBe(100);
    expect(report.contributions?.features.map(({ feature }) => feature).at(-1)).toBe('at');
    expect(report.contributions?.features[0]?.mean).toBeGreaterThan(0.3);
    expect(report.parity.labelMismatches).toBe(0);
    expect(report.importance.reduce((sum, { gain }) => sum + gain, 0)).toBeCloseTo(1, 9);
  });

  it('gives the same bytes again, and after a kill', async () => {
    const first = await once;
    const again = await train('again', warm);
    expect(again.bytes.equals(first.bytes)).toBe(true);
    const killed = fixtureJob(warm, folder, join(folder, 'all.parquet'), 'killed');
    await mkdir(killed.folder, { recursive: true });
    await copyFile(championFile, join(killed.folder, files.champion));
    const job: TrainJob = { ...killed, champion: { version: 3, threshold: null, trainedThroughOrder: seenRows - 1 } };
    const kill = async ({ phase, done }: { readonly phase: string; readonly done: number }) => {
      if (phase === 'fit' && done === 27) throw new Error('killed');
    };
    await expect(runTrain(job, kill)).rejects.toThrow('killed');
    const report = await runTrain(job, quiet);
    expect((await readFile(join(job.folder, report.release.modelFile))).equals(first.bytes)).toBe(true);
  });

  it('can be gone on from in its turn', async () => {
    const { job, report } = await once;
    const before = championFile;
    championFile = join(job.folder, report.release.modelFile);
    try {
      const next = await train('second', warm);
      expect(next.report.warmStart?.from?.trees).toBe(report.release.trees);
    } finally {
      championFile = before;
    }
  });

  it.each<[string, ModelSpec, number | null, string]>([
    ['there is no champion', warm, null, 'there is no champion'],
    [
      'the champion has seen nearly all rows',
      warm,
      rows - 1_000,
      'training rows are younger than v3, and 40 are needed',
    ],
    [
      'a feature was added',
      specWith({ warmStart: true }, { features: [...warm.features, { name: 'c', kind: 'number', missing: 'allow' }] }),
      seenRows - 1,
      'features, expressions or classes are others than those of the champion',
    ],
    [
      'there are trees enough',
      specWith({ warmStart: true, treesMax: 3 }),
      seenRows - 1,
      'times as many as a fit may grow',
    ],
  ])('begins from nothing where %s, and says so', async (name, spec, through, why) => {
    if (spec.features.some((feature) => feature.name === 'c')) await addColumn();
    const { report } = await train(name.replaceAll(' ', '-'), spec, through);
    expect(report.warmStart).toEqual({ text: expect.stringContaining(why) });
    expect(report.warmStart?.text).toMatch(/^The fit began from nothing: .*\.$/);
  });
});

/** For a definition that has learnt of one more. */
async function addColumn(): Promise<void> {
  const all = join(folder, 'all.parquet');
  await withDuck({ threads: 1 }, (duck) =>
    duck.run(`COPY (SELECT *, _order % 7 AS c FROM '${all}') TO '${all}.new' (FORMAT parquet)`),
  );
  await copyFile(`${all}.new`, all);
}
