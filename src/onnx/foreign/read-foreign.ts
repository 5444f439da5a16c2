import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PerennialError } from '../../domain/words/errors.ts';
import { readMetadata } from '../graphs/metadata.ts';

/** A value that a graph takes or gives. `dims` null: the file does not say; null in it: any size. */
export interface ForeignValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sequence' | 'other';
  /** Element type of a tensor (TensorProto.DataType); 0 when unknown. */
  readonly type: number;
  readonly dims: readonly (number | string | null)[] | null;
}

export interface ForeignNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Class labels that a classifier or ZipMap carries. */
  readonly labels: readonly string[];
  /** `post_transform` of a classifier, `NONE` unless said. */
  readonly postTransform: string;
}

export interface ForeignModel {
  readonly irVersion: number;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly ForeignValue[];
  readonly outputs: readonly ForeignValue[];
  readonly nodes: readonly ForeignNode[];
  readonly initializers: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly functionDomains: readonly string[];
  /** Everything that the file contains, also inside branches and functions. */
  readonly census: Census;
  /** Bytes of the graph within the file, and of its functions. */
  readonly graph: Uint8Array;
  readonly functions: readonly Uint8Array[];
}

export interface Census {
  nodes: number;
  depth: number;
  externalTensors: number;
  hasTraining: boolean;
  readonly ops: Map<string, number>;
}

/** Graphs inside branches inside branches: deeper than any exporter goes. */
const depthMax = 8;

/**
 * Reads the structure of an ONNX file from its bytes, without running anything. Throws `unsupported` for bytes that are
 * none.
 */
export function readForeign(bytes: Uint8Array): ForeignModel {
  try {
    return readModel(bytes);
  } catch (cause) {
    if (cause instanceof PerennialError) throw cause;
    throw new PerennialError('unsupported', 'The file is not an ONNX model: its bytes cannot be read as one.', {
      path: 'model',
      cause,
    });
  }
}

function readModel(bytes: Uint8Array): ForeignModel {
  const opsets: { domain: string; version: number }[] = [];
  const functions: Uint8Array[] = [];
  const census: Census = { nodes: 0, depth: 0, externalTensors: 0, hasTraining: false, ops: new Map() };
  let irVersion = 0;
  let producer = '';
  let graph: Uint8Array | null = null;
  each(bytes, (field, reader, wire) => {
    if (field === 1) irVersion = Number(reader.int64());
    else if (field === 2) producer = reader.string();
    else if (field === 7) graph = reader.bytes();
    else if (field === 8) opsets.push(readOpset(reader.bytes()));
    else if (field === 25) functions.push(reader.bytes());
    else {
      if (field === 20) census.hasTraining = true;
      reader.skip(wire);
    }
  });
  if (graph === null)
    throw new PerennialError('unsupported', 'The file is not an ONNX model: it holds no graph.', { path: 'model' });
  const parts = readGraph(graph, census, 1);
  const functionDomains = functions.map((part) => readFunction(part, census));
  return {
    irVersion,
    producer,
    opsets,
    ...parts,
    metadata: readMetadata(bytes),
    functionDomains,
    census,
    graph,
    functions,
  };
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

function readGraph(
  bytes: Uint8Array,
  census: Census,
  depth: number,
): Pick<ForeignModel, 'inputs' | 'outputs' | 'nodes' | 'initializers'> {
  if (depth > depthMax)
    throw new PerennialError('unsupported', `The model nests graphs deeper than ${depthMax}.`, { path: 'model' });
  census.depth = Math.max(census.depth, depth);
  const inputs: ForeignValue[] = [];
  const outputs: ForeignValue[] = [];
  const nodes: ForeignNode[] = [];
  const initializers: string[] = [];
  each(bytes, (field, reader, wire) => {
    if (field === 1) nodes.push(readNode(reader.bytes(), census, depth));
    else if (field === 5) initializers.push(readTensor(reader.bytes(), census));
    else if (field === 15) initializers.push(readSparse(reader.bytes(), census));
    else if (field === 11) inputs.push(readValue(reader.bytes()));
    else if (field === 12) outputs.push(readValue(reader.bytes()));
    else reader.skip(wire);
  });
  return { inputs, outputs, nodes, initializers };
}

/** Returns the function's domain. */
function readFunction(bytes: Uint8Array, census: Census): string {
  let domain = '';
  each(bytes, (field, reader, wire) => {
    if (field === 7) readNode(reader.bytes(), census, 2);
    else if (field === 10) domain = reader.string();
    else if (field === 11) readAttribute(reader.bytes(), census, 2);
    else reader.skip(wire);
  });
  return domain;
}

function readNode(bytes: Uint8Array, census: Census, depth: number): ForeignNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let op = '';
  let domain = '';
  let labels: readonly string[] = [];
  let postTransform = 'NONE';
  each(bytes, (field, reader, wire) => {
    if (field === 1) inputs.push(reader.string());
    else if (field === 2) outputs.push(reader.string());
    else if (field === 4) op = reader.string();
    else if (field === 7) domain = reader.string();
    else if (field === 5) {
      const attribute = readAttribute(reader.bytes(), census, depth);
      if (/^class(labels|es)_(strings|int64s|ints)$/.test(attribute.name) && attribute.list.length > 0)
        labels = attribute.list;
      if (attribute.name === 'post_transform') postTransform = attribute.text;
    } else reader.skip(wire);
  });
  census.nodes += 1;
  const key = `${domain === 'ai.onnx' ? '' : domain}:${op}`;
  census.ops.set(key, (census.ops.get(key) ?? 0) + 1);
  return { op, domain: domain === 'ai.onnx' ? '' : domain, inputs, outputs, labels, postTransform };
}

