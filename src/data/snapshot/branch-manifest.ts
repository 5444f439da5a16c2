import { digestOfJson } from '../../artifacts/digest.ts';
import { membersOf, type SourceSpec } from '../../domain/spec/source-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { contractDigest } from './contract-digest.ts';

/** A snapshot that a line may begin with, and the definition that it was read by. */
export interface BranchOrigin {
  readonly model: string;
  readonly digest: string;
  readonly spec: ModelSpec;
  /** Definitions by which rows were read that the origin's line began with itself; none by default. */
  readonly further?: readonly { readonly model: string; readonly spec: ModelSpec }[];
}

const hint = 'Declare the columns and rules of the branch, or end it: `perennial snapshot unbranch`.';

/**
 * Throws `invalid_spec` where a definition cannot begin with these rows: one that would have accepted or typed them
 * otherwise, and one whose source is the one that they were read from, which would bring each row twice.
 */
export function refuseUnlikeBranch(spec: ModelSpec, origin: BranchOrigin): void {
  const from = `the snapshot ${origin.digest.slice(0, 16)} of "${origin.model}" that it begins with`;
  if (contractDigest(spec, null) !== contractDigest(origin.spec, null))
    throw new PerennialError('invalid_spec', `"${spec.name}" declares other columns or rules than ${from}.`, {
      path: 'features',
      hint,
    });
  const read = [origin, ...(origin.further ?? [])].flatMap((one) => placesOf(one.model, one.spec.source));
  if (!placesOf(spec.name, spec.source).some((place) => read.includes(place))) return;
  throw new PerennialError('invalid_spec', `"${spec.name}" reads the source of ${from}: rows would count twice.`, {
    path: 'source',
    hint: 'Declare another source, such as push(), or end the branch: `perennial snapshot unbranch`.',
  });
}

/** Where rows are read from, whatever is made of them. Pushed ones are those of the model that they were pushed to. */
function placesOf(model: string, source: SourceSpec): readonly string[] {
  return membersOf(source).map(([, member]) =>
    digestOfJson({ ...member, traffic: null, freshMs: null, ...(member.kind === 'push' ? { model } : {}) }),
  );
}

/**
 * The first snapshot of a line that begins with the rows of another one: the same files, called by the other name. Not
 * a row is read or copied. What its contract had set aside stays with the origin. `found`: what the source of the new
 * line holds now. Throws as `refuseUnlikeBranch`.
 */
export function branchManifest(
  spec: ModelSpec,
  specRevision: number,
  origin: BranchOrigin & { readonly line: readonly SnapshotManifest[]; readonly found: string },
): SnapshotManifest {
  refuseUnlikeBranch(spec, origin);
  const { model, digest, line, found } = origin;
  const [only, ...others] = line;
  const head = line.at(-1);
  if (only === undefined || head === undefined)
    throw new PerennialError('not_found', `There is no snapshot ${digest.slice(0, 16)}.`);
  const isOne = others.length === 0;
  const joined = distinct(line.flatMap((one) => one.joined ?? []));
  const asked = distinct(line.flatMap((one) => one.asked ?? []));
  return {
    formatVersion: 1,
    model: spec.name,
    specRevision,
    sourceDigest: digestOfJson({ branch: digest }),
    contractDigest: head.contractDigest,
    files: line.flatMap(({ files, rows }) => (rows === 0 ? [] : files)),
    rows: sumOf(line, 'rows'),
    labelledRows: sumOf(line, 'labelledRows'),
    quarantinedRows: 0,
    quarantineDigest: null,
    logicalDigest: isOne ? only.logicalDigest : digestOfJson(line.map(({ logicalDigest }) => logicalDigest)),
    schema: head.schema,
    ruleCounts: [],
    // Of several, columns would have to be read anew: `snapshot profile` does, when somebody asks.
    profile: isOne ? only.profile : [],
    parents: [],
    ...(joined.length === 0 ? {} : { joined }),
    ...(asked.length === 0 ? {} : { asked }),
    branched: { model, snapshot: digest, found },
  };
}

function sumOf(line: readonly SnapshotManifest[], of: 'rows' | 'labelledRows'): number {
  return line.reduce((sum, one) => sum + one[of], 0);
}

function distinct<T>(all: readonly T[]): readonly T[] {
  return [...new Map(all.map((one) => [digestOfJson(one), one])).values()];
}
