import { readForeign } from './read-foreign.ts';
import { encodeModel, elementTypes, type ElementType, type GraphValue } from '../graphs/wire.ts';
import { emptyCensus, type ForeignValue } from './foreign-model.ts';
import { each } from './read-fields.ts';
import { readTensor } from './read-tensor.ts';

/** What a cut file gives: its tensors side by side, `[N, tensors]`, FLOAT. */
export const cutOutput = 'perennial_encoded';

interface Part {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The part of a file of ours that computes these tensors (FLOAT `[N, 1]`, inputs of the file among them), as a file
 * of its own that takes what the whole takes. Nodes stand in their order, as ONNX asks.
 */
export function cutGraph(bytes: Uint8Array, tensors: readonly string[]): Uint8Array {
  const model = readForeign(bytes);
  const parts: Part[] = [];
  const initializers: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  each(model.graph, (field, reader, wire) => {
    if (field === 1) parts.push(partOf(reader.bytes()));
    else if (field === 5) {
      const tensor = reader.bytes();
      initializers.push({ name: readTensor(tensor, emptyCensus()).name, bytes: tensor });
    } else reader.skip(wire);
  });
  const needed = new Set(tensors);
  const kept: Uint8Array[] = [];
  for (const part of parts.toReversed()) {
    if (!part.outputs.some((name) => needed.has(name))) continue;
    for (const name of part.inputs) needed.add(name);
    kept.unshift(part.bytes);
  }
  return encodeModel({
    graphName: 'perennial',
    inputs: model.inputs.map(valueOf),
    outputs: [{ name: cutOutput, type: 'float', dims: ['N', tensors.length] }],
    constants: [],
    nodes: [
      ...kept,
      { op: 'Concat', domain: '', inputs: tensors, outputs: [cutOutput], attributes: { axis: { int: 1 } } },
    ],
    opsets: model.opsets,
    metadata: [],
    foreign: {
      irVersion: model.irVersion,
      initializers: initializers.filter(({ name }) => needed.has(name)).map((one) => one.bytes),
      sparseInitializers: [],
      functions: [],
    },
  });
}

/** The names that a NodeProto reads and writes. */
function partOf(bytes: Uint8Array): Part {
  const inputs: string[] = [];
  const outputs: string[] = [];
  each(bytes, (field, reader, wire) => {
    if (field === 1) inputs.push(reader.string());
    else if (field === 2) outputs.push(reader.string());
    else reader.skip(wire);
  });
  return { bytes, inputs, outputs };
}

const typeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(elementTypes).map(([name, number]) => [number, name]),
);

function valueOf({ name, type, dims }: ForeignValue): GraphValue {
  const known = typeNames.get(type);
  return { name, type: isElementType(known) ? known : null, dims: dims?.map((dim) => dim ?? 'N') ?? null };
}

function isElementType(name: string | undefined): name is ElementType {
  return name !== undefined && Object.hasOwn(elementTypes, name);
}
