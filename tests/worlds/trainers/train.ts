import { existsSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ExternalTask } from '../../../src/domain/training/external.ts';
import { encodeModel, type GraphNode } from '../../../src/onnx/graphs/wire.ts';

/**
 * A trainer as somebody else may write one, by the folder alone: the difference of the means of two classes, as a
 * logistic model of the number features. `settings.waitFor` names a file that it waits for once its checkpoint stands,
 * `settings.pids` one to which it adds its number.
 */
const folder = process.env['PERENNIAL_FOLDER'] ?? '';
const at = (...names: readonly string[]): string => path.join(folder, ...names);
const task = JSON.parse(await readFile(at('spec.json'), 'utf8')) as ExternalTask;
const numbers = task.features.filter(({ kind }) => kind === 'number');
const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();

async function rowsOf(sql: string): Promise<readonly (readonly number[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJS().map((row) => row.map(Number));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function meansOf(): Promise<{ readonly weights: readonly number[]; readonly bias: number }> {
  const kept = at('checkpoint', 'means.json');
  if (existsSync(kept)) return JSON.parse(await readFile(kept, 'utf8')) as Awaited<ReturnType<typeof meansOf>>;
  const means = numbers.map(({ name }) => `coalesce(avg(${quoted(name)}), 0)`).join(', ');
  const positive = (task.target.positive ?? '').replaceAll("'", "''");
  const by = `${quoted(task.target.column)} = '${positive}'`;
  const from = `FROM read_parquet('${at('train', 'rows.parquet')}') GROUP BY ${by} ORDER BY ${by}`;
  const [no = [], yes = []] = await rowsOf(`SELECT ${means} ${from}`);
  const weights = yes.map((value, feature) => 2 * (value - (no[feature] ?? 0)));
  const bias = -weights.reduce(
    (sum, weight, feature) => sum + (weight * ((yes[feature] ?? 0) + (no[feature] ?? 0))) / 2,
    0,
  );
  await writeFile(kept, JSON.stringify({ weights, bias }));
  return { weights, bias };
}

function graphOf({ weights, bias }: Awaited<ReturnType<typeof meansOf>>): Uint8Array {
  const node = (op: string, inputs: readonly string[], output: string): GraphNode => ({
    op,
    domain: '',
    inputs,
    outputs: [output],
    attributes: {},
  });
  const filled = numbers.flatMap(({ name }, feature) => [
    node('IsNaN', [name], `missing${feature}`),
    node('Where', [`missing${feature}`, 'zero', name], `filled${feature}`),
    node('Mul', [`filled${feature}`, `weight${feature}`], `term${feature}`),
  ]);
  return encodeModel({
    graphName: 'means',
    inputs: numbers.map(({ name }) => ({ name, type: 'float' as const, dims: ['N', 1] })),
    outputs: [{ name: 'probability', type: 'float', dims: ['N', 1] }],
    constants: [
      { name: 'zero', tensor: { type: 'float', dims: [1], values: [0] } },
      { name: 'bias', tensor: { type: 'float', dims: [1], values: [bias] } },
      ...weights.map((weight, feature) => ({
        name: `weight${feature}`,
        tensor: { type: 'float' as const, dims: [1], values: [weight] },
      })),
    ],
    nodes: [
      ...filled,
      node('Sum', [...numbers.map((_, feature) => `term${feature}`), 'bias'], 'sum'),
      node('Sigmoid', ['sum'], 'probability'),
    ],
    opsets: [{ domain: '', version: 17 }],
    metadata: [],
  });
}

const isResumed = existsSync(at('checkpoint', 'means.json'));
const means = await meansOf();
await appendFile(at('progress.jsonl'), `${JSON.stringify({ done: 1, of: 2, note: 'means' })}\n`);
const { waitFor, pids } = task.settings;
if (typeof pids === 'string') await appendFile(pids, `${process.pid}\n`);
if (typeof waitFor === 'string') while (!existsSync(waitFor)) await delay(20);
await writeFile(at('model.onnx'), graphOf(means));
if (task.rows.test > 0) {
  const terms = numbers.map(({ name }, feature) => `coalesce(${quoted(name)}, 0) * ${means.weights[feature] ?? 0}`);
  const sum = [...terms, String(means.bias)].join(' + ');
  const files = ['validation', 'test'].map((part) => `'${at(part, 'rows.parquet')}'`).join(', ');
  const held = `read_parquet([${files}], union_by_name = true)`;
  await connection.run(
    `COPY (SELECT _order, [1 - p, p] AS prediction FROM (SELECT _order, 1 / (1 + exp(-(${sum}))) AS p FROM ${held}) ` +
      `ORDER BY _order) TO '${at('predictions.parquet')}' (FORMAT parquet)`,
  );
}
await writeFile(
  at('report.json'),
  JSON.stringify({
    metrics: { features: numbers.length, resumed: Number(isResumed) },
    importance: [{ feature: numbers[0]?.name, gain: 1 }],
    environment: { HF_TOKEN: process.env['HF_TOKEN'] ?? null },
  }),
);
await appendFile(at('progress.jsonl'), `${JSON.stringify({ done: 2, of: 2 })}\n`);
connection.closeSync();
instance.closeSync();
