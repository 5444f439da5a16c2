import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { PerennialError } from '../../domain/words/errors.ts';
import type { DerivedColumn, Signature } from '../../domain/spec/signature.ts';
import type { ScoreMap } from '../../domain/training/calibration/score-map.ts';

/** Keys of ModelProto.metadata_props. No timestamps and no run ids: equal trainings are equal files. */
const keys = {
  format: 'perennial.format',
  family: 'perennial.family',
  signature: 'perennial.signature',
  data: 'perennial.data',
  warmStart: 'perennial.warm-start',
  proposed: 'perennial.proposed.1',
  scoreMaps: 'perennial.score-maps',
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

/** Names what the file makes of its sums before they are answers; nothing where that is nothing. */
export function scoreMapsIn(maps: readonly ScoreMap[]): Record<string, string> {
  return maps.length === 0 ? {} : { [keys.scoreMaps]: JSON.stringify(maps) };
}

/**
 * What a file of ours makes of the sum of one output as a straight line; null where it is none, and where the file says
 * something else than what `scoreMapsIn` writes.
 */
export function lineOfSums(
  metadata: ReadonlyMap<string, string>,
  output: number,
): { readonly slope: number; readonly intercept: number } | null {
  const maps = parsedMaps(metadata.get(keys.scoreMaps));
  let line = { slope: 1, intercept: 0 };
  for (const map of maps ?? []) {
    const next = lineOf(map, output);
    if (next === null) return null;
    line = { slope: next.slope * line.slope, intercept: next.slope * line.intercept + next.intercept };
  }
  return maps === null ? null : line;
}

function parsedMaps(text: string | undefined): readonly ScoreMap[] | null {
  if (text === undefined) return [];
  try {
    const maps: unknown = JSON.parse(text);
    return Array.isArray(maps) ? maps : null;
  } catch {
    return null;
  }
}

/** Of two classes the one sum is that of the second. */
function lineOf(map: ScoreMap, output: number): { readonly slope: number; readonly intercept: number } | null {
  if (map.kind === 'platt') return { slope: map.slope, intercept: map.intercept };
  if (map.kind === 'temperature') return { slope: 1 / map.temperature, intercept: 0 };
  if (map.kind !== 'shift') return null;
  const [first = 0, second = 0] = map.by;
  return { slope: 1, intercept: map.by.length === 2 ? second - first : (map.by[output] ?? 0) };
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
