import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { emptyCensus, type ForeignNode, type ForeignTensor } from './foreign-model.ts';
import { each } from './read-fields.ts';
import { readTensor, valuesOf } from './read-tensor.ts';

/** Values of one attribute that are read at most: class labels and thresholds, not the weights of a forest. */
const valuesMax = 100_000;

/** The values of an attribute, whichever of the forms it has; empty when the node has none of that name. */
export function attributeOf(node: ForeignNode, name: string): readonly (number | string)[] {
  const bytes = node.attributes.get(name);
  if (bytes === undefined) return [];
  const values: (number | string)[] = [];
  each(bytes, (field, reader, wire) => {
    if (field === 2) values.push(reader.float());
    else if (field === 3) values.push(Number(reader.int64()));
    else if (field === 4 || field === 9) values.push(Buffer.from(reader.bytes()).toString('utf8'));
    else if (field === 5) values.push(...valuesOf(tensorIn(reader.bytes()), valuesMax));
    else if (field === 7) unpack(reader, wire, values, (packed) => packed.float());
    else if (field === 8) unpack(reader, wire, values, (packed) => Number(packed.int64()));
    else reader.skip(wire);
  });
  return values;
}

/** The attribute's tensor; null when it has none. */
export function attributeTensor(node: ForeignNode, name: string): ForeignTensor | null {
  const bytes = node.attributes.get(name);
  let tensor: ForeignTensor | null = null;
  if (bytes !== undefined)
    each(bytes, (field, reader, wire) => {
      if (field === 5) tensor = tensorIn(reader.bytes());
      else reader.skip(wire);
    });
  return tensor;
}

/** The values of the first attribute that the node has of these. */
export function attributeAmong(node: ForeignNode, names: readonly string[]): readonly (number | string)[] {
  for (const name of names) {
    const values = attributeOf(node, name);
    if (values.length > 0) return values;
  }
  return [];
}

function tensorIn(bytes: Uint8Array): ForeignTensor {
  // It was counted when the file was read.
  return readTensor(bytes, emptyCensus());
}

function unpack(
  reader: BinaryReader,
  wire: WireType,
  values: (number | string)[],
  read: (reader: BinaryReader) => number,
): void {
  if (wire !== WireType.LengthDelimited) {
    values.push(read(reader));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) {
    const value = read(packed);
    if (values.length < valuesMax) values.push(value);
  }
}
