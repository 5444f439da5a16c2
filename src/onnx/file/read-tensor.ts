import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { elementTypes } from '../graphs/wire.ts';
import { fromHalfBits } from '../run/half.ts';
import type { Census, ForeignTensor } from './foreign-model.ts';
import { each } from './read-fields.ts';

/** A TensorProto; its numbers are not looked at. */
export function readTensor(bytes: Uint8Array, census: Census): ForeignTensor {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let isExternal = false;
  each(bytes, (field, reader, wire) => {
    if (field === 1) addInts(dims, reader, wire);
    else if (field === 2) type = Number(reader.int32());
    else if (field === 8) name = reader.string();
    else if (field === 14) {
      if (Number(reader.int64()) === 1) isExternal = true;
    } else {
      if (field === 13) isExternal = true;
      reader.skip(wire);
    }
  });
  if (isExternal) census.externalTensors += 1;
  note(census, dims);
  return { name, type, dims, bytes };
}

/** A SparseTensorProto: its size is that of the whole, which the runtime unpacks. Its numbers are not readable here. */
export function readSparse(bytes: Uint8Array, census: Census): ForeignTensor {
  const dims: number[] = [];
  let name = '';
  each(bytes, (field, reader, wire) => {
    if (field === 1) name = readTensor(reader.bytes(), census).name;
    else if (field === 2) readTensor(reader.bytes(), census);
    else if (field === 3) addInts(dims, reader, wire);
    else reader.skip(wire);
  });
  note(census, dims);
  return { name, type: 0, dims, bytes: new Uint8Array() };
}

function note(census: Census, dims: readonly number[]): void {
  census.largestTensorSize = Math.max(census.largestTensorSize, sizeOf(dims));
}

/** Values of a tensor with these dimensions. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((size, dim) => size * Math.abs(dim), 1);
}

/** Whole numbers, packed or one by one. */
export function addInts(list: number[], reader: BinaryReader, wire: WireType): void {
  if (wire !== WireType.LengthDelimited) {
    list.push(Number(reader.int64()));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) list.push(Number(packed.int64()));
}

type Cell = number | string;

/** How one value lies in `raw_data`: its width in bytes, and the reader. */
const rawCells: Readonly<Record<number, readonly [number, (view: DataView, at: number) => number]>> = {
  [elementTypes.float]: [4, (view, at) => view.getFloat32(at, true)],
  [elementTypes.double]: [8, (view, at) => view.getFloat64(at, true)],
  [elementTypes.int64]: [8, (view, at) => Number(view.getBigInt64(at, true))],
  [elementTypes.uint64]: [8, (view, at) => Number(view.getBigUint64(at, true))],
  [elementTypes.int32]: [4, (view, at) => view.getInt32(at, true)],
  [elementTypes.uint32]: [4, (view, at) => view.getUint32(at, true)],
  [elementTypes.int16]: [2, (view, at) => view.getInt16(at, true)],
  [elementTypes.uint16]: [2, (view, at) => view.getUint16(at, true)],
  [elementTypes.float16]: [2, (view, at) => fromHalfBits(view.getUint16(at, true))],
  [elementTypes.int8]: [1, (view, at) => view.getInt8(at)],
  [elementTypes.uint8]: [1, (view, at) => view.getUint8(at)],
  [elementTypes.bool]: [1, (view, at) => view.getUint8(at)],
};

/** The first values of a tensor, texts or numbers; empty where they cannot be read. */
export function valuesOf(tensor: ForeignTensor, valuesMax: number): readonly Cell[] {
  const cells: Cell[] = [];
  const push = (read: () => Cell): void => {
    const cell = read();
    if (cells.length < valuesMax) cells.push(cell);
  };
  each(tensor.bytes, (field, reader, wire) => {
    if (field === 6) push(() => Buffer.from(reader.bytes()).toString('utf8'));
    else if (field === 9) cells.push(...rawValues(tensor.type, reader.bytes(), valuesMax));
    else if (field === 4) unpack(reader, wire, (packed) => push(() => packed.float()));
    else if (field === 10) unpack(reader, wire, (packed) => push(() => packed.double()));
    else if (field === 7 || field === 11) unpack(reader, wire, (packed) => push(() => Number(packed.int64())));
    else if (field === 5) {
      const isHalf = tensor.type === elementTypes.float16;
      unpack(reader, wire, (packed) => push(() => (isHalf ? fromHalfBits(packed.int32()) : packed.int32())));
    } else reader.skip(wire);
  });
  return cells;
}

function unpack(reader: BinaryReader, wire: WireType, read: (reader: BinaryReader) => void): void {
  if (wire !== WireType.LengthDelimited) {
    read(reader);
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) read(packed);
}

function rawValues(type: number, bytes: Uint8Array, valuesMax: number): readonly number[] {
  const [width, read] = rawCells[type] ?? [0, () => 0];
  if (width === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.min(valuesMax, Math.floor(bytes.length / width)) }, (_, index) =>
    read(view, index * width),
  );
}