function readAttribute(
  bytes: Uint8Array,
  census: Census,
  depth: number,
): { readonly name: string; readonly list: readonly string[]; readonly text: string } {
  const list: string[] = [];
  let name = '';
  let text = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string();
    else if (field === 4) text = Buffer.from(reader.bytes()).toString('utf8');
    else if (field === 5 || field === 10) readTensor(reader.bytes(), census);
    else if (field === 6 || field === 11) readGraph(reader.bytes(), census, depth + 1);
    else if (field === 22 || field === 23) readSparse(reader.bytes(), census);
    else if (field === 9) list.push(Buffer.from(reader.bytes()).toString('utf8'));
    else if (field === 8 && wire === WireType.Varint) list.push(String(reader.int64()));
    else if (field === 8) {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) list.push(String(packed.int64()));
    } else reader.skip(wire);
  });
  return { name, list, text };
}

/** Returns the tensor's name; its numbers are not looked at. */
function readTensor(bytes: Uint8Array, census: Census): string {
  let name = '';
  let isExternal = false;
  each(bytes, (field, reader, wire) => {
    if (field === 8) name = reader.string();
    else if (field === 14) {
      if (Number(reader.int64()) === 1) isExternal = true;
    } else {
      if (field === 13) isExternal = true;
      reader.skip(wire);
    }
  });
  if (isExternal) census.externalTensors += 1;
  return name;
}

function readSparse(bytes: Uint8Array, census: Census): string {
  let name = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = readTensor(reader.bytes(), census);
    else if (field === 2) readTensor(reader.bytes(), census);
    else reader.skip(wire);
  });
  return name;
}

function readValue(bytes: Uint8Array): ForeignValue {
  let name = '';
  let type: Omit<ForeignValue, 'name'> = { kind: 'other', type: 0, dims: null };
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = reader.string();
    else if (field === 2) type = readType(reader.bytes());
    else reader.skip(wire);
  });
  return { name, ...type };
}

function readType(bytes: Uint8Array): Omit<ForeignValue, 'name'> {
  let kind: ForeignValue['kind'] = 'other';
  let type = 0;
  let dims: (number | string | null)[] | null = null;
  each(bytes, (field, reader, wire) => {
    if (field === 4) kind = 'sequence';
    if (field !== 1) {
      reader.skip(wire);
      return;
    }
    kind = 'tensor';
    each(reader.bytes(), (part, inner, innerWire) => {
      if (part === 1) type = Number(inner.int32());
      else if (part === 2) dims = readShape(inner.bytes());
      else inner.skip(innerWire);
    });
  });
  return { kind, type, dims };
}

function readShape(bytes: Uint8Array): (number | string | null)[] {
  const dims: (number | string | null)[] = [];
  each(bytes, (field, reader, wire) => {
    if (field !== 1) {
      reader.skip(wire);
      return;
    }
    let dim: number | string | null = null;
    each(reader.bytes(), (part, inner, innerWire) => {
      if (part === 1) dim = Number(inner.int64());
      else if (part === 2) dim = inner.string() || null;
      else inner.skip(innerWire);
    });
    dims.push(dim);
  });
  return dims;
}

/** Calls back for each field, which must consume it. */
export function each(
  bytes: Uint8Array,
  read: (field: number, reader: BinaryReader, wire: WireType, start: number) => void,
): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wire] = reader.tag();
    read(field, reader, wire, start);
  }
}
