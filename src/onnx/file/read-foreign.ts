import { PerennialError } from '../../domain/words/errors.ts';
import { readMetadata } from '../graphs/metadata.ts';
import {
  emptyCensus,
  type Census,
  type ForeignFunction,
  type ForeignGraphParts,
  type ForeignModel,
  type ForeignNode,
  type ForeignTensor,
  type ForeignValue,
} from './foreign-model.ts';
import { each } from './read-fields.ts';
import { readSparse, readTensor } from './read-tensor.ts';
import { readValue } from './read-value.ts';

/** Graphs inside branches inside branches: deeper than any exporter goes. */
const depthMax = 8;

/**
 * Reads the structure of an ONNX file from its bytes, without running anything. Throws `unsupported` for bytes that are
 * none.
 */
export function readForeign(bytes: Uint8Array): ForeignModel {
  if (bytes.length === 0) throw noModel('it is empty');
  try {
    return readModel(bytes);
  } catch (cause) {
    if (cause instanceof PerennialError && cause.code === 'unsupported') throw cause;
    throw noModel(`its ${bytes.length} bytes cannot be read as one, or end too early`, cause);
  }
}

function noModel(why: string, cause?: unknown): PerennialError {
  return new PerennialError('unsupported', `The file is not an ONNX model: ${why}.`, {
    path: 'model',
    hint: 'Send the .onnx file as its exporter wrote it, whole and not packed.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function readModel(bytes: Uint8Array): ForeignModel {
  const opsets: { domain: string; version: number }[] = [];
  const functionBytes: Uint8Array[] = [];
  const census = emptyCensus();
  let irVersion = 0;
  let producer = '';
  let graph: Uint8Array | null = null;
  each(bytes, (field, reader, wire) => {
    if (field === 1) irVersion = Number(reader.int64());
    else if (field === 2) producer = reader.string();
    else if (field === 7) graph = reader.bytes();
    else if (field === 8) opsets.push(readOpset(reader.bytes()));
    else if (field === 25) functionBytes.push(reader.bytes());
    else {
      if (field === 20) census.hasTraining = true;
      reader.skip(wire);
    }
  });
  if (graph === null) throw noModel('it holds no graph');
  const parts = readGraph(graph, census, 1);
  const functions = functionBytes.map((part) => readFunction(part, census));
  const metadata = readMetadata(bytes);
  return { irVersion, producer, opsets, ...parts, metadata, functions, census, graph, functionBytes };
}

function readOpset(bytes: Uint8Array): { domain: string; version: number } {
  const opset = { domain: '', version: 0 };
  each(bytes, (field, reader, wire) => {
    if (field === 1) opset.domain = reader.string();
    else if (field === 2) opset.version = Number(reader.int64());
    else reader.skip(wire);
  });
  return opset;
}

function readGraph(bytes: Uint8Array, census: Census, depth: number): ForeignGraphParts {
  if (depth > depthMax)
    throw new PerennialError('unsupported', `The model nests graphs deeper than ${depthMax}.`, { path: 'model' });
  census.depth = Math.max(census.depth, depth);
  const inputs: ForeignValue[] = [];
  const outputs: ForeignValue[] = [];
  const nodes: ForeignNode[] = [];
  const initializers = new Map<string, ForeignTensor>();
  const keep = (tensor: ForeignTensor): unknown => initializers.set(tensor.name, tensor);
  each(bytes, (field, reader, wire) => {
    if (field === 1) nodes.push(readNode(reader.bytes(), census, depth));
    else if (field === 5) keep(readTensor(reader.bytes(), census));
    else if (field === 15) keep(readSparse(reader.bytes(), census));
    else if (field === 11) inputs.push(readValue(reader.bytes()));
    else if (field === 12) outputs.push(readValue(reader.bytes()));
    else reader.skip(wire);
  });
  return { inputs, outputs, nodes, initializers };
}

function readFunction(bytes: Uint8Array, census: Census): ForeignFunction {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: ForeignNode[] = [];
  let name = '';
  let domain = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string();
    else if (field === 4) inputs.push(reader.string());
    else if (field === 5) outputs.push(reader.string());
    else if (field === 7) nodes.push(readNode(reader.bytes(), census, 2));
    else if (field === 10) domain = reader.string();
    else if (field === 11) readAttribute(reader.bytes(), census, 2);
    else reader.skip(wire);
  });
  return { name, domain, inputs, outputs, nodes };
}

function readNode(bytes: Uint8Array, census: Census, depth: number): ForeignNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  const graphs: ForeignGraphParts[] = [];
  let op = '';
  let domain = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) inputs.push(reader.string());
    else if (field === 2) outputs.push(reader.string());
    else if (field === 4) op = reader.string();
    else if (field === 7) domain = reader.string();
    else if (field === 5) {
      const attribute = reader.bytes();
      const found = readAttribute(attribute, census, depth);
      attributes.set(found.name, attribute);
      graphs.push(...found.graphs);
    } else reader.skip(wire);
  });
  if (domain === 'ai.onnx') domain = '';
  census.nodes += 1;
  const key = `${domain}:${op}`;
  census.ops.set(key, (census.ops.get(key) ?? 0) + 1);
  return { op, domain, inputs, outputs, attributes, graphs };
}

/** Counts what the attribute holds; its values are decoded by whoever asks for them. */
function readAttribute(
  bytes: Uint8Array,
  census: Census,
  depth: number,
): { readonly name: string; readonly graphs: readonly ForeignGraphParts[] } {
  const graphs: ForeignGraphParts[] = [];
  let name = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string();
    else if (field === 5 || field === 10) readTensor(reader.bytes(), census);
    else if (field === 6 || field === 11) graphs.push(readGraph(reader.bytes(), census, depth + 1));
    else if (field === 22 || field === 23) readSparse(reader.bytes(), census);
    else reader.skip(wire);
  });
  return { name, graphs };
}
