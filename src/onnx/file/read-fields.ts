import { BinaryReader, type WireType } from '@bufbuild/protobuf/wire';

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
