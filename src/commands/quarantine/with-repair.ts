import { refuseProblems } from '../../contracts/spec/definition-json.ts';
import type { StoredSpec } from '../../db/models/specs.ts';
import { checkSpec } from '../../domain/spec/check-spec.ts';
import { repairsMax } from '../../domain/spec/columns/check-repairs.ts';
import type { ModelSpec, RepairSpec } from '../../domain/spec/spec.ts';
import { isReadWhole } from '../../domain/spec/source-spec.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { sayMany } from '../../domain/words/say.ts';
import { describeSource } from '../../sources/registry.ts';

/** A repair, and where it stands among those of the definition. */
export interface RepairAsked {
  readonly repair: RepairSpec;
  /** From 0; null puts it behind all of them. */
  readonly at: number | null;
}

export interface SpecWithRepair {
  readonly spec: ModelSpec;
  /** Its place among the repairs of that definition. */
  readonly at: number;
  /** Whether the definition had it before. */
  readonly isThere: boolean;
}

/**
 * The present definition with one more repair, checked as `apply` checks it; the same where it has that repair already.
 * Throws `invalid_spec` naming path and fix, and `conflict` for a quarantine of an older revision.
 */
export function withRepair(
  current: StoredSpec,
  { repair, at }: RepairAsked,
  { digest, specRevision }: { readonly digest: string; readonly specRevision: number },
): SpecWithRepair {
  const { repairs = [] } = current.spec;
  const known = repairs.findIndex((one) => canonicalJson(one) === canonicalJson(repair));
  if (known >= 0) return { spec: current.spec, at: known, isThere: true };
  if (specRevision !== current.revision)
    throw new PerennialError(
      'conflict',
      `Snapshot ${digest.slice(0, 16)} was read under revision ${specRevision}, and revision ${current.revision} ` +
        'reads its source anew.',
      { path: digest, hint: 'Repair by the quarantine of the newest snapshot: `perennial quarantine list`.' },
    );
  const place = at ?? repairs.length;
  if (place > repairs.length || repairs.length >= repairsMax)
    throw new PerennialError(
      'invalid_request',
      repairs.length >= repairsMax
        ? `A definition has at most ${repairsMax} repairs.`
        : `The definition has ${sayMany(repairs.length, 'repair')}, so there is no place ${place}.`,
      { path: 'at', hint: 'Leave it out to add the repair behind all others, or join repairs of one column.' },
    );
  const spec = { ...current.spec, repairs: repairs.toSpliced(place, 0, repair) };
  refuseProblems(checkSpec(spec), 'model');
  return { spec, at: place, isThere: false };
}

/** What a person should know before a repair makes the source be read anew. */
export function notesOf({ source }: ModelSpec, { repair }: RepairSpec, edits: number): readonly string[] {
  return [
    ...(repair === 'dedupe' || repair === 'fillLast'
      ? [`${repair} looks at the other rows of a batch, and the rows that were set aside are tried without them`]
      : []),
    ...(edits > 0 ? ['edits and decisions of these rows do not survive: the source is read as it stands'] : []),
    ...(isReadWhole(source)
      ? []
      : [`rows that ${describeSource(source)} does not hold any more are not read again, set aside or not`]),
  ];
}
