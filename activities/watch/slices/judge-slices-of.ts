import { readWholeProfile } from '../../../src/artifacts/profile-reader.ts';
import type { Db } from '../../../src/db/base/connect.ts';
import type { VersionRow } from '../../../src/db/models/versions.ts';
import type { CounterRow } from '../../../src/db/watching/windows.ts';
import { kindOf } from '../../../src/domain/features/kind-of.ts';
import { unwatchedSlices, watchedSlices, type WatchedSlice } from '../../../src/domain/spec/gates/declared-slices.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { classesOf, taskOf } from '../../../src/domain/tasks/task-of.ts';
import type { HoldOutRows } from '../../../src/domain/training/hold-out-rows.ts';
import { decayRowsMin } from '../../../src/domain/watch/judge-decay.ts';
import { lossReference, type HoldOutLosses, type LossReference } from '../../../src/domain/watch/loss-reference.ts';
import { countedSlice, qualityOf } from '../../../src/domain/watch/slices/counted-slice.ts';
import { decayInSlices, judgeSlices, type SlicesJudgement } from '../../../src/domain/watch/slices/judge-slices.ts';
import { addSlices, emptySlice, type SlicesCounted } from '../../../src/domain/watch/slices/slice-counts.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import type { SpecOf } from '../ask-first-champion.ts';
import type { DecayRead } from '../judge-decay-of.ts';
import { rowValues } from './row-values.ts';

/** Which of the rows are in a slice, in time order. */
export interface SliceRowsRead {
  readonly slice: WatchedSlice;
  readonly rows: readonly number[];
}

/**
 * The declared slices of a window: what was counted of them, how good the latest mature answers were, and whether the
 * loss has risen. Null where none is declared. Law: 20 slices, and the labelled rows that decay has read.
 */
export async function judgeSlicesOf(
  { database, store }: Pick<ActivityDependencies, 'database' | 'store'>,
  specOf: SpecOf,
  spec: ModelSpec,
  champion: VersionRow,
  counters: readonly CounterRow[],
  read: DecayRead,
): Promise<SlicesJudgement | null> {
  const slices = watchedSlices(spec);
  if (slices.length === 0) return null;
  const inSlices = await rowsInSlices(database.db, specOf, spec, slices, read);
  const counts = counters.reduce<SlicesCounted>((sum, counter) => addSlices(sum, counter.slices ?? {}), {});
  const windowRows = counters.reduce((sum, { rows }) => sum + rows, 0);
  const counted = inSlices.map(({ slice, rows }) =>
    countedSlice(slice, counts[slice.key] ?? emptySlice(), windowRows, {
      task: spec.target.task,
      quality: qualityOf(scoredIn(spec, read, rows)),
    }),
  );
  const { sliceAlpha: alpha } = read;
  const references = alpha === null ? [] : await referencesOf(store, champion, inSlices, read);
  const decays =
    alpha === null
      ? null
      : decayInSlices(
          inSlices.map(({ rows }, index) => ({ recent: recentIn(read, rows), reference: references[index] ?? null })),
          spec.watch.decay,
          alpha,
        );
  return judgeSlices(counted, decays, { unwatched: unwatchedSlices(spec), alpha });
}

/** Of the rows that decay has read. */
export async function rowsInSlices(
  db: Db,
  specOf: SpecOf,
  spec: ModelSpec,
  slices: readonly WatchedSlice[],
  { rows }: Pick<DecayRead, 'rows'>,
): Promise<readonly SliceRowsRead[]> {
  const features = spec.features.filter(({ name }) => slices.some((slice) => slice.feature === name));
  const seqs = rows.map(({ seq }) => seq);
  const { rows: values } = await rowValues(db, specOf, spec.name, features, seqs);
  return slices.map((slice) => {
    const at = features.findIndex(({ name }) => name === slice.feature);
    const feature = features[at];
    const valueOf = (row: number): string | number | boolean | null => {
      const value = values[row]?.[at] ?? null;
      return typeof value === 'number' && feature !== undefined ? kindOf(feature.kind).cellOf(value) : value;
    };
    return { slice, rows: seqs.flatMap((_, row) => (slice.holds(valueOf(row)) ? [row] : [])) };
  });
}

function scoredIn({ target }: ModelSpec, { rows }: DecayRead, members: readonly number[]) {
  const { labels } = taskOf(target.task);
  const classes = classesOf(target);
  const width = taskOf(target.task).scoreCount(classes);
  const own = members.flatMap((row) => {
    const scored = rows[row];
    const label = scored === undefined ? null : labels.numberOf(scored.label, classes);
    // Answers of another definition, with other classes, say nothing about this one.
    return scored === undefined || label === null || scored.scores.length !== width ? [] : [{ ...scored, label }];
  });
  return {
    task: target.task,
    classes,
    labels: own.map(({ label }) => label),
    scores: own.flatMap(({ scores }) => scores),
    threshold: null,
  };
}

function recentIn({ losses, entities, from }: DecayRead, members: readonly number[]) {
  const recent = members.filter((row) => row >= from);
  return {
    losses: Float64Array.from(recent, (row) => losses[row] ?? Number.NaN),
    entities: entities === null ? null : Uint32Array.from(recent, (row) => entities[row] ?? 0),
  };
}

/** As an earlier window fixed them with the reference of the whole, or of the same rows as that. */
async function referencesOf(
  store: ActivityDependencies['store'],
  champion: VersionRow,
  inSlices: readonly SliceRowsRead[],
  read: DecayRead,
): Promise<readonly (LossReference | null)[]> {
  const { holdOut, before, reference } = read;
  if (holdOut === null) {
    const kept = before?.['slices'] as Partial<SlicesJudgement> | null | undefined;
    return inSlices.map(({ slice }) => kept?.slices?.find(({ key }) => key === slice.key)?.decay?.reference ?? null);
  }
  const profile = holdOut.losses.length === 0 ? null : await readWholeProfile(store, champion.profileDigest);
  return inSlices.map(({ slice, rows }) => {
    const live = rows.filter((row) => row < read.liveRows).map((row) => read.losses[row] ?? Number.NaN);
    const losses = [...holdOutIn(slice.key, holdOut, profile?.holdOut), ...live];
    if (losses.length < decayRowsMin) return null;
    const { probabilityMin } = holdOut;
    return lossReference(losses, { liveRows: live.length, probabilityMin, isFixed: reference?.isFixed === true });
  });
}

/** Nothing where the training did not write down which rows are in the slice. */
function holdOutIn(key: string, { losses }: HoldOutLosses, holdOut: HoldOutRows | undefined): readonly number[] {
  const members = holdOut?.slices.find((slice) => slice.key === key)?.members;
  if (members === undefined || members.length !== losses.length) return [];
  return losses.filter((_, row) => members[row] === '1');
}
