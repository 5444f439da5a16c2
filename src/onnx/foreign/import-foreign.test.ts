import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import { checkForeign } from '../gate/check-foreign.ts';
import { readForeign } from '../file/read-foreign.ts';
import { columnsOf, type FeatureColumn } from '../run/columns.ts';
import { importForeign } from './import-foreign.ts';
import { loadModel, runModel } from '../run/run-model.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', '..', 'tests', 'fixtures', 'onnx');
/** What each model gave where it was made (tests/fixtures/onnx/make.py). */
let expected: {
  readonly rows: number[][];
  readonly 'sklearn-zipmap': number[][];
  readonly 'sklearn-tree': { readonly classes: string[]; readonly scores: number[][] };
  readonly 'sklearn-columns': number[][];
  readonly 'sklearn-regression': number[];
  readonly 'torch-sigmoid': number[];
  readonly 'logits-if': number[][];
};
let folder: string;

beforeAll(async () => {
  expected = JSON.parse(await readFile(path.join(fixtures, 'expected.json'), 'utf8'));
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-foreign-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const take = (name: string, signature: ForeignSignature = {}) =>
  importForeign(path.join(fixtures, `${name}.onnx`), signature, null, 'digest', folder);

async function scoresOf(
  modelFile: string,
  columns: readonly FeatureColumn[],
): Promise<{ scores: number[][]; labels: readonly string[] }> {
  const { session } = await loadModel(modelFile);
  const { scores, outputs, labels } = await runModel(session, columnsOf(3, columns));
  await session.release();
  return { scores: [0, 1, 2].map((row) => [...scores.subarray(row * outputs, (row + 1) * outputs)]), labels };
}

const matrix = (): FeatureColumn[] =>
  [0, 1, 2].map((column) => ({
    name: `f${column}`,
    kind: 'number',
    numbers: Float64Array.from(expected.rows, (row) => row[column] ?? NaN),
  }));
const close = (rows: readonly (readonly number[])[]) =>
  rows.map((row) => row.map((score) => expect.closeTo(score, 5) as number));

describe('files of other makers give here what they gave there', () => {
  test('scikit-learn with its ZipMap: the tensor before it is served', async () => {
    const { findings, modelFile } = await take('sklearn-zipmap');
    expect(findings).toMatchObject({
      task: 'binary',
      classes: ['0', '1'],
      producer: 'skl2onnx',
      features: [{ name: 'f0', kind: 'number' }, { name: 'f1' }, { name: 'f2' }],
    });
    expect((await scoresOf(modelFile, matrix())).scores).toEqual(close(expected['sklearn-zipmap']));
  });

  test('the positive class may be the first of the file', async () => {
    const { findings, modelFile } = await take('sklearn-zipmap', {
      output: { classes: ['fraud', 'fine'], positive: 'fraud' },
    });
    expect(findings.classes).toEqual(['fine', 'fraud']);
    const { scores, labels } = await scoresOf(modelFile, matrix());
    expect(scores).toEqual(close(expected['sklearn-zipmap'].map((row) => row.toReversed())));
    expect(labels[0]).toBe((expected['sklearn-zipmap'][0]?.[0] ?? 0) > 0.5 ? 'fraud' : 'fine');
  });

  test('a tree without ZipMap keeps the words of its classes', async () => {
    const { findings, modelFile } = await take('sklearn-tree');
    expect(findings).toMatchObject({ task: 'multiclass', classes: expected['sklearn-tree'].classes });
    expect((await scoresOf(modelFile, matrix())).scores).toEqual(close(expected['sklearn-tree'].scores));
  });

  test('named columns of numbers and texts', async () => {
    const { findings, modelFile } = await take('sklearn-columns', {
      features: [
        { name: 'height', kind: 'number' },
        { name: 'colour', kind: 'category', values: ['red', 'green', 'blue'] },
      ],
    });
    expect(findings.features).toMatchObject([
      { name: 'height', kind: 'number' },
      { name: 'colour', kind: 'category', missing: 'allow' },
    ]);
    const columns: FeatureColumn[] = [
      { name: 'height', kind: 'number', numbers: Float64Array.from(expected.rows, (row) => row[0] ?? NaN) },
      { name: 'colour', kind: 'category', texts: ['red', 'blue', 'green'] },
    ];
    expect((await scoresOf(modelFile, columns)).scores).toEqual(close(expected['sklearn-columns']));
    expect((await take('sklearn-columns')).findings.features.map((feature) => feature.kind)).toEqual([
      'number',
      'category',
    ]);
  });

  test('one number without a word about it is regression', async () => {
    const { findings, modelFile } = await take('sklearn-regression');
    expect(findings).toMatchObject({ task: 'regression', classes: [] });
    expect((await scoresOf(modelFile, matrix())).scores).toEqual(
      close(expected['sklearn-regression'].map((value) => [value])),
    );
  });

  test('a network with one sigmoid and a batch fixed to 1 answers any number of rows', async () => {
    const { findings, modelFile } = await take('torch-sigmoid');
    expect(findings).toMatchObject({ task: 'binary', classes: ['0', '1'] });
    expect((await scoresOf(modelFile, matrix())).scores.map((row) => row[1])).toEqual(
      expected['torch-sigmoid'].map((p) => expect.closeTo(p, 5) as number),
    );
  });

  test('logits in double precision behind a branch become probabilities', async () => {
    const { findings, modelFile } = await take('logits-if', { output: { classes: ['a', 'b', 'c'] } });
    expect(findings).toMatchObject({
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      notes: expect.arrayContaining(['scores: logits']),
    });
    expect((await scoresOf(modelFile, matrix())).scores).toEqual(close(expected['logits-if']));
  });

  test('a feature may bear any name, also one of the file inside', async () => {
    const names = ['h', 'm/x', 'probabilities'];
    const { modelFile } = await take('torch-sigmoid', { features: names.map((name) => ({ name, kind: 'number' })) });
    const columns = matrix().map((column, index) => ({ ...column, name: names[index] ?? '' }));
    expect((await scoresOf(modelFile, columns)).scores.map((row) => row[1])).toEqual(
      expected['torch-sigmoid'].map((p) => expect.closeTo(p, 5) as number),
    );
  });
});

describe('refused with one sentence', () => {
  test.each([
    ['refused-external', /weights in other files/],
    ['refused-custom', /operators outside the standard \(com\.example\.Shell\)/],
    ['refused-loop', /contains a Loop/],
    ['refused-random', /draws random numbers \(RandomNormalLike\)/],
    ['refused-image', /takes "x" with 4 dimensions/],
    ['refused-opset', /written for opset 99; 26 is the newest/],
  ])('%s', async (name, sentence) => {
    await expect(take(name)).rejects.toMatchObject({ code: 'unsupported', message: expect.stringMatching(sentence) });
  });

  test('cut short or with a byte changed, a file is refused or read, and never more than that', async () => {
    const whole = await readFile(path.join(fixtures, 'logits-if.onnx'));
    const outcomes = Array.from({ length: whole.length }, (_, at) => {
      const changed = Uint8Array.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      return [whole.subarray(0, at), changed].map((bytes) => {
        try {
          checkForeign(readForeign(bytes));
          return 'read';
        } catch (error) {
          return isPerennialError(error) ? error.code : String(error);
        }
      });
    }).flat();
    expect(new Set(outcomes)).toEqual(new Set(['read', 'unsupported']));
  });

  test('bytes that are no model, and a signature that does not fit', async () => {
    await expect(importForeign(path.join(fixtures, 'expected.json'), {}, null, 'digest', folder)).rejects.toMatchObject(
      { code: 'unsupported' },
    );
    await expect(take('sklearn-zipmap', { features: [{ name: 'only', kind: 'number' }] })).rejects.toThrow(
      'takes 3 columns, and the signature names 1 features',
    );
    await expect(
      take('sklearn-columns', {
        features: [
          { name: 'height', kind: 'number' },
          { name: 'colour', kind: 'number' },
        ],
      }),
    ).rejects.toThrow('takes text for "colour"');
    await expect(take('sklearn-tree', { output: { task: 'regression' } })).rejects.toThrow('gives 3 scores per row');
    await expect(take('sklearn-zipmap', { output: { positive: 'yes' } })).rejects.toThrow('has no class "yes"');
    await expect(take('logits-if', { output: { scores: 'probabilities' } })).rejects.toThrow('no probabilities');
    await expect(take('sklearn-zipmap', { output: { name: 'nothing' } })).rejects.toThrow('has no output "nothing"');
  });
});
