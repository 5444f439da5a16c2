import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fitRequest, lehmer } from '../../tests/worlds/fit-fixture.ts';
import {
  fixtureFeatures,
  fixtureJob,
  fixtureSpec,
  fixtureTargets,
  writeFixture,
} from '../../tests/worlds/training-fixture.ts';
import { withDuck } from '../data/duck/connect.ts';
import { signatureOf } from '../domain/spec/signature.ts';
import type { OutlierLimits, OutlierSpec } from '../domain/spec/spec.ts';
import { addEncoding, startGraph } from '../onnx/graphs/preprocessing-graph.ts';
import { encodeColumn, preprocessingFrom } from '../onnx/graphs/preprocessing.ts';
import { columnFrom, columnsOf, type FeatureColumn } from '../onnx/run/columns.ts';
import { loadModel, runModel } from '../onnx/run/run-model.ts';
import { dropOutliers } from './fit/drop-outliers.ts';
import { selectModel } from './fit/select-model.ts';
import { fitAs } from './registry.ts';
import { runTrain } from './run-train.ts';

let folder = '';
const quiet = async () => undefined;
const outliers: readonly OutlierSpec[] = [
  { action: 'clip', quantiles: [0.05, 0.9], features: ['amount paid'] },
  { action: 'missing', quantiles: [0.01, 0.99] },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outliers-'));
  await writeFixture(join(folder, 'rows.parquet'), 'binary', 1_200);
  // The same history before a test full of values that nobody has seen.
  await query(
    `COPY (SELECT * REPLACE (CASE WHEN "_order" >= 900 THEN 1e6 * score ELSE score END AS score,
       CASE WHEN "_order" >= 900 THEN -1e6 ELSE "amount paid" END AS "amount paid")
     FROM '${join(folder, 'rows.parquet')}') TO '${join(folder, 'wild.parquet')}' (FORMAT parquet)`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const query = (sql: string) => withDuck({ threads: 1 }, (duck) => duck.rows(sql));

const train = async (name: string, data: string, kind: 'gbdt' | 'linear', more: object = { outliers }) => {
  const spec = fixtureSpec(fixtureTargets.binary, more, { kind, refit: true });
  const job = fixtureJob(spec, folder, join(folder, data), name);
  return { job, report: await runTrain(job, quiet) };
};

test.each(['gbdt', 'linear'] as const)(
  'a %s answers beyond a limit as at it, or as without a value, to the bit; no test row moves a limit',
  async (kind) => {
    const { job, report } = await train(`${kind}-tame`, 'rows.parquet', kind);
    const [amount, score] = report.outliers ?? [];
    const rows = await query(`SELECT "amount paid" FROM '${join(job.folder, 'training.parquet')}'`);
    const seen = Float32Array.from(
      rows.flatMap(({ 'amount paid': value }) => (typeof value === 'number' ? [value] : [])),
    ).sort();
    const at = (share: number) => seen[Math.ceil(share * seen.length) - 1];
    expect(amount).toEqual({
      feature: 'amount paid',
      action: 'clip',
      low: at(0.05),
      high: at(0.9),
      below: seen.filter((value) => value < (at(0.05) ?? 0)).length,
      above: seen.filter((value) => value > (at(0.9) ?? 0)).length,
    });
    expect(amount?.above).toBeGreaterThan(0);
    expect(score).toMatchObject({ feature: 'score', action: 'missing' });
    // What lies in validation and test teaches no limit, and the release keeps those of the candidate.
    const wild = await train(`${kind}-wild`, 'wild.parquet', kind);
    expect(wild.report.outliers).toEqual(report.outliers);
    for (const file of ['candidate.onnx', 'release.onnx'])
      // oxlint-disable-next-line no-await-in-loop -- one session after the other
      await answersAlike(join(wild.job.folder, file), amount);
    const again = await train(`${kind}-again`, 'rows.parquet', kind);
    const bytes = (of: typeof again) => readFile(join(of.job.folder, 'release.onnx'));
    expect((await bytes(again)).equals(await bytes({ job, report }))).toBe(true);
  },
);

async function answersAlike(file: string, amount: OutlierLimits | undefined): Promise<void> {
  const pairs: readonly (readonly [readonly (number | undefined)[], readonly (number | undefined)[]])[] = [
    [
      [1e9, 0.5],
      [amount?.high, 0.5],
    ],
    [
      [-1e9, 0.5],
      [amount?.low, 0.5],
    ],
    [
      [0.5, 1e9],
      [0.5, Number.NaN],
    ],
    [
      [0.5, -1e9],
      [0.5, Number.NaN],
    ],
  ];
  const rows = pairs.flatMap(([beyond, like]) => [beyond, like]);
  const columns = fixtureFeatures.map(({ name, kind }): FeatureColumn => {
    const index = ['amount paid', 'score'].indexOf(name);
    return columnFrom(
      { name, kind },
      rows.map((row) => (index >= 0 ? (row[index] ?? null) : null)),
    );
  });
  const { session } = await loadModel(file);
  const { scores } = await runModel(session, columnsOf(rows.length, columns));
  await session.release();
  for (let pair = 0; pair < pairs.length; pair++)
    expect(scores.subarray(4 * pair, 4 * pair + 2)).toEqual(scores.subarray(4 * pair + 2, 4 * pair + 4));
}

test('graph and training encode the same float32 for every value around the limits', async () => {
  const values = [0.1, -0.1, 0.1 + 1e-9, 0.3, Math.fround(0.3), 5, -5, 0, -0, Infinity, -Infinity, Number.NaN, 1e-40];
  const signature = signatureOf({
    features: [{ name: 'x', kind: 'number', missing: 'allow' }],
    target: fixtureTargets.regression,
  });
  const columns = columnsOf(values.length, [{ name: 'x', kind: 'number', numbers: Float64Array.from(values) }]);
  for (const action of ['clip', 'missing'] as const) {
    const limits = [
      { feature: 'x', action, low: Math.fround(-0.1), high: Math.fround(0.3), below: 0, above: 0 },
    ] as const;
    const { encodings } = preprocessingFrom(
      signature,
      columns,
      { from: 0, to: values.length },
      { codesMax: 64 },
      limits,
    );
    const [encoding = { form: 'value', source: '' } as const] = encodings;
    const started = startGraph(signature);
    started.graph.output('y', 'float', ['N', 1], addEncoding(started, encoding));
    // oxlint-disable-next-line no-await-in-loop -- two small graphs
    const session = await InferenceSession.create(started.graph.finish({}));
    const input = new Tensor('float32', Float32Array.from(values), [values.length, 1]);
    // oxlint-disable-next-line no-await-in-loop -- two small graphs
    const { y } = await session.run({ x: input });
    expect(y?.data).toEqual(encodeColumn(encoding, columns, 0, values.length));
  }
});

test.each(['gbdt', 'linear'] as const)('a %s that drops rows is the one that never saw them', async (kind) => {
  const random = lehmer(7);
  const rows = 400;
  const x = Float64Array.from({ length: rows }, (_, row) => (row % 20 === 3 ? 1_000 : random()));
  const labels = Float64Array.from(x, (value) => (value > 0.5 ? 1 : 0));
  const limits = [{ feature: 'x', action: 'drop', low: 0, high: 1, below: 0, above: 15 }] as const;
  const request = fitRequest(fixtureTargets.binary, [{ name: 'x', kind: 'number', numbers: x }], labels);
  const own = [...x.keys()].filter((row) => row >= 300 || (x[row] ?? 0) <= 1);
  const without = {
    columns: columnsOf(own.length, [
      { name: 'x', kind: 'number', numbers: Float64Array.from(own, (row) => x[row] ?? 0) },
    ]),
    labels: Float64Array.from(own, (row) => labels[row] ?? 0),
    training: { from: 0, to: own.length - 100 },
    validation: { from: own.length - 100, to: own.length },
  };
  const fitted = (more: object) =>
    fitAs(fixtureSpec(fixtureTargets.binary, {}, { kind }).trainer as never, { ...request, ...more });
  const dropped = await fitted({ ...dropOutliers(request, limits), limits });
  expect(dropped.toOnnx('d')).toEqual((await fitted(without)).toOnnx('d'));
  expect(dropped.toOnnx('d')).not.toEqual((await fitted({})).toOnnx('d'));
});

test('rows beyond a limit of any of many features add up: too few that are left are refused by name', async () => {
  const drop = [{ action: 'drop', quantiles: [0.499, 0.501] }] as const;
  await expect(train('dropped', 'rows.parquet', 'gbdt', { outliers: drop })).rejects.toMatchObject({
    code: 'invalid_data',
    path: 'outliers',
    message: expect.stringMatching(
      /^outliers that are dropped leave \d+ of \d+ training rows; at least 15 are needed$/,
    ),
  });
});

test('a share of the history of which dropping leaves next to nothing is not tried', async () => {
  const random = lehmer(11);
  const x = Float64Array.from({ length: 400 }, (_, row) => (row >= 200 && row < 298 ? 1_000 : random()));
  const labels = Float64Array.from(x, () => (random() > 0.5 ? 1 : 0));
  const request = fitRequest(fixtureTargets.binary, [{ name: 'x', kind: 'number', numbers: x }], labels);
  const tried = new Set<string>();
  const selected = await selectModel(
    {
      signature: request.signature,
      table: { rows: 400, order: x, eventTimeMs: null, labels, columns: request.columns, amounts: new Map() },
      limits: [{ feature: 'x', action: 'drop', low: 0, high: 1, below: 0, above: 98 }],
      settings: { ...request.settings, historyShares: [1, 0.3] },
      checkpoint: () => null,
      onProgress: async (stage) => void tried.add(stage),
    },
    request.training,
    { from: 300, to: 400 },
  );
  expect([...tried]).toEqual(['history-1']);
  expect(selected).toMatchObject({ way: { historyShare: 1 }, fittedOn: { from: 0, to: 300 } });
});
