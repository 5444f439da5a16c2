import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { PerennialError } from '../../domain/words/errors.ts';
import { isText } from '../../domain/features/kind-of.ts';
import type { Signature } from '../../domain/spec/signature.ts';
import { derivedGraph } from '../graphs/derived-graph.ts';
import { columnsOf, type FeatureColumn, type FeatureColumns } from './columns.ts';
import { feedRows } from './feed-rows.ts';
import { openSession, rowsPerRunMax } from './run-model.ts';
import { sayRuntimeProblem } from './say-runtime-problem.ts';

/**
 * The columns with the derived features beside them, computed by ONNX Runtime from the nodes that a version has: what
 * is trained on is what is served. Columns of a signature without derived features come back as they are.
 */
export async function withDerived(signature: Signature, columns: FeatureColumns): Promise<FeatureColumns> {
  const { derived = [] } = signature;
  if (derived.length === 0) return columns;
  const session = await openSession(derivedGraph(signature), { shouldKeepMemory: false });
  const results = derived.map((column) => ({
    ...column,
    numbers: new Float64Array(isText(column) ? 0 : columns.rows),
    texts: new Array<string | null>(isText(column) ? columns.rows : 0),
  }));
  try {
    for (let from = 0; from < columns.rows; from += rowsPerRunMax) {
      const to = Math.min(columns.rows, from + rowsPerRunMax);
      // oxlint-disable-next-line no-await-in-loop -- one run at a time bounds memory
      const outputs = await runOnce(session, columns, from, to);
      // The names of outputs may carry underscores behind them; their order is that of the signature.
      for (const [index, { numbers, texts }] of results.entries())
        takeInto(outputs[session.outputNames[index] ?? ''], from, numbers, texts);
    }
  } finally {
    await session.release();
  }
  const computed = results.map(({ name, kind, numbers, texts }): FeatureColumn =>
    isText({ kind }) ? { name, kind, texts } : { name, kind, numbers },
  );
  return columnsOf(columns.rows, [...columns.byName.values(), ...computed]);
}

async function runOnce(
  session: InferenceSession,
  columns: FeatureColumns,
  from: number,
  to: number,
): Promise<Readonly<Record<string, Tensor>>> {
  const { feeds } = feedRows(session, columns, from, to);
  try {
    return await session.run(feeds);
  } catch (cause) {
    throw new PerennialError('unsupported', `The derived features cannot be computed: ${sayRuntimeProblem(cause)}.`, {
      cause,
    });
  }
}

function takeInto(output: Tensor | undefined, from: number, numbers: Float64Array, texts: (string | null)[]): void {
  const data = output?.data;
  if (data instanceof Float32Array) numbers.set(data, from);
  else if (Array.isArray(data))
    for (const [row, text] of data.entries()) texts[from + row] = text === '' ? null : String(text);
}
