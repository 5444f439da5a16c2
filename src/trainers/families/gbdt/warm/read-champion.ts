import { createHash } from 'node:crypto';
import type { Signature } from '../../../../domain/spec/signature.ts';
import { cutGraph } from '../../../../onnx/file/cut-graph.ts';
import type { ForeignModel } from '../../../../onnx/file/foreign-model.ts';
import { attributeOf } from '../../../../onnx/file/read-attribute.ts';
import { readForeign } from '../../../../onnx/file/read-foreign.ts';
import { readTrees } from '../../../../onnx/file/read-trees.ts';
import { readExplainNotes, type ExplainNotes } from '../../../../onnx/graphs/explain-notes.ts';
import { isOfSignature } from '../../../../onnx/graphs/metadata.ts';
import { noCodes, preprocessingWith, type Codes } from '../../../../onnx/graphs/preprocessing.ts';
import { treeEnsembleGraph } from '../../../../onnx/graphs/tree-ensemble.ts';
import type { WarmStart } from '../../../interface.ts';

/**
 * What a fit can go on from, or why it cannot, as the second half of a sentence. The file is ours where what stands in
 * front of its trees is, byte for byte, what this signature has in front of them: names, kinds, expressions and limits
 * of outliers are then the same, and a tree means what it meant.
 */
export function readChampion(bytes: Uint8Array, signature: Signature): WarmStart | { readonly why: string } {
  const model = readForeign(bytes);
  const notes = readExplainNotes(model.metadata);
  if (notes?.leafRows === undefined) return { why: 'the champion is no file of trees of this release' };
  const read = readTrees(model, notes.leafRows);
  if (read === null) return { why: 'the trees of the champion cannot be read' };
  const preprocessing = preprocessingWith(signature, (feature) => codesIn(model, notes, feature));
  const again = treeEnsembleGraph(preprocessing, read.trees, read.base, {});
  if (!isOfSignature(model.metadata, signature) || !isSamePart(bytes, again, notes))
    return { why: 'features, expressions or classes are others than those of the champion' };
  const counts = read.base.map((_, output) => read.trees.filter(({ target }) => target === output).length);
  return {
    digest: createHash('sha256').update(bytes).digest('hex'),
    preprocessing,
    ...read,
    rounds: Math.max(0, ...counts),
  };
}

/** Whether both compute the same tensors in the same way. */
function isSamePart(bytes: Uint8Array, again: Uint8Array, { encoded }: ExplainNotes): boolean {
  const other = readExplainNotes(readForeign(again).metadata);
  if (other === null || JSON.stringify(other.encoded) !== JSON.stringify(encoded)) return false;
  return Buffer.compare(cutGraph(bytes, encoded), cutGraph(again, encoded)) === 0;
}

/** The codes of a category, encoding by encoding; one without codes where the file does not read it. */
function codesIn(model: ForeignModel, { encoded, sources }: ExplainNotes, feature: string): readonly Codes[] {
  const tensors = encoded.filter((_, at) => sources[at] === feature);
  return tensors.length === 0 ? [noCodes] : tensors.map((tensor) => codesOf(model, tensor));
}

/** As its `LabelEncoder` has them; the empty text stands for missing. */
function codesOf({ nodes }: ForeignModel, tensor: string): Codes {
  const encoder = nodes.find(({ op, outputs }) => op === 'LabelEncoder' && outputs.includes(tensor));
  if (encoder === undefined) return noCodes;
  const numbers = attributeOf(encoder, 'values_floats').map(Number);
  const codes = new Map<string, number>();
  for (const [at, word] of attributeOf(encoder, 'keys_strings').entries())
    if (word !== '') codes.set(String(word), numbers[at] ?? 0);
  return { codes, codeCount: Math.max(0, ...numbers) };
}
