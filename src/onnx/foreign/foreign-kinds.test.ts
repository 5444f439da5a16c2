import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForeignSignature } from '../../domain/spec/signature-of-foreign.ts';
import { encodeModel, type Attribute, type ElementType, type GraphNode, type Tensor } from '../graphs/wire.ts';
import { columnFrom, columnsOf } from '../run/columns.ts';
import { loadModel, runModel } from '../run/run-model.ts';
import { irVersionMax, opsetMax } from '../gate/check-foreign.ts';
import { importForeign } from './import-foreign.ts';

const fixtures = path.join(import.meta.dirname, '..', '..', '..', 'tests', 'fixtures', 'onnx');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'perennial-kinds-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const node = (
  op: string,
  inputs: readonly string[],
  output: string | readonly string[],
  attributes: Record<string, Attribute> = {},
  domain = '',
): GraphNode => ({ op, domain, inputs, outputs: typeof output === 'string' ? [output] : output, attributes });

interface Made {
  readonly inputs?: readonly (readonly [string, ElementType, readonly (number | string)[]])[];
  readonly outputs?: readonly (readonly [string, ElementType])[];
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly opset?: number;
  readonly irVersion?: number;
}

/** One graph as a file: one float column `x` in and `y` out, unless said. */
const fileOf = (nodes: readonly GraphNode[], made: Made = {}): Uint8Array =>
  encodeModel({
    graphName: 'made',
    inputs: (made.inputs ?? [['x', 'float', ['N', 1]]]).map(([name, type, dims]) => ({ name, type, dims })),
    outputs: (made.outputs ?? [['y', 'float']]).map(([name, type]) => ({ name, type, dims: null })),
    constants: Object.entries(made.constants ?? {}).map(([name, tensor]) => ({ name, tensor })),
    nodes,
    opsets: [
      { domain: '', version: made.opset ?? 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ],
    metadata: [],
    foreign: { irVersion: made.irVersion ?? 8, initializers: [], sparseInitializers: [], functions: [] },
  });

let count = 0;
async function take(bytes: Uint8Array | string, signature: ForeignSignature = {}) {
  const file = typeof bytes === 'string' ? path.join(fixtures, `${bytes}.onnx`) : path.join(folder, `${++count}.onnx`);
  if (typeof bytes !== 'string') await writeFile(file, bytes);
  return importForeign(file, signature, null, 'digest', folder);
}

type Cell = number | string | boolean | null;
async function ask(bytes: Uint8Array | string, rows: readonly Readonly<Record<string, Cell>>[]) {
  const { findings, modelFile } = await take(bytes);
  const columns = findings.features.map((feature) =>
    columnFrom(
      feature,
      rows.map((row) => row[feature.name] ?? null),
    ),
  );
  const { session } = await loadModel(modelFile);
  const { scores, outputs } = await runModel(session, columnsOf(rows.length, columns));
  await session.release();
  return {
    ...findings,
    scores: rows.map((_, row) => [...scores.subarray(row * outputs, (row + 1) * outputs)]),
  };
}

const refusal = (sentence: RegExp) => ({ code: 'unsupported', message: expect.stringMatching(sentence) as string });

describe('types are kept from the row to the runtime', () => {
  /** Epoch seconds that are one float32 apart from each other, and the difference to one of them. */
  const toDouble = (name: string) => [node('Cast', [name], 'd', { to: { int: 11 } }), node('Sub', ['d', 'from'], 'y')];
  const from: Tensor = { type: 'double', dims: [1], values: [1_700_000_000] };

  test.each(['int64', 'int32', 'uint32', 'double'] as const)('%s', async (type) => {
    const bytes = fileOf(toDouble('at'), {
      inputs: [['at', type, ['N', 1]]],
      outputs: [['y', 'double']],
      constants: { from },
    });
    const { scores, features } = await ask(bytes, [{ at: 1_700_000_006 }, { at: 1_699_999_999 }, { at: null }]);
    expect(scores.slice(0, 2)).toEqual([[6], [-1]]);
    expect(scores[2]?.[0]).toBeNaN();
    expect(features).toMatchObject([type === 'double' ? { missing: 'refuse' } : { integer: true, missing: 'refuse' }]);
  });

  test('a matrix of whole numbers, and one of truth values', async () => {
    const whole = fileOf([...toDouble('all'), node('ReduceSum', ['y', 'last'], 'sum')], {
      inputs: [['all', 'int64', ['N', 2]]],
      outputs: [['sum', 'double']],
      constants: { from, last: { type: 'int64', dims: [1], values: [1] } },
    });
    expect((await ask(whole, [{ f0: 1_700_000_005, f1: 1_700_000_002 }])).scores).toEqual([[7]]);
    const flags = fileOf([node('Cast', ['flag'], 'y', { to: { int: 1 } })], { inputs: [['flag', 'bool', ['N', 1]]] });
    const answered = await ask(flags, [{ flag: true }, { flag: false }, { flag: null }]);
    expect(answered.scores.slice(0, 2)).toEqual([[1], [0]]);
    expect(answered.scores[2]?.[0]).toBeNaN();
    expect(answered.features).toMatchObject([{ kind: 'boolean', missing: 'refuse' }]);
  });

  test('a whole number that the type does not hold has no answer, and not that of another', async () => {
    const bytes = fileOf([node('Cast', ['n'], 'y', { to: { int: 1 } })], { inputs: [['n', 'int8', ['N', 1]]] });
    const { scores } = await ask(bytes, [{ n: 127 }, { n: 128 }, { n: 1.5 }]);
    expect(scores).toEqual([[127], [NaN], [NaN]]);
  });

  test('float16 in and out; scores in double keep their digits', async () => {
    const half = fileOf([node('Neg', ['x'], 'y')], {
      inputs: [['x', 'float16', ['N', 1]]],
      outputs: [['y', 'float16']],
    });
    expect((await ask(half, [{ x: 0.1 }, { x: -2048.4 }])).scores).toEqual([[-0.0999755859375], [2048]]);
    const third = fileOf([node('Div', ['x', 'three'], 'y')], {
      inputs: [['x', 'double', ['N', 1]]],
      outputs: [['y', 'double']],
      constants: { three: { type: 'double', dims: [1], values: [3] } },
    });
    expect((await ask(third, [{ x: 1 }])).scores).toEqual([[1 / 3]]);
  });

  test('an input may be called as JavaScript calls its own', async () => {
    const bytes = fileOf([node('Neg', ['__proto__'], 'y')], { inputs: [['__proto__', 'float', ['N', 1]]] });
    expect((await ask(bytes, [Object.fromEntries([['__proto__', 2]])])).scores).toEqual([[-2]]);
  });
});

describe('classes are those of the label output', () => {
  const two = { type: 'float', dims: [1, 2], values: [-1, 1] } as const;
  const scored = [node('MatMul', ['x', 'w'], 'z'), node('Softmax', ['z'], 'probabilities', { axis: { int: 1 } })];
  const outputs = [
    ['label', 'string'],
    ['probabilities', 'float'],
  ] as const;
  const words = (...values: string[]): Tensor => ({ type: 'string', dims: [values.length], values });

  test.each(['sklearn-stacking', 'sklearn-mlp', 'lightgbm-multiclass'])('%s', async (name) => {
    const said = JSON.parse(await readFile(path.join(fixtures, 'kinds.json'), 'utf8')) as Record<string, unknown>;
    const { classes, scores } = said[name] as { classes: string[]; scores: number[][] };
    const rows = (said['rows'] as number[][]).map(([f0 = 0, f1 = 0, f2 = 0]) => ({ f0, f1, f2 }));
    const answered = await ask(name, rows);
    expect(answered.classes).toEqual(classes);
    expect(answered.scores).toEqual(scores.map((row) => row.map((score) => expect.closeTo(score, 5) as number)));
  });

  test('a label that is looked up by the best place, and one that is translated', async () => {
    const looked = [
      ...scored,
      node('ArgMax', ['probabilities'], 'best', { axis: { int: 1 }, keepdims: { int: 0 } }),
      node('Gather', ['words', 'best'], 'label'),
    ];
    expect(
      (await ask(fileOf(looked, { outputs, constants: { w: two, words: words('zero', 'ace') } }), [{ x: 9 }])).classes,
    ).toEqual(['zero', 'ace']);
    const translated = [
      ...scored,
      node('ArgMax', ['probabilities'], 'best', { axis: { int: 1 }, keepdims: { int: 0 } }),
      node(
        'LabelEncoder',
        ['best'],
        'label',
        { keys_int64s: { ints: [0, 1] }, values_strings: { texts: ['no', 'yes'] } },
        'ai.onnx.ml',
      ),
    ];
    expect((await take(fileOf(translated, { outputs, constants: { w: two } }))).findings.classes).toEqual([
      'no',
      'yes',
    ]);
  });

  test('a label on a way that cannot be followed is learnt from what the model answers', async () => {
    const nodes = [
      ...scored,
      node('Greater', ['x', 'zero'], 'positive'),
      node('Where', ['positive', 'good', 'bad'], 'label'),
    ];
    const constants = {
      w: two,
      zero: { type: 'float', dims: [1], values: [0] },
      good: words('good'),
      bad: words('bad'),
    } as const;
    expect((await take(fileOf(nodes, { outputs, constants }))).findings.classes).toEqual(['bad', 'good']);
  });

  test('a label that is never that of the best score is refused', async () => {
    const nodes = [
      ...scored,
      node('ArgMin', ['probabilities'], 'worst', { axis: { int: 1 }, keepdims: { int: 0 } }),
      node('Cast', ['worst'], 'place', { to: { int: 7 } }),
      node('Gather', ['words', 'place'], 'label'),
    ];
    await expect(take(fileOf(nodes, { outputs, constants: { w: two, words: words('a', 'b') } }))).rejects.toMatchObject(
      refusal(/answers "b" itself where its best score is that of "a"|answers "a" itself/),
    );
  });

  test.each([
    ['refused-multilabel', /answers several labels \(2 of them per row\)/],
    ['refused-multioutput', /answers several labels/],
  ])('%s', async (name, sentence) => {
    await expect(take(name)).rejects.toMatchObject(refusal(sentence));
  });

  test('independent probabilities and several values are never made into shares of one', async () => {
    const independent = [node('MatMul', ['x', 'w'], 'z'), node('Sigmoid', ['z'], 'p')];
    const constants = { w: { type: 'float', dims: [1, 2], values: [1, 2] } } as const;
    await expect(take(fileOf(independent, { outputs: [['p', 'float']], constants }))).rejects.toMatchObject(
      refusal(/several labels \(2 probabilities that do not add up to 1\)/),
    );
    await expect(take(fileOf([node('MatMul', ['x', 'w'], 'y')], { constants }))).rejects.toMatchObject(
      refusal(/gives 2 scores per row, which is no single value/),
    );
  });

  test('rounding around 0 and 1 is taken off; more is refused, and fails its row when it comes later', async () => {
    /** Probabilities of 0 and 1, off by some. */
    const beyond = [
      node('Sigmoid', ['x'], 's'),
      node('Round', ['s'], 'r'),
      node('Mul', ['r', 'more'], 'p'),
      node('Sub', ['one', 'p'], 'q'),
      node('Concat', ['q', 'p'], 'probabilities', { axis: { int: 1 } }),
    ];
    const file = (by: number) =>
      fileOf(beyond, {
        outputs: [['probabilities', 'float']],
        constants: {
          more: { type: 'float', dims: [1], values: [1 + by] },
          one: { type: 'float', dims: [1], values: [1] },
        },
      });
    expect((await ask(file(4e-6), [{ x: 3 }])).scores).toEqual([[0, 1]]);
    await expect(take(file(4e-4))).rejects.toMatchObject(
      refusal(/gives probabilities that are 0.0004\d* outside of 0 to 1/),
    );
    // Nothing in the file says where it leaves the bounds, so no probe goes there.
    const late = fileOf(
      [
        node('Mul', ['hundred', 'hundred'], 'high'),
        node('Min', ['x', 'high'], 'c'),
        node('Sub', ['x', 'c'], 'over'),
        node('Sigmoid', ['c'], 's'),
        node('Add', ['s', 'over'], 'p'),
        node('Sub', ['one', 'p'], 'q'),
        node('Concat', ['q', 'p'], 'probabilities', { axis: { int: 1 } }),
      ],
      {
        outputs: [['probabilities', 'float']],
        constants: {
          hundred: { type: 'float', dims: [1], values: [100] },
          one: { type: 'float', dims: [1], values: [1] },
        },
      },
    );
    expect((await ask(late, [{ x: 0 }, { x: 30_000 }])).scores).toEqual([
      [0.5, 0.5],
      [NaN, NaN],
    ]);
  });
});

describe('forms of a file', () => {
  const relu = [node('Relu', ['x'], 'y')];

  test('old opsets that the runtime runs are raised', async () => {
    const { findings } = await take(fileOf(relu, { opset: 7 }));
    expect(findings.notes).toContain('opset: raised from 7 to 9');
  });

  test('the newest IR version and opset are those of the bundled runtime', async () => {
    const loads = (made: Made) =>
      InferenceSession.create(fileOf(relu, made), { logSeverityLevel: 4 }).then(
        () => true,
        () => false,
      );
    expect(await loads({ irVersion: irVersionMax, opset: opsetMax })).toBe(true);
    expect(await loads({ irVersion: irVersionMax + 1 })).toBe(false);
    expect(await loads({ opset: opsetMax + 1 })).toBe(false);
    await expect(take(fileOf(relu, { irVersion: 99 }))).rejects.toMatchObject(
      refusal(new RegExp(`IR version 99; ${irVersionMax} is the newest`)),
    );
  });

  test('a fixed number of rows, and answers that follow from the other rows, are named', async () => {
    const frozen = [node('MatMul', ['x', 'w'], 'z'), node('Reshape', ['z', 'shape'], 'y')];
    const inputs = [['x', 'float', [1, 1]]] as const;
    const constants = {
      w: { type: 'float', dims: [1, 1], values: [1] },
      shape: { type: 'int64', dims: [2], values: [1, 1] },
    } as const;
    await expect(take(fileOf(frozen, { inputs, constants }))).rejects.toMatchObject(
      refusal(/takes one row at a time \(batch 1\)/),
    );
    const mean = [node('ReduceMean', ['x'], 'm', { axes: { ints: [0] } }), node('Sub', ['x', 'm'], 'y')];
    await expect(take(fileOf(mean))).rejects.toMatchObject(refusal(/by the other rows of its request/));
  });

  test.each([
    ['', /it is empty/],
    ['<html>not found</html>', /cannot be read as one|holds no graph/],
    ['PK\u0003\u0004', /cannot be read as one|holds no graph/],
  ])('%j is no model', async (text, sentence) => {
    await expect(take(Buffer.from(text))).rejects.toMatchObject(refusal(sentence));
  });

  test('what the runtime says of its sources is not repeated', async () => {
    const wrong: readonly (readonly GraphNode[])[] = [
      [node('Relu', ['nobody'], 'y')],
      [node('Relu', ['x'], 'y', { colour: { int: 1 } })],
      [node('Reshape', ['x', 'shape'], 'y')],
      [node('MatMul', ['x', 'w'], 'y')],
      [node('Not', ['x'], 'y')],
    ];
    const constants = {
      shape: { type: 'int64', dims: [1], values: [-7] },
      w: { type: 'float', dims: [5, 5], values: new Array<number>(25).fill(1) },
    } as const;
    for (const nodes of wrong) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const error = await take(fileOf(nodes, { constants })).then(
        () => null,
        (cause: unknown) => cause,
      );
      expect(error).toMatchObject(refusal(/^The model [^\n:]*(?:: [\w ,-]+)?\.$/));
      expect((error as Error).message).not.toMatch(/onnxruntime|\.cc|::|\/|Status|node with name/i);
    }
  });
});

