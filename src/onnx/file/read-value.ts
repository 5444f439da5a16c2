import type { ForeignValue } from './foreign-model.ts';
import { each } from './read-fields.ts';

/** A ValueInfoProto: what a graph takes or gives. */
export function readValue(bytes: Uint8Array): ForeignValue {
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
