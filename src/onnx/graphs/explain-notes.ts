import type { LinearParameters } from './linear-parameters.ts';

/** Key of ModelProto.metadata_props; its number changes when what it holds does. */
const key = 'perennial.explain.1';

/**
 * What a file of ours says of itself so that its answers can be explained from it alone. ONNX has no place for any of
 * it: `TreeEnsemble` counts no rows.
 */
export interface ExplainNotes {
  /** Tensors `[N, 1]` that the model reads, by their names in the graph, in the order of its features. */
  readonly encoded: readonly string[];
  /** The feature that each of them was made of. */
  readonly sources: readonly string[];
  /** Of trees: training rows in each leaf, in the order of `leaf_weights`. */
  readonly leafRows?: Uint32Array;
  readonly linear?: LinearNotes;
  /** Of a model that answers every row alike: that answer. */
  readonly constant?: readonly number[];
}

export interface LinearNotes extends LinearParameters {
  /** What the term of each tensor adds to each output on average over the training rows. */
  readonly expected: readonly (readonly number[])[];
}

/** One entry of the metadata of a file; rows of leaves are uint32, little-endian, in base64. */
export function explainNotes({ leafRows, ...notes }: ExplainNotes): Record<string, string> {
  return { [key]: JSON.stringify(leafRows === undefined ? notes : { ...notes, leafRows: packed(leafRows) }) };
}

/** Null where the file says nothing of the kind, or something that is not understood. */
export function readExplainNotes(metadata: ReadonlyMap<string, string>): ExplainNotes | null {
  const notes = parsed(metadata.get(key) ?? '');
  if (!isObject(notes)) return null;
  const { encoded, sources, leafRows, linear, constant } = notes;
  if (!isTexts(encoded) || !isTexts(sources) || encoded.length !== sources.length) return null;
  if (typeof leafRows === 'string') return { encoded, sources, leafRows: unpacked(leafRows) };
  if (isNumbers(constant)) return { encoded, sources, constant };
  return isLinear(linear, encoded.length) ? { encoded, sources, linear } : null;
}

function packed(numbers: Uint32Array): string {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes.toString('base64');
}

function unpacked(text: string): Uint32Array {
  const bytes = Buffer.from(text, 'base64');
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readUInt32LE(index * 4));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}

function isLinear(value: unknown, encodings: number): value is LinearNotes {
  if (!isObject(value)) return false;
  const { bias, numbers, categories, expected } = value;
  if (!isNumbers(bias) || !isRows(expected) || expected.length !== encodings) return false;
  return (
    Array.isArray(numbers) &&
    numbers.every(
      (one) =>
        isObject(one) &&
        isNumbers([one.encoding, one.mean, one.inverseScale]) &&
        isNumbers(one.weights) &&
        isNumbers(one.missingWeights),
    ) &&
    Array.isArray(categories) &&
    categories.every((one) => isObject(one) && isNumbers([one.encoding]) && isRows(one.table))
  );
}

function isRows(value: unknown): value is readonly (readonly number[])[] {
  return Array.isArray(value) && value.every(isNumbers);
}