describe('sizes follow from the number of rows', () => {
  test.each([
    ['refused-function', /size follows from the values of a row \(Range\)/],
    ['refused-if-range', /size follows from the values of a row \(Range\)/],
    ['refused-if-data', /decides by the values of the rows which part of it runs/],
    ['refused-scan', /size follows from the values of a row \(Range\)/],
  ])('%s', async (name, sentence) => {
    await expect(take(name)).rejects.toMatchObject(refusal(sentence));
  });

  const most = [
    node('Cast', ['x'], 'whole', { to: { int: 7 } }),
    node('ReduceMax', ['whole'], 'most', { keepdims: { int: 0 } }),
    node('Reshape', ['most', 'one'], 'size'),
  ];
  const one = { one: { type: 'int64', dims: [1], values: [1] } } as const;
  test.each([
    ['ConstantOfShape', [node('ConstantOfShape', ['size'], 'made')]],
    ['Expand', [node('Expand', ['x', 'size'], 'made')]],
    ['Tile', [node('Concat', ['size', 'one'], 'both', { axis: { int: 0 } }), node('Tile', ['x', 'both'], 'made')]],
    ['NonZero', [node('NonZero', ['x'], 'places'), node('Cast', ['places'], 'made', { to: { int: 1 } })]],
    ['OneHot', [node('OneHot', ['whole', 'size', 'pair'], 'made')]],
  ] as const)('%s over values is refused', async (op, nodes) => {
    const bytes = fileOf([...most, ...nodes, node('ReduceSum', ['made'], 'sum'), node('Add', ['x', 'sum'], 'y')], {
      constants: { ...one, pair: { type: 'float', dims: [2], values: [0, 1] } },
    });
    await expect(take(bytes)).rejects.toMatchObject(
      refusal(new RegExp(`size follows from the values of a row \\(${op}\\)`)),
    );
  });

  test('what exporters really write is taken: sizes by Shape, functions, a Scan', async () => {
    const bytes = fileOf([
      node('Shape', ['x'], 'shape'),
      node('ConstantOfShape', ['shape'], 'zeros'),
      node('Expand', ['zeros', 'shape'], 'wide'),
      node('Sub', ['wide', 'x'], 'y'),
    ]);
    expect((await ask(bytes, [{ x: 2 }])).scores).toEqual([[-2]]);
    expect((await ask('function', [{ x: 2 }])).scores).toEqual([[-2]]);
    expect((await ask('scan', [{ x: 2 }, { x: 3 }])).scores).toEqual([[-2], [-3]]);
  });

  test('a constant that asks for much is refused before anything runs', async () => {
    const bytes = fileOf(
      [node('ConstantOfShape', ['many'], 'made'), node('ReduceSum', ['made'], 'sum'), node('Add', ['x', 'sum'], 'y')],
      { constants: { many: { type: 'int64', dims: [1], values: [480_000_000] } } },
    );
    await expect(take(bytes)).rejects.toMatchObject(refusal(/makes 480000000 values with ConstantOfShape/));
  });
});
