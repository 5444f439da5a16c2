import { elementTypes } from '../graphs/wire.ts';
import type { ForeignGraphParts, ForeignNode, ForeignTensor } from '../file/foreign-model.ts';
import { attributeAmong, attributeTensor } from '../file/read-attribute.ts';
import { valuesOf } from '../file/read-tensor.ts';

/** Steps that hand on what they take, in another form. */
export const passing: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten']);

/** Classes that a file can have; a longer list of constants is something else. */
const classesMax = 1_000;
const stepsMax = 50;

export type Makers = ReadonlyMap<string, ForeignNode>;

export function makersOf(graph: Pick<ForeignGraphParts, 'nodes'>): Makers {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output): [string, ForeignNode] => [output, node])));
}

/** Class labels that a classifier or a ZipMap carries, in the order of its scores. */
export function labelsOf(node: ForeignNode): readonly string[] {
  const names = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'];
  return attributeAmong(node, names).map(String);
}

/**
 * The classes in the order of the scores, found by following the label output back to where it is made. `positions`:
 * the label is the place of the best score itself. Null where that cannot be read from the graph.
 */
export function followLabels(
  graph: ForeignGraphParts,
  makers: Makers,
  label: string,
  steps = 0,
): readonly string[] | 'positions' | null {
  const maker = makers.get(label);
  if (maker === undefined || steps > stepsMax) return null;
  const [first = '', second = ''] = maker.inputs;
  if (passing.has(maker.op)) return followLabels(graph, makers, first, steps + 1);
  if (maker.op === 'ArgMax') return 'positions';
  if (maker.op === 'TopK') return maker.outputs[1] === label ? 'positions' : null;
  const own = labelsOf(maker);
  if (own.length > 0) return maker.outputs[0] === label ? own : null;
  if (maker.op === 'ArrayFeatureExtractor' || maker.op === 'Gather') {
    const words = constantsOf(graph, makers, first);
    if (words === null) return null;
    const places = followLabels(graph, makers, second, steps + 1);
    return Array.isArray(places) ? places.map((place) => words[Number(place)] ?? '') : words;
  }
  if (maker.op !== 'LabelEncoder') return null;
  const before = followLabels(graph, makers, first, steps + 1);
  const translated = translationOf(maker);
  if (before === 'positions') return [...translated.values()];
  return before === null ? null : before.map((word) => translated.get(word) ?? word);
}

function translationOf(encoder: ForeignNode): ReadonlyMap<string, string> {
  const kinds = ['int64s', 'strings', 'floats', 'tensor'];
  const keys = attributeAmong(
    encoder,
    kinds.map((kind) => `keys_${kind}`),
  );
  const values = attributeAmong(
    encoder,
    kinds.map((kind) => `values_${kind}`),
  );
  return new Map(keys.map((key, index) => [String(key), String(values[index] ?? '')]));
}

/** A list of constants, also behind a step that hands it on; null when it is computed. */
function constantsOf(graph: ForeignGraphParts, makers: Makers, name: string, steps = 0): readonly string[] | null {
  const tensor = graph.initializers.get(name);
  if (tensor !== undefined) return wordsOf(tensor);
  const maker = makers.get(name);
  if (maker === undefined || steps > stepsMax) return null;
  if (passing.has(maker.op)) return constantsOf(graph, makers, maker.inputs[0] ?? '', steps + 1);
  if (maker.op !== 'Constant') return null;
  const value = attributeTensor(maker, 'value');
  if (value !== null) return wordsOf(value);
  return attributeAmong(maker, ['value_strings', 'value_ints']).map(String);
}

const labelTypes: ReadonlySet<number> = new Set([
  elementTypes.string,
  elementTypes.int64,
  elementTypes.int32,
  elementTypes.bool,
  elementTypes.float,
]);

function wordsOf(tensor: ForeignTensor): readonly string[] | null {
  if (!labelTypes.has(tensor.type)) return null;
  return valuesOf(tensor, classesMax).map(String);
}

/** Every list in the file that could be the classes, for a label whose way cannot be followed. */
export function labelLists(graph: ForeignGraphParts): readonly (readonly string[])[] {
  const ofNodes = graph.nodes.flatMap((node) => {
    const lists = [labelsOf(node)];
    if (node.op === 'LabelEncoder') lists.push([...translationOf(node).values()]);
    return lists;
  });
  const ofConstants = [...graph.initializers.values()].flatMap((tensor) => {
    const isList = tensor.dims.length === 1 && (tensor.dims[0] ?? 0) <= classesMax;
    const words = isList && [elementTypes.string, elementTypes.int64].some((type) => type === tensor.type);
    return words ? [wordsOf(tensor) ?? []] : [];
  });
  return [...ofNodes, ...ofConstants].filter((list) => list.length >= 2 && new Set(list).size === list.length);
}
