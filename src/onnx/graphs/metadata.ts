import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PerennialError } from '../../domain/words/errors.ts';
import type { DerivedColumn, Signature } from '../../domain/spec/signature.ts';

/** Keys of ModelProto.metadata_props. No timestamps and no run ids: equal trainings are equal files. */
const keys = {
  format: 'perennial.format',
  family: 'perennial.family',
  signature: 'perennial.signature',
  data: 'perennial.data',
  warmStart: 'perennial.warm-start',
  proposed: 'perennial.proposed.1',
} as const;

/** What a file says about itself. `dataDigest` is the digest of the rows that it was fitted on. */
export function metadataOf(family: string, signature: Signature, dataDigest: string): Record<string, string> {
  const { task, classes, columns, derived = [] } = signature;
  const proposed = derived.filter(({ isProposed }) => isProposed === true);
  return {
    [keys.format]: '1',
    [keys.family]: family,
    [keys.signature]: JSON.stringify({ task, classes, columns: columns.map(({ name, kind }) => ({ name, kind })) }),
    [keys.data]: dataDigest,
    ...(proposed.length === 0 ? {} : { [keys.proposed]: JSON.stringify(proposed) }),
  };
}

/** The signature of a file of ours with the features that the file computes beside those of its definition. */
export function proposedIn(metadata: ReadonlyMap<string, string>, signature: Signature): Signature {
  const text = metadata.get(keys.proposed);
  if (text === undefined) return signature;
  // Written by `metadataOf`, in a file whose digest was checked.
  const proposed = JSON.parse(text) as readonly DerivedColumn[];
  return { ...signature, derived: [...(signature.derived ?? []), ...proposed] };
}

/** Whether the file takes and gives by name what a model of this signature does; expressions are not looked at. */
export function isOfSignature(metadata: ReadonlyMap<string, string>, signature: Signature): boolean {
  return metadata.get(keys.signature) === metadataOf('', signature, '')[keys.signature];
}

/** Names the file that a fit went on from, by its SHA-256 in hex. */
export function warmStartIn(digest: string): Record<string, string> {
  return { [keys.warmStart]: digest };
}

/** Reads metadata_props (field 14) of a model file and skips everything else. */
export function readMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const [field, wireType] = reader.tag();
      if (field === 14 && wireType === WireType.LengthDelimited) {
        const [key, value] = readEntry(reader.bytes());
        found.set(key, value);
      } else reader.skip(wireType);
    }
  } catch (cause) {
    throw new PerennialError('artifact_corrupt', 'the bytes are not an ONNX model file', { cause });
  }
  return found;
}

/** The class labels in the order of the probability columns; null for a file that Perennial did not write. */
export function classesIn(metadata: ReadonlyMap<string, string>): readonly string[] | null {
  const text = metadata.get(keys.signature);
  if (text === undefined) return null;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('classes' in parsed) || !Array.isArray(parsed.classes))
    return null;
  return parsed.classes.map(String);
}

function readEntry(bytes: Uint8Array): [string, string] {
  const reader = new BinaryReader(bytes);
  let key = '';
  let value = '';
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.string();
    else reader.skip(wireType);
  }
  return [key, value];
}
