import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rootDir } from './config.ts';
import { modelProcessOf } from './domain/spec/parts/model-process.ts';
import type { ImportJob } from './domain/spec/import-job.ts';
import { startArguments } from './entry-point.ts';
import { encodeModel } from './onnx/graphs/wire.ts';
import type { BlockSpread } from './statistics/samples/block-spread.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the import child answers, in an environment as empty as that of the product. */
async function answerTo(job: Partial<ImportJob>): Promise<unknown> {
  const child = spawn(process.execPath, startArguments('main-import'), {
    cwd: rootDir,
    env: {},
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const whole = {
    job: 'import',
    digest: 'd',
    samplePath: null,
    goldenPath: null,
    signature: {},
    process: modelProcessOf({}),
    outputDir: folder,
  };
  child.stdin.write(`${JSON.stringify({ ...whole, ...job })}\n`);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text);
}

/** Gives one number per row, by way of a square of rows times `factor`: hundreds of bytes ask for gigabytes. */
const growing = (factor: number): Uint8Array =>
  encodeModel({
    graphName: 'growing',
    inputs: [{ name: 'x', type: 'float', dims: ['N', 1] }],
    outputs: [{ name: 'y', type: 'float', dims: null }],
    constants: [{ name: 'factor', tensor: { type: 'int64', dims: [2], values: [factor, factor] } }],
    nodes: [
      { op: 'Shape', domain: '', inputs: ['x'], outputs: ['shape'], attributes: {} },
      { op: 'Mul', domain: '', inputs: ['shape', 'factor'], outputs: ['size'], attributes: {} },
      { op: 'ConstantOfShape', domain: '', inputs: ['size'], outputs: ['made'], attributes: {} },
      { op: 'ReduceSum', domain: '', inputs: ['made'], outputs: ['sum'], attributes: {} },
      { op: 'Add', domain: '', inputs: ['x', 'sum'], outputs: ['y'], attributes: {} },
    ],
    opsets: [{ domain: '', version: 17 }],
    metadata: [],
  });

test('a file that takes more memory than an import may ends in one sentence, and so does its process', async () => {
  const modelPath = path.join(folder, 'growing.onnx');
  await writeFile(modelPath, growing(20_000));
  expect(await answerTo({ modelPath })).toMatchObject({
    error: { code: 'unsupported', message: expect.stringMatching(/^The model needs more [^\n]*memory[^\n]*\.$/) },
  });
});

test('the answers of the maker decide, and without them the version says so', async () => {
  const modelPath = path.join(folder, 'plain.onnx');
  await writeFile(modelPath, growing(1));
  expect(await answerTo({ modelPath })).toMatchObject({
    result: {
      task: 'regression',
      maker: null,
      memory: { runs: [1, 7, 64, 256, 4096].map((rows) => ({ rows, peakBytes: expect.any(Number) })) },
      notes: expect.arrayContaining([expect.stringMatching(/^memory: \d+ MiB loaded; .* at 4,096 rows a run$/)]),
    },
  });
  const goldenPath = path.join(folder, 'golden.csv');
  await writeFile(goldenPath, 'x,answer\n1,1\n2.5,2.5\n');
  expect(await answerTo({ modelPath, goldenPath })).toMatchObject({
    result: { maker: { rows: 2, largestDifference: 0 } },
  });
  await writeFile(goldenPath, 'x,answer\n1,1\n2.5,3\n');
  expect(await answerTo({ modelPath, goldenPath })).toMatchObject({
    error: { path: 'golden', message: expect.stringContaining('1 of 2 golden rows otherwise than its maker') },
  });
});

test('a model is measured where it will be run, and refused beyond what is declared for it', async () => {
  const modelPath = path.join(folder, 'wide.onnx');
  // 160 kB a row: little where 256 rows are the most, much where 4,096 are.
  await writeFile(modelPath, growing(200));
  const memoryBytesMax = 512 * 1024 ** 2;
  expect(await answerTo({ modelPath, process: modelProcessOf({ memoryBytesMax }) })).toMatchObject({
    error: { path: 'memoryBytesMax', message: expect.stringContaining('at most 512 MiB are declared for the process') },
  });
  expect(await answerTo({ modelPath, process: modelProcessOf({ process: 'own', memoryBytesMax }) })).toMatchObject({
    result: { memory: { runs: [1, 7, 64, 256].map((rows) => ({ rows })) } },
  });
});

const monday = Date.parse('2026-01-05T00:00:00Z');
/** Ten rows an hour whose value is that of the hour, in no order. */
const hourly = (days: number, column: string): string =>
  [
    `x,${column}`,
    ...Array.from({ length: days * 240 }, (_, row) => {
      const at = (row * 7_919) % (days * 240);
      const time = new Date(monday + at * 360_000);
      return `${time.getUTCHours() + (at % 10) / 20},${time.toISOString()}`;
    }),
  ].join('\n');

test('a sample with times is counted by the phases of a declared season, in the order of its times', async () => {
  const modelPath = path.join(folder, 'seasonal.onnx');
  await writeFile(modelPath, growing(1));
  const samplePath = path.join(folder, 'sample.csv');
  const season = { phases: 'hour-of-day', timeZone: 'UTC' } as const;
  const signature = { eventTime: 'at', season };
  await writeFile(samplePath, hourly(5, 'at'));
  expect(await answerTo({ modelPath, samplePath, signature })).toMatchObject({
    result: { notes: expect.arrayContaining(['season: 24 of 24 phases (hour-of-day, UTC) by the sample']) },
  });
  const kept = async () => JSON.parse(await readFile(path.join(folder, 'profile.json'), 'utf8'));
  const profile = await kept();
  expect(profile.season.rows).toEqual(Array.from({ length: 24 }, () => 50));
  // Of one hour all rows lie in one or two of twenty bins.
  for (const counts of profile.features[0].seasonal.counts as number[][])
    expect(counts.filter((rows) => rows > 0).length).toBeLessThanOrEqual(2);
  expect(profile.prediction.seasonal.counts).toHaveLength(24);
  // Neighbours are alike, which a sample in no order would hide.
  const { powerSums, cells } = profile.features[0].memory.at(-1) as BlockSpread;
  expect(powerSums[0] / (cells - 1)).toBeGreaterThan(5);

  await writeFile(samplePath, hourly(2, 'at'));
  expect(await answerTo({ modelPath, samplePath, signature })).toMatchObject({
    result: {
      notes: expect.arrayContaining(['season: not heeded, as no phase has 30 rows of the sample in three turns']),
    },
  });
  expect((await kept()).season).toBeUndefined();
  await writeFile(samplePath, hourly(5, 'when'));
  expect(await answerTo({ modelPath, samplePath, signature })).toMatchObject({
    error: { path: 'data', message: 'The sample has no column "at"; it has x, when.' },
  });
});
