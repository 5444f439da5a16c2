import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureSpec, fixtureTargets, writeFixture } from '../../../tests/worlds/training-fixture.ts';
import { externalTaskSchema } from '../../contracts/spec/external-folder.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { completeTrainer } from '../../domain/spec/trainer-spec.ts';
import { externalFiles } from '../../domain/training/external.ts';
import { encodeModel, type Model } from '../../onnx/graphs/wire.ts';
import { loadModel, runModel } from '../../onnx/run/run-model.ts';
import { command } from '../../sdk/declare/trainer/trainer.ts';
import { fitBaselines } from '../fit/fit-baselines.ts';
import { judge } from '../judge/judge.ts';
import { prepare } from '../prepare/prepare.ts';
import { readFolder } from '../prepare/read-folder.ts';
import { takeExternal } from './take-result.ts';
import { writeExternalFitted } from './write-fitted.ts';
import { writeExternalFolder } from './write-folder.ts';

const quiet = async () => undefined;
let place = '';
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'perennial-external-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

const derived: ModelSpec['derived'] = [
  {
    name: 'twice',
    expression: {
      op: 'sum',
      of: [
        { op: 'column', name: 'score' },
        { op: 'column', name: 'score' },
      ],
    },
  },
];

/** A prepared folder of a model that a program trains. */
async function prepared(name: string, task: keyof typeof fixtureTargets, changes: Partial<ModelSpec> = {}) {
  const spec = { ...fixtureSpec(fixtureTargets[task], changes), trainer: completeTrainer(command(['true'])) };
  const rows = join(place, `${name}.parquet`);
  const folder = join(place, name);
  await writeFixture(rows, task, 600);
  await prepare({ spec, dataPaths: [rows], folder }, quiet);
  return folder;
}

async function handedOver(folder: string, stage: 'candidate' | 'release' = 'candidate') {
  const external = join(folder, `external-${stage}`);
  await rm(external, { recursive: true, force: true });
  await mkdir(external);
  const task = await writeExternalFolder(folder, external, { run: 'train/fixture/1', stage }, quiet);
  return { external, task };
}

async function columnsOf(file: string) {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${file}')`);
  const columns = found.getRowObjectsJS().map((row) => `${String(row['column_name'])} ${String(row['column_type'])}`);
  connection.closeSync();
  instance.closeSync();
  return columns;
}

/** A small graph: `nodes` from these inputs to these outputs. */
function graph(parts: Pick<Model, 'inputs' | 'outputs' | 'nodes'> & Partial<Model>): Uint8Array {
  return encodeModel({
    graphName: 'somebody',
    constants: [],
    opsets: [{ domain: '', version: 18 }],
    metadata: [],
    ...parts,
  });
}

const node = (op: string, inputs: readonly string[], output: string) => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes: {},
});
const zero = { name: 'zero', tensor: { type: 'float' as const, dims: [1], values: [0] } };

/** The sigmoid of one feature, as its converter would name it. */
const oneFeature = (name: string, dims: readonly (string | number)[] = ['N', 1]) =>
  graph({
    inputs: [{ name, type: 'float', dims }],
    outputs: [{ name: 'probability', type: 'float', dims: null }],
    constants: [zero],
    nodes: [
      node('IsNaN', [name], 'missing'),
      node('Where', ['missing', 'zero', name], 'filled'),
      node('Sigmoid', ['filled'], 'probability'),
    ],
  });

