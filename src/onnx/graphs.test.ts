import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Signature } from '../domain/spec/signature.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import type { FeatureSpec, TargetSpec } from '../domain/spec/spec.ts';
import { columnsOf, type FeatureColumns } from './run/columns.ts';
import { inspectModel } from '../../tests/worlds/inspect-model.ts';
import { linearGraph } from './graphs/linear-graph.ts';
import { metadataOf, readMetadata } from './graphs/metadata.ts';
import { encodeColumn, preprocessingFrom } from './graphs/preprocessing.ts';
import { priorGraph } from './graphs/prior-graph.ts';
import { loadModel, runModel } from './run/run-model.ts';
import { treeEnsembleGraph, type EnsembleNode } from './graphs/tree-ensemble.ts';

const rows = 5_000;
const categories = 2_000;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-onnx-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

// Names that would collide with outputs and internal nodes, plus spaces and non-ASCII text.
const features: readonly FeatureSpec[] = [
  { name: 'value', kind: 'number', missing: 'allow' },
  { name: 'n1', kind: 'boolean', missing: 'allow' },
  { name: 'Händler id', kind: 'category', missing: 'allow' },
  { name: 'label', kind: 'time', missing: 'allow' },
];
const delay = { rows: 0 } as const;
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'ja', negative: 'nein', labelDelay: delay };
const multiclass: TargetSpec = { task: 'multiclass', column: 'y', classes: ['a', 'b', 'ç'], labelDelay: delay };
const regression: TargetSpec = { task: 'regression', column: 'y', labelDelay: delay };

function table(): FeatureColumns {
  const pick = <T>(row: number, value: T, missing: T): T => (row % 7 === 3 ? missing : value);
  const list = Array.from({ length: rows }, (_, row) => row);
  return columnsOf(rows, [
    { name: 'value', kind: 'number', numbers: Float64Array.from(list, (row) => pick(row, Math.sin(row) * 3, NaN)) },
    { name: 'n1', kind: 'boolean', numbers: Float64Array.from(list, (row) => pick(row, row & 1, NaN)) },
    {
      name: 'Händler id',
      kind: 'category',
      texts: list.map((row) => pick<string | null>(row, `händler ${(row * 37) % categories}`, null)),
    },
    { name: 'label', kind: 'time', numbers: Float64Array.from(list, (row) => pick(row, (row - 900) * 5_000_017, NaN)) },
  ]);
}

async function run(bytes: Uint8Array, columns: FeatureColumns) {
  const path = join(folder, 'model.onnx');
  await writeFile(path, bytes);
  const { session } = await loadModel(path);
  try {
    return await runModel(session, columns);
  } finally {
    await session.release();
  }
}

/** An evaluator of its own, so that the graph is compared with the meaning and not with the trainer. */
function walk(node: EnsembleNode, row: (feature: number) => number): number {
  if ('leaf' in node) return node.leaf;
  const value = row(node.feature);
  const left =
    'members' in node ? node.members.includes(value) : Number.isNaN(value) ? node.missingLeft : value <= node.cut;
  return walk(left ? node.left : node.right, row);
}

const oddCodes = Array.from({ length: 1_000 }, (_, index) => 2 * index + 1);
const roots: readonly EnsembleNode[] = [
  {
    feature: 0,
    cut: 0.5,
    missingLeft: true,
    left: { leaf: 0.25 },
    right: { feature: 2, members: oddCodes, left: { leaf: -0.5 }, right: { leaf: 1 } },
  },
  {
    feature: 2,
    members: [3, 7, 40, 1_999],
    left: { leaf: 2 },
    right: { feature: 3, cut: 11.5, missingLeft: false, left: { leaf: -1 }, right: { leaf: 0.125 } },
  },
  {
    feature: 4,
    cut: 3,
    missingLeft: true,
    left: { leaf: 0.75 },
    right: { feature: 1, cut: 0.5, missingLeft: false, left: { leaf: 0.3 }, right: { leaf: -0.3 } },
  },
  { leaf: 0.0625 },
];

function setUp(target: TargetSpec): {
  signature: Signature;
  columns: FeatureColumns;
  encoded: Float32Array[];
  preprocessing: ReturnType<typeof preprocessingFrom>;
} {
  const signature = signatureOf({ features, target });
  const columns = table();
  const preprocessing = preprocessingFrom(signature, columns, { from: 0, to: rows }, { codesMax: categories });
  return {
    signature,
    columns,
    preprocessing,
    encoded: preprocessing.encodings.map((feature) => encodeColumn(feature, columns, 0, rows)),
  };
}

