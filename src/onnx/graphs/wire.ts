import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * ONNX as bytes. Field numbers are those of onnx.proto (IR version 10). Fields are written in a fixed order and nothing
 * here reads a clock, so equal models are equal files.
 */
export const elementTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type ElementType = keyof typeof elementTypes;

export type Tensor =
  | {
      readonly type: 'float' | 'double' | 'uint8' | 'int64';
      readonly dims: readonly number[];
      readonly values: ArrayLike<number>;
    }
  | { readonly type: 'string'; readonly dims: readonly number[]; readonly values: readonly string[] };

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly tensor: Tensor }
  | { readonly floats: ArrayLike<number> }
  | { readonly ints: ArrayLike<number> }
  | { readonly texts: readonly string[] };

export interface GraphNode {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface GraphValue {
  readonly name: string;
  /** Null leaves it to the runtime to infer, for an output whose type the file does not say. */
  readonly type: ElementType | null;
  /** A text is a symbolic dimension; null says nothing about the shape. */
  readonly dims: readonly (number | string)[] | null;
}

export interface Model {
  readonly graphName: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: readonly { readonly name: string; readonly tensor: Tensor }[];
  /** Bytes are a NodeProto that was written elsewhere. */
  readonly nodes: readonly (GraphNode | Uint8Array)[];
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  /** Parts of a graph that was written elsewhere, as they stand in its file. */
  readonly foreign?: ForeignParts;
}

export interface ForeignParts {
  readonly irVersion: number;
  readonly initializers: readonly Uint8Array[];
  readonly sparseInitializers: readonly Uint8Array[];
  readonly functions: readonly Uint8Array[];
}

const irVersion = 10;

/** The bytes of an ONNX file. */
export function encodeModel(model: Model): Uint8Array {
  const writer = new BinaryWriter();
  int(writer, 1, Math.max(irVersion, model.foreign?.irVersion ?? 0));
  text(writer, 2, 'perennial');
  message(writer, 7, () => writeGraph(writer, model));
  for (const opset of model.opsets) {
    message(writer, 8, () => {
      text(writer, 1, opset.domain);
      int(writer, 2, opset.version);
    });
  }
  for (const { key, value } of model.metadata) {
    message(writer, 14, () => {
      text(writer, 1, key);
      text(writer, 2, value);
    });
  }
  for (const part of model.foreign?.functions ?? []) writer.tag(25, WireType.LengthDelimited).bytes(part);
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, model: Model): void {
  for (const node of model.nodes) {
    if (node instanceof Uint8Array) writer.tag(1, WireType.LengthDelimited).bytes(node);
    else message(writer, 1, () => writeNode(writer, node));
  }
  text(writer, 2, model.graphName);
  for (const { name, tensor } of model.constants) message(writer, 5, () => writeTensor(writer, tensor, name));
  for (const part of model.foreign?.initializers ?? []) writer.tag(5, WireType.LengthDelimited).bytes(part);
  for (const part of model.foreign?.sparseInitializers ?? []) writer.tag(15, WireType.LengthDelimited).bytes(part);
  for (const input of model.inputs) message(writer, 11, () => writeValue(writer, input));
  for (const output of model.outputs) message(writer, 12, () => writeValue(writer, output));
}

function writeNode(writer: BinaryWriter, node: GraphNode): void {
  for (const name of node.inputs) text(writer, 1, name);
  for (const name of node.outputs) text(writer, 2, name);
  text(writer, 4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, () => writeAttribute(writer, name, attribute));
  }
  text(writer, 7, node.domain);
}

/** Attribute types (field 20): FLOAT 1, INT 2, STRING 3, TENSOR 4, FLOATS 6, INTS 7, STRINGS 8. */
function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  if ('float' in attribute) {
    writer.tag(2, WireType.Bit32).float(attribute.float);
    int(writer, 20, 1);
  } else if ('int' in attribute) {
    int(writer, 3, attribute.int);
    int(writer, 20, 2);
  } else if ('text' in attribute) {
    text(writer, 4, attribute.text);
    int(writer, 20, 3);
  } else if ('tensor' in attribute) {
    message(writer, 5, () => writeTensor(writer, attribute.tensor, ''));
    int(writer, 20, 4);
  } else if ('floats' in attribute) {
    message(writer, 7, () => each(attribute.floats, (value) => writer.float(value)));
    int(writer, 20, 6);
  } else if ('ints' in attribute) {
    message(writer, 8, () => each(attribute.ints, (value) => writer.int64(value)));
    int(writer, 20, 7);
  } else {
    for (const value of attribute.texts) text(writer, 9, value);
    int(writer, 20, 8);
  }
}

function writeTensor(writer: BinaryWriter, tensor: Tensor, name: string): void {
  for (const size of tensor.dims) int(writer, 1, size);
  int(writer, 2, elementTypes[tensor.type]);
  if (tensor.type === 'string') for (const value of tensor.values) text(writer, 6, value);
  if (name !== '') text(writer, 8, name);
  if (tensor.type !== 'string') writer.tag(9, WireType.LengthDelimited).bytes(rawBytes(tensor.type, tensor.values));
}

/** Little-endian whatever the host is, because that is what the format says. */
function rawBytes(type: 'float' | 'double' | 'uint8' | 'int64', values: ArrayLike<number>): Uint8Array {
  const size = { float: 4, double: 8, uint8: 1, int64: 8 }[type];
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (type === 'float') view.setFloat32(i * 4, value, true);
    else if (type === 'double') view.setFloat64(i * 8, value, true);
    else if (type === 'uint8') view.setUint8(i, value);
    else view.setBigInt64(i * 8, BigInt(value), true);
  }
  return bytes;
}

function writeValue(writer: BinaryWriter, value: GraphValue): void {
  const { name, type, dims } = value;
  text(writer, 1, name);
  if (type === null) return;
  message(writer, 2, () =>
    message(writer, 1, () => {
      int(writer, 1, elementTypes[type]);
      if (dims === null) return;
      message(writer, 2, () => {
        for (const dim of dims) {
          message(writer, 1, () => (typeof dim === 'number' ? int(writer, 1, dim) : text(writer, 2, dim)));
        }
      });
    }),
  );
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function int(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

function each(values: ArrayLike<number>, write: (value: number) => void): void {
  for (let i = 0; i < values.length; i++) write(values[i] ?? 0);
}
