import { performance } from 'node:perf_hooks';
import type { Expression } from '../src/domain/features/expressions/expression.ts';
import { signatureOf } from '../src/domain/spec/signature.ts';
import type { FeatureSpec } from '../src/domain/spec/spec.ts';
import { derivedGraph } from '../src/onnx/graphs/derived-graph.ts';
import { columnsOf } from '../src/onnx/run/columns.ts';
import { feedRows } from '../src/onnx/run/feed-rows.ts';
import { openSession, rowsPerRunMax } from '../src/onnx/run/run-model.ts';

/**
 * What a derived feature costs, by operator: to load its graph, to answer one row, and for each row of a training. One
 * session of its own each, so that the cost of a call is in the single row; `nothing` is that call.
 */
const col = (name: string): Expression => ({ op: 'column', name });
const cases: Readonly<Record<string, Expression>> = {
  nothing: col('a'),
  ratio: { op: 'ratio', of: [col('a'), col('b')] },
  log1p: { op: 'log1p', of: [col('a')] },
  'bucket of 10': { op: 'bucket', edges: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], of: [col('a')] },
  hour: { op: 'hour', timeZone: 'UTC', of: [col('t')] },
  month: { op: 'month', timeZone: 'UTC', of: [col('t')] },
  isWord: { op: 'isWord', word: 'woo', of: [col('x')] },
  textLength: { op: 'textLength', of: [col('x')] },
  cross: { op: 'cross', of: [col('x'), col('y')] },
};
const features: readonly FeatureSpec[] = [
  { name: 'a', kind: 'number', missing: 'allow' },
  { name: 'b', kind: 'number', missing: 'allow' },
  { name: 't', kind: 'time', missing: 'allow' },
  { name: 'x', kind: 'category', missing: 'allow' },
  { name: 'y', kind: 'category', missing: 'allow' },
];
const rows = rowsPerRunMax;
const numbers = (of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));
const texts = (of: (row: number) => string) => Array.from({ length: rows }, (_, row) => of(row));
const columns = columnsOf(rows, [
  { name: 'a', kind: 'number', numbers: numbers((row) => row) },
  { name: 'b', kind: 'number', numbers: numbers((row) => row % 7) },
  { name: 't', kind: 'time', numbers: numbers((row) => row * 1e9) },
  { name: 'x', kind: 'category', texts: texts((row) => `w${'o'.repeat(row % 30)}`) },
  { name: 'y', kind: 'category', texts: texts((row) => `q${row % 9}`) },
]);

function print(...cells: readonly string[]): void {
  process.stdout.write(`${cells.join(' ')}\n`);
}

async function meanMs(times: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const begin = performance.now();
  for (let i = 0; i < times; i++)
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    await work();
  return (performance.now() - begin) / times;
}

print('operator'.padEnd(14), 'load ms'.padStart(8), 'one row us'.padStart(11), 'each of 4,096 us'.padStart(17));
for (const [name, expression] of Object.entries(cases)) {
  const target = { task: 'regression', column: 'z', labelDelay: { rows: 1 } } as const;
  const graph = derivedGraph(signatureOf({ features, derived: [{ name: 'd', expression }], target }));
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
  const loadMs = await meanMs(20, async () => (await openSession(graph)).release());
  // oxlint-disable-next-line no-await-in-loop -- as above
  const session = await openSession(graph);
  const feedOf = (to: number) => feedRows(session, columns, 0, to).feeds;
  const [one, all] = [feedOf(1), feedOf(rows)];
  // oxlint-disable-next-line no-await-in-loop -- as above
  const oneMs = await meanMs(2_000, () => session.run(one));
  // oxlint-disable-next-line no-await-in-loop -- as above
  const allMs = await meanMs(30, () => session.run(all));
  // oxlint-disable-next-line no-await-in-loop -- as above
  await session.release();
  const figures = [loadMs.toFixed(1).padStart(8), (oneMs * 1_000).toFixed(0).padStart(11)];
  print(name.padEnd(14), ...figures, ((allMs * 1_000) / rows).toFixed(2).padStart(17));
}