describe('the folder of an external trainer', () => {
  it('holds rows as agreed, the test without its answers, and equal bytes for equal folders', async () => {
    const folder = await prepared('folder', 'binary', { derived });
    const { external, task } = await handedOver(folder);
    expect(externalTaskSchema.parse(JSON.parse(await readFile(join(external, 'spec.json'), 'utf8')))).toEqual(task);
    expect(task).toMatchObject({
      stage: 'candidate',
      target: { column: 'outcome', classes: ['fine', 'fraud'], positive: 'fraud' },
      champion: null,
      eventTime: 'at',
    });
    expect(task.features.map(({ name, isDerived }) => [name, isDerived])).toEqual([
      ['amount paid', false],
      ['score', false],
      ['merchant', false],
      ['online', false],
      ['at', false],
      ['twice', true],
    ]);
    const features = [
      'amount paid DOUBLE',
      'score DOUBLE',
      'merchant VARCHAR',
      'online BOOLEAN',
      'at BIGINT',
      'twice DOUBLE',
    ];
    expect(await columnsOf(join(external, externalFiles.train))).toEqual([
      '_order BIGINT',
      'outcome VARCHAR',
      ...features,
    ]);
    expect(await columnsOf(join(external, externalFiles.test))).toEqual(['_order BIGINT', ...features]);
    const { split } = await readFolder(folder);
    expect(task.rows).toEqual({
      train: split.training.to - split.training.from,
      validation: split.validation.to - split.validation.from,
      test: split.test.to - split.test.from,
    });
    const bytes = () => Promise.all(['spec.json', ...rowFiles].map((name) => readFile(join(external, name))));
    const before = await bytes();
    await handedOver(folder);
    expect(await bytes()).toEqual(before);
  });

  it('holds all rows for a release, and no others', async () => {
    const folder = await prepared('release', 'regression');
    const { external, task } = await handedOver(folder, 'release');
    expect(task.rows).toEqual({ train: (await readFolder(folder)).rows, validation: 0, test: 0 });
    expect(await columnsOf(join(external, externalFiles.test))).toContain('score DOUBLE');
  });
});

const rowFiles = [externalFiles.train, externalFiles.validation, externalFiles.test];