describe('tree ensemble graph', () => {
  it('agrees with a plain walk over 2,000 categories, times, booleans and missing values', async () => {
    const { columns, preprocessing, encoded, signature } = setUp(binary);
    const bytes = treeEnsembleGraph(
      preprocessing,
      roots.map((root) => ({ target: 0, root })),
      [-0.1],
      metadataOf('gbdt', signature, 'd'),
    );
    const { scores, labels, outputs } = await run(bytes, columns);
    expect(outputs).toBe(2);
    let worst = 0;
    for (let row = 0; row < rows; row++) {
      const logit = roots.reduce((sum, root) => sum + walk(root, (feature) => encoded[feature]?.[row] ?? NaN), -0.1);
      worst = Math.max(worst, Math.abs((scores[row * 2 + 1] ?? NaN) - 1 / (1 + Math.exp(-logit))));
      expect(labels[row]).toBe(logit > 0 ? 'ja' : 'nein');
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it('adds trees into the class they are for, and writes equal bytes for equal models', async () => {
    const { columns, preprocessing, encoded, signature } = setUp(multiclass);
    const trees = roots.map((root, index) => ({ target: index % 3, root }));
    const metadata = metadataOf('gbdt', signature, 'd');
    const bytes = treeEnsembleGraph(preprocessing, trees, [0.1, 0.2, 0.3], metadata);
    expect(Buffer.compare(bytes, treeEnsembleGraph(preprocessing, trees, [0.1, 0.2, 0.3], metadata))).toBe(0);
    const { scores } = await run(bytes, columns);
    for (const row of [0, 1, 3, 10, 4_999]) {
      const logits = [0.1, 0.2, 0.3];
      for (const { target, root } of trees)
        logits[target] = (logits[target] ?? 0) + walk(root, (feature) => encoded[feature]?.[row] ?? NaN);
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
      for (const [k, logit] of logits.entries()) expect(scores[row * 3 + k]).toBeCloseTo(Math.exp(logit) / total, 6);
    }
  });

  it('gives one value per row for regression, under a name that no feature has', async () => {
    const { columns, preprocessing, signature } = setUp(regression);
    const bytes = treeEnsembleGraph(
      preprocessing,
      [{ target: 0, root: roots[0] ?? { leaf: 0 } }],
      [1_000],
      metadataOf('gbdt', signature, 'd'),
    );
    const { scores, outputs } = await run(bytes, columns);
    expect(outputs).toBe(1);
    expect(scores[3]).toBeCloseTo(1_000.25, 3);
    const inspected = await inspectModel(join(folder, 'model.onnx'));
    expect(inspected.inputs.map(({ name, type }) => [name, type])).toEqual([
      ['value', 'float32'],
      ['n1', 'float32'],
      ['Händler id', 'string'],
      ['label', 'float64'],
    ]);
    expect(inspected.outputs.map(({ name }) => name)).toEqual(['value_']);
    expect(inspected.metadata.get('perennial.family')).toBe('gbdt');
  });

  it('takes more than 100 features, and one', async () => {
    for (const count of [1, 130]) {
      const many = Array.from({ length: count }, (_, i): FeatureSpec => ({
        name: `f ${i}`,
        kind: 'number',
        missing: 'allow',
      }));
      const signature = signatureOf({ features: many, target: binary });
      const columns = columnsOf(
        2,
        many.map(({ name }, i) => ({ name, kind: 'number', numbers: Float64Array.of(i, NaN) })),
      );
      const preprocessing = preprocessingFrom(signature, columns, { from: 0, to: 2 }, { codesMax: 254 });
      const root: EnsembleNode = {
        feature: count - 1,
        cut: -1,
        missingLeft: true,
        left: { leaf: 3 },
        right: { leaf: -3 },
      };
      // oxlint-disable-next-line no-await-in-loop -- the file is shared
      const { labels } = await run(treeEnsembleGraph(preprocessing, [{ target: 0, root }], [0], {}), columns);
      expect(labels).toEqual(['nein', 'ja']);
    }
  });
});

describe('prior graph', () => {
  it('accepts every input and answers the same for each row', async () => {
    const { columns, signature } = setUp(multiclass);
    const { scores, labels } = await run(priorGraph(signature, [0.2, 0.5, 0.3], {}), columns);
    expect(scores.length).toBe(rows * 3);
    expect([...scores.subarray(0, 3)].map((score) => Math.fround(score))).toEqual([0.2, 0.5, 0.3].map(Math.fround));
    expect(new Set(labels)).toEqual(new Set(['b']));
  });
});

describe('linear graph', () => {
  it('imputes, standardises, flags missing values and adds category weights', async () => {
    const { columns, preprocessing } = setUp(binary);
    const table = Array.from({ length: categories + 1 }, (_, code) => [code === 0 ? 0.5 : code / 4_000]);
    const bytes = linearGraph(
      preprocessing,
      {
        bias: [-0.2],
        numbers: [
          { encoding: 0, mean: 0.5, inverseScale: 2, weights: [0.7], missingWeights: [1.5] },
          { encoding: 3, mean: 12, inverseScale: 0.25, weights: [-0.3], missingWeights: [0] },
        ],
        categories: [{ encoding: 2, table }],
      },
      {},
      preprocessing.encodings.map(() => [0]),
    );
    const { scores } = await run(bytes, columns);
    // Row 3 is missing everywhere: the means leave only bias, flag and the row of the unseen category.
    expect(scores[3 * 2 + 1]).toBeCloseTo(1 / (1 + Math.exp(-(-0.2 + 1.5 + 0.5))), 6);
    const [value, hour, code] = [0, 1, 2].map(
      (index) =>
        encodeColumn(
          preprocessing.encodings[[0, 3, 2][index] ?? 0] ?? { form: 'value', source: '' },
          columns,
          5,
          6,
        )[0] ?? NaN,
    );
    const logit = -0.2 + 0.7 * 2 * ((value ?? 0) - 0.5) - 0.3 * 0.25 * ((hour ?? 0) - 12) + (code ?? 0) / 4_000;
    expect(scores[5 * 2 + 1]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 6);
  });
});

describe('metadata', () => {
  it('refuses bytes that are not a model in one sentence', async () => {
    expect(() => readMetadata(new TextEncoder().encode('not a model at all'))).toThrow(/not an ONNX model/);
    await writeFile(join(folder, 'bad.onnx'), 'x,y\n1,2\n');
    await expect(inspectModel(join(folder, 'bad.onnx'))).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });
});
