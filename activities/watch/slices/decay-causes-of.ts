import { readWholeProfile } from '../../../src/artifacts/profile-reader.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import { watchedSlices } from '../../../src/domain/spec/gates/declared-slices.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { cellOf, type ReferenceProfile } from '../../../src/domain/training/profile.ts';
import { readCells } from '../../../src/domain/training/reference-stretches.ts';
import { decayCauses, type DecayCauses } from '../../../src/domain/watch/causes/decay-causes.ts';
import { partsOf, type DecayPartition } from '../../../src/domain/watch/causes/decay-parts.ts';
import { decayRowsMin, type DecayJudgement } from '../../../src/domain/watch/judge-decay.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import type { SpecOf } from '../ask-first-champion.ts';
import { holdOutLosses, type DecayRead, type JudgedDecay } from '../judge-decay-of.ts';
import { rowsInSlices } from './judge-slices-of.ts';
import { rowValues } from './row-values.ts';

/** The verdict of decay with where it rose, where it has. */
export type ExplainedDecay = JudgedDecay['decay'] & { readonly causes?: DecayCauses };

export async function withCauses(
  deps: Pick<ActivityDependencies, 'database' | 'store'>,
  specOf: SpecOf,
  spec: ModelSpec,
  champion: VersionRow,
  { decay, read }: Pick<JudgedDecay, 'decay' | 'read'>,
): Promise<ExplainedDecay> {
  const causes = await decayCausesOf(deps, specOf, spec, champion, decay, read);
  return causes === null ? decay : { ...decay, causes };
}

/**
 * In which rows the loss of a champion that has decayed rose; null where it has not. The recent rows are those of the
 * verdict, the rows before are those of the hold-out. Law: at most 4,000 rows of 40 features on either side.
 */
async function decayCausesOf(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  specOf: SpecOf,
  spec: ModelSpec,
  champion: VersionRow,
  { verdict, rows: { recent: recentRows } }: Pick<DecayJudgement, 'verdict' | 'rows'>,
  read: DecayRead,
): Promise<DecayCauses | null> {
  if (verdict !== 'decayed') return null;
  const { losses } = await holdOutLosses(database.db, champion);
  const profile = losses.length === 0 ? null : await readWholeProfile(store, champion.profileDigest);
  if (losses.length < decayRowsMin || profile?.holdOut?.rows !== losses.length) return untold;
  const from = read.rows.length - recentRows;
  const last = { ...read, rows: read.rows.slice(from) };
  const features = await featurePartitions(database.db, specOf, spec, profile, last);
  if (features === null) return { ...untold, text: 'Where it rose is not told: some of its rows have been removed.' };
  const partitions = [...features, ...(await slicePartitions(database.db, specOf, spec, profile, last))];
  const recent = { losses: read.losses.subarray(from), entities: read.entities?.subarray(from) ?? null };
  return decayCauses(recent, Float64Array.from(losses), partitions);
}

const untold: DecayCauses = {
  rise: null,
  causes: [],
  tested: 0,
  text: `Where it rose is not told: its training kept no cells of at least ${decayRowsMin} rows of its hold-out.`,
};

type Database = ActivityDependencies['database']['db'];

async function featurePartitions(
  db: Database,
  specOf: SpecOf,
  spec: ModelSpec,
  { features: profiles, holdOut }: ReferenceProfile,
  { rows }: Pick<DecayRead, 'rows'>,
): Promise<readonly DecayPartition[] | null> {
  const features = spec.features.filter(({ name }) => holdOut?.features.some((kept) => kept.name === name));
  const values = await rowValues(
    db,
    specOf,
    spec.name,
    features,
    rows.map(({ seq }) => seq),
  );
  // Rows that have been removed are in no part, and then the parts are not the whole.
  if (features.length > 0 && values.rows.includes(null)) return null;
  return features.flatMap(({ name }, at): readonly DecayPartition[] => {
    const profile = profiles.find((one) => one.name === name);
    const kept = holdOut?.features.find((one) => one.name === name);
    if (profile === undefined || kept === undefined || values.isLogged[at] !== true) return [];
    const { parts, partOfCell, unnamed } = partsOf(profile);
    const now = Uint8Array.from(values.rows, (row) => partOfCell[cellOf(profile, row?.[at] ?? null)] ?? 0);
    const before = readCells(kept.cells).map((cell) => partOfCell[cell] ?? 0);
    return [{ name, kind: 'feature', parts, before, now, unnamed }];
  });
}

async function slicePartitions(
  db: Database,
  specOf: SpecOf,
  spec: ModelSpec,
  { holdOut }: ReferenceProfile,
  read: Pick<DecayRead, 'rows'>,
): Promise<readonly DecayPartition[]> {
  const slices = watchedSlices(spec).filter(({ key }) => holdOut?.slices.some((kept) => kept.key === key));
  if (slices.length === 0) return [];
  const inSlices = await rowsInSlices(db, specOf, spec, slices, read);
  return inSlices.map(({ slice, rows }): DecayPartition => {
    const members = holdOut?.slices.find(({ key }) => key === slice.key)?.members ?? '';
    const now = new Uint8Array(read.rows.length);
    for (const row of rows) now[row] = 1;
    const before = Uint8Array.from(members, (sign) => (sign === '1' ? 1 : 0));
    return { name: slice.name, kind: 'slice', parts: ['outside', slice.name], before, now, unnamed: [0] };
  });
}