describe('what a program leaves', () => {
  it('is judged as any candidate, by our own baselines and the answers of its file', async () => {
    const folder = await prepared('taken', 'binary');
    const { external } = await handedOver(folder);
    await writeFile(join(external, 'model.onnx'), oneFeature('score'));
    await writeFile(join(external, 'report.json'), JSON.stringify({ metrics: { auroc: 1 } }));
    const candidate = await takeExternal({ folder, external, stage: 'candidate' });
    expect(candidate).toMatchObject({ output: 'onnx', said: { metrics: { auroc: 1 } } });
    const memory = { idleBytes: 1, loadedBytes: 2, runs: [] };
    const fit = { kind: 'command', environment: { argv: ['true'] } } as const;
    await writeExternalFitted(folder, { candidate: { ...candidate, memory }, release: null }, fit);
    await fitBaselines(folder, quiet);
    const report = await judge(
      folder,
      { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null },
      quiet,
    );
    expect(report.candidate.family).toBe('external');
    expect(report.candidate.testMetrics.auroc).toBeLessThan(0.7);
    expect(report.baselines.map(({ family }) => family)).toEqual(['prior', 'linear']);
    expect(report.parity.rows).toBe(0);
    expect(report).toMatchObject({ memory, external: { ...fit, output: 'onnx', said: { metrics: { auroc: 1 } } } });
  });

  it('may take derived features, whose nodes are put in front of it', async () => {
    const folder = await prepared('derived', 'binary', { derived });
    const { external } = await handedOver(folder);
    await writeFile(join(external, 'model.onnx'), oneFeature('twice'));
    const { file } = await takeExternal({ folder, external, stage: 'candidate' });
    const { session } = await loadModel(join(folder, file.modelFile));
    expect(session.inputNames).toEqual(['score']);
    const { table } = await readFolder(folder);
    const { scores } = await runModel(session, table.columns);
    const score = table.columns.byName.get('score');
    const first = 'numbers' in (score ?? {}) ? (score as { numbers: Float64Array }).numbers : new Float64Array();
    for (const row of [0, 1, 3]) expect(scores[2 * row + 1]).toBeCloseTo(1 / (1 + Math.exp(-2 * (first[row] ?? 0))), 5);
    await session.release();
  });

  it.each([
    ['nothing', async () => undefined, /left no model file/],
    ['a pickle', (at: string) => writeFile(join(at, 'model.pkl'), 'x'), /left "model.pkl".*a pickle is code/],
    [
      'two models',
      async (at: string) => {
        await writeFile(join(at, 'model.onnx'), oneFeature('score'));
        await writeFile(join(at, 'model.lightgbm.json'), '{}');
      },
      /left model.onnx and model.lightgbm.json/,
    ],
    ['a link', (at: string) => symlink('/etc/hostname', join(at, 'model.onnx')), /model.onnx is no plain file/],
    ['a folder', (at: string) => mkdir(join(at, 'model.onnx')), /model.onnx is no plain file/],
    ['no ONNX', (at: string) => writeFile(join(at, 'model.onnx'), 'hello'), /is not an ONNX model/],
    [
      'another input',
      (at: string) =>
        writeFile(
          join(at, 'model.onnx'),
          graph({
            inputs: ['score', 'salary'].map((name) => ({ name, type: 'float' as const, dims: ['N', 1] })),
            outputs: [{ name: 'p', type: 'float', dims: null }],
            nodes: [node('Add', ['score', 'salary'], 'p')],
          }),
        ),
      /takes "salary", which is no feature of the definition/,
    ],
    [
      'a matrix of another width',
      (at: string) => writeFile(join(at, 'model.onnx'), oneFeature('input', ['N', 3])),
      /takes a matrix of 3 columns, and spec.json names 5 features/,
    ],
    [
      'a matrix of numbers and texts',
      (at: string) => writeFile(join(at, 'model.onnx'), oneFeature('input', ['N', 5])),
      /takes one matrix, and the features are numbers and texts/,
    ],
    [
      'three scores for two classes',
      (at: string) =>
        writeFile(
          join(at, 'model.onnx'),
          graph({
            inputs: [{ name: 'score', type: 'float', dims: ['N', 1] }],
            outputs: [{ name: 'p', type: 'float', dims: null }],
            nodes: [
              { ...node('Concat', ['score', 'score', 'score'], 'all'), attributes: { axis: { int: 1 } } },
              { ...node('Softmax', ['all'], 'p'), attributes: { axis: { int: 1 } } },
            ],
          }),
        ),
      /gives 3 scores per row, and the definition names 2 classes/,
    ],
    [
      'no answer to what may be missing',
      (at: string) =>
        writeFile(
          join(at, 'model.onnx'),
          graph({
            inputs: [{ name: 'score', type: 'float', dims: ['N', 1] }],
            outputs: [{ name: 'p', type: 'float', dims: null }],
            nodes: [node('Sigmoid', ['score'], 'p')],
          }),
        ),
      /gives no number when "score" is missing, which the definition allows/,
    ],
  ])('is refused in one sentence when it is %s', async (name, leave, sentence) => {
    const folder = await prepared(`refused ${name}`, 'binary');
    const { external } = await handedOver(folder);
    await leave(external);
    await expect(takeExternal({ folder, external, stage: 'candidate' })).rejects.toThrow(sentence);
  });

  it('says which report cannot be understood, and loses no fit for it', async () => {
    const folder = await prepared('report', 'binary');
    for (const [text, note] of [
      ['{"metrics": {"auroc": NaN}}', 'it is no JSON'],
      ['{"metrics": {"auroc": "good"}}', 'it is not as agreed at metrics.auroc'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- two small folders
      const { external } = await handedOver(folder);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await writeFile(join(external, 'model.onnx'), oneFeature('score'));
      // oxlint-disable-next-line no-await-in-loop -- as above
      await writeFile(join(external, 'report.json'), text ?? '');
      // oxlint-disable-next-line no-await-in-loop -- as above
      const { said } = await takeExternal({ folder, external, stage: 'candidate' });
      expect(said).toEqual({ note: `Its report.json is left out: ${note}.` });
    }
  });
});
