import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { each } from './read-fields.ts';

export interface RenamedGraph {
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly sparseInitializers: readonly Uint8Array[];
}

/**
 * The parts of a graph with every value's name put behind a prefix, so that none of them can meet a name of ours.
 * Inputs, outputs and remembered shapes are left out: the graph around it declares its own. `drop` leaves nodes out by
 * operator.
 */
export function renameForeign(graph: Uint8Array, prefix: string, drop: (node: Uint8Array) => boolean): RenamedGraph {
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  const sparseInitializers: Uint8Array[] = [];
  each(graph, (field, reader, wire) => {
    if (field === 1) {
      const node = reader.bytes();
      if (!drop(node)) nodes.push(renameNode(node, prefix));
    } else if (field === 5) initializers.push(renameTensor(reader.bytes(), prefix));
    else if (field === 15) sparseInitializers.push(renameSparse(reader.bytes(), prefix));
    else reader.skip(wire);
  });
  return { nodes, initializers, sparseInitializers };
}

/** Copies a message field by field; `change` writes the fields that it changes and returns true for them. */
function copy(
  bytes: Uint8Array,
  change: (field: number, value: () => Uint8Array, writer: BinaryWriter) => boolean,
): Uint8Array {
  const writer = new BinaryWriter();
  each(bytes, (field, reader, wire, start) => {
    const from = reader.pos;
    let hasChanged = false;
    if (wire === WireType.LengthDelimited) {
      const value = reader.bytes();
      hasChanged = change(field, () => value, writer);
    } else reader.skip(wire);
    if (!hasChanged) writer.raw(bytes.subarray(start, reader.pos));
    if (reader.pos < from) throw new RangeError('a field went backwards');
  });
  return writer.finish();
}

function renameNode(bytes: Uint8Array, prefix: string): Uint8Array {
  return copy(bytes, (field, value, writer) => {
    if (field === 1 || field === 2) writer.tag(field, WireType.LengthDelimited).string(prefixed(value(), prefix));
    else if (field === 5) writer.tag(field, WireType.LengthDelimited).bytes(renameAttribute(value(), prefix));
    else return false;
    return true;
  });
}

function renameAttribute(bytes: Uint8Array, prefix: string): Uint8Array {
  return copy(bytes, (field, value, writer) => {
    if (field !== 6 && field !== 11) return false;
    writer.tag(field, WireType.LengthDelimited).bytes(renameInner(value(), prefix));
    return true;
  });
}

/** A branch: it sees the names outside, so its own get the same prefix. */
function renameInner(bytes: Uint8Array, prefix: string): Uint8Array {
  return copy(bytes, (field, value, writer) => {
    if (field === 1) writer.tag(field, WireType.LengthDelimited).bytes(renameNode(value(), prefix));
    else if (field === 5) writer.tag(field, WireType.LengthDelimited).bytes(renameTensor(value(), prefix));
    else if (field === 15) writer.tag(field, WireType.LengthDelimited).bytes(renameSparse(value(), prefix));
    else if (field === 11 || field === 12 || field === 13)
      writer.tag(field, WireType.LengthDelimited).bytes(renameFirst(value(), prefix, 1));
    // Quantisation annotations name tensors, and nothing that runs needs them.
    else return field === 14;
    return true;
  });
}

function renameTensor(bytes: Uint8Array, prefix: string): Uint8Array {
  return renameFirst(bytes, prefix, 8);
}

function renameSparse(bytes: Uint8Array, prefix: string): Uint8Array {
  return copy(bytes, (field, value, writer) => {
    if (field !== 1) return false;
    writer.tag(field, WireType.LengthDelimited).bytes(renameTensor(value(), prefix));
    return true;
  });
}

function renameFirst(bytes: Uint8Array, prefix: string, nameField: number): Uint8Array {
  return copy(bytes, (field, value, writer) => {
    if (field !== nameField) return false;
    writer.tag(field, WireType.LengthDelimited).string(prefixed(value(), prefix));
    return true;
  });
}

/** An empty name means "not given" and stays empty. */
function prefixed(name: Uint8Array, prefix: string): string {
  return name.length === 0 ? '' : `${prefix}${Buffer.from(name).toString('utf8')}`;
}

/** Its result is no tensor and nobody reads it any more. The operator's name stands in the node as plain bytes. */
export function isZipMap(node: Uint8Array): boolean {
  return Buffer.from(node.buffer, node.byteOffset, node.byteLength).includes(zipMapField);
}

/** Field 4 (op_type), 6 bytes long. */
const zipMapField = Buffer.from('\u0022\u0006ZipMap', 'latin1');
