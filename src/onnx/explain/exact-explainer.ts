import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import { featuresOf } from '../../domain/spec/signature.ts';
import { cutGraph, cutOutput } from '../file/cut-graph.ts';
import { readForeign } from '../file/read-foreign.ts';
import { readTrees, type ReadTrees } from '../file/read-trees.ts';
import type { EnsembleNode } from '../graphs/tree-ensemble.ts';
import { proposedIn } from '../graphs/metadata.ts';
import { readExplainNotes, type ExplainNotes } from '../graphs/explain-notes.ts';
import { lineOfSums } from '../graphs/metadata.ts';
import { columnOf, columnsOf, type FeatureColumns } from '../run/columns.ts';
import { openSession, runRows } from '../run/run-model.ts';
import { linearExplainer } from './linear-explainer.ts';
import type { Explainer, Reasons } from './reasons.ts';
import { treeExplainer, type ExplainEncoded } from './tree-explainer.ts';
import { units } from './units.ts';

/** Steps of the algorithm for one row, some 100 ms: nobody else is answered meanwhile. */
const stepsMax = 1e7;

/**
 * Explains a file of ours from what it says of itself; what the model sees of a row is computed by the nodes of the
 * file. Null for any other, for files of earlier releases, which counted no rows, for trees that would take long, and
 * where answers are no straight line of the sums (an isotonic calibration).
 */
export async function exactExplainer(bytes: Uint8Array, declared: Signature): Promise<Explainer | null> {
  const model = readForeign(bytes);
  const signature = proposedIn(model.metadata, declared);
  const notes = readExplainNotes(model.metadata);
  if (notes === null) return null;
  const features = featuresOf(signature).map(({ name }) => name);
  if (notes.constant !== undefined) return constantExplainer(features, signature, notes.constant);
  if (lineOfSums(model.metadata, 0) === null) return null;
  const trees = notes.leafRows === undefined ? null : readTrees(model, notes.leafRows);
  const explainRow = explainEncodedOf(notes, trees);
  const places = notes.sources.map((source) => features.indexOf(source));
  if (explainRow === null || places.includes(-1) || (trees !== null && stepsOf(trees) > stepsMax)) return null;
  const session = await openSession(cutGraph(bytes, notes.encoded), { shouldKeepMemory: false });
  const width = notes.encoded.length;
  return {
    method: trees === null ? 'linear' : 'tree-shap',
    features,
    signature,
    close: () => session.release(),
    async explain(rows) {
      const columns = columnsOfRows(
        signature,
        rows.map(({ row }) => row),
      );
      const { scores: encoded } = await runRows(session, columns, 0, rows.length, [cutOutput]);
      const explained: Reasons[] = [];
      for (const [at, { output }] of rows.entries()) {
        const terms = new Float64Array(width);
        const reasons = explainRow(encoded.subarray(at * width, (at + 1) * width), output, terms);
        const contributions = gather(terms, places, features.length);
        explained.push(alongLine({ ...reasons, contributions }, lineOfSums(model.metadata, output)));
        // oxlint-disable-next-line no-await-in-loop -- other requests are answered between two rows
        await endOfTurn();
      }
      return explained;
    },
  };
}

/** Reasons of a sum as those of what becomes of it. */
function alongLine({ base, score, contributions }: Reasons, line: ReturnType<typeof lineOfSums>): Reasons {
  const { slope, intercept } = line ?? { slope: 1, intercept: 0 };
  return {
    base: slope * base + intercept,
    score: slope * score + intercept,
    contributions: contributions.map((term) => slope * term),
  };
}

/** No feature has a part in what is the same for every row. */
function constantExplainer(features: readonly string[], { task }: Signature, answer: readonly number[]): Explainer {
  return {
    method: 'constant',
    features,
    close: () => Promise.resolve(),
    explain: (rows) =>
      Promise.resolve(
        rows.map(({ output }) => {
          const score = units[task](answer, output);
          return { base: score, score, contributions: new Float64Array(features.length) };
        }),
      ),
  };
}

/** The order of TreeSHAP: leaves times the square of the depth, summed over the trees of all outputs. */
function stepsOf({ trees }: ReadTrees): number {
  const measure = (node: EnsembleNode, depth: number): { readonly leaves: number; readonly depth: number } => {
    if ('leaf' in node) return { leaves: 1, depth };
    const [left, right] = [measure(node.left, depth + 1), measure(node.right, depth + 1)];
    return { leaves: left.leaves + right.leaves, depth: Math.max(left.depth, right.depth) };
  };
  return trees.reduce((sum, { root }) => {
    const { leaves, depth } = measure(root, 0);
    return sum + leaves * depth * depth;
  }, 0);
}

function explainEncodedOf({ linear }: ExplainNotes, trees: ReturnType<typeof readTrees>): ExplainEncoded | null {
  if (trees !== null) return treeExplainer(trees);
  return linear === undefined ? null : linearExplainer(linear);
}

/** Two tensors may be made of one feature, such as the hour and the day of a time: they are added up. */
function gather(terms: Float64Array, places: readonly number[], features: number): Float64Array {
  const sums = new Float64Array(features);
  for (const [term, place] of places.entries()) sums[place] = (sums[place] ?? 0) + (terms[term] ?? 0);
  return sums;
}

/** Rows as columns, in the way in which a session takes them. */
function columnsOfRows(signature: Signature, rows: readonly EncodedRow[]): FeatureColumns {
  const columns = signature.columns.map((column) =>
    columnOf(
      column,
      () => rows.map((row) => row.texts[column.index] ?? null),
      () => Float64Array.from(rows, (row) => row.numbers[column.index] ?? Number.NaN),
    ),
  );
  return columnsOf(rows.length, columns);
}
