import { seasonClock, type SeasonClock } from '../../../domain/training/season/phases.ts';
import { derive } from '../../../domain/features/expressions/evaluate.ts';
import { isText } from '../../../domain/features/kind-of.ts';
import { cellCount, cellOf, type FeatureProfile, type ReferenceProfile } from '../../../domain/training/profile.ts';
import type { PredictionRecord } from '../../../domain/record/records.ts';
import type { DerivedColumn, SignatureColumn } from '../../../domain/spec/signature.ts';
import type { SliceCounts } from '../../../domain/watch/slices/slice-counts.ts';
import type { PlacedPrediction } from './copy-predictions.ts';
import { countInSlices, type SliceFacts } from './count-slices.ts';

/** What one segment adds to one counter row. */
export interface CounterDelta {
  readonly window: number;
  readonly version: number;
  readonly arm: string;
  readonly routingRevision: number;
  rows: number;
  failed: number;
  slow: number;
  latencySumUs: number;
  latencyMaxUs: number;
  /** Per feature of the profile, then the prediction; empty when the profile could not be read. */
  readonly cells: number[][];
  /**
   * Rows by the phase of the profile's season, and last those that stand in no cell, as the profile does not know their
   * phase. Null where it has no season.
   */
  readonly phases: number[] | null;
  /** By the key of the slice; empty where no slice is declared. */
  readonly slices: Record<string, SliceCounts>;
}

export interface CountingFacts {
  profile(version: number): ReferenceProfile | null;
  /** The logged columns of a spec revision by name. */
  columns(specRevision: number): ReadonlyMap<string, SignatureColumn>;
  /** What its graphs compute from them, by name. */
  derived(specRevision: number): ReadonlyMap<string, DerivedColumn>;
  slowUs(specRevision: number): number;
  slices(specRevision: number): SliceFacts;
}

/**
 * Counts rows by (window, version, arm, routing revision) in the bins of the version that answered. A feature of the
 * profile that is not logged any more counts nowhere: absence from the log is not a missing value.
 */
export function countSegment(placed: readonly PlacedPrediction[], facts: CountingFacts): readonly CounterDelta[] {
  const deltas = new Map<string, CounterDelta>();
  for (const { record, window } of placed) {
    const key = `${window}/${record.version}/${record.arm}/${record.routingRevision}`;
    const profile = facts.profile(record.version);
    let delta = deltas.get(key);
    if (delta === undefined) {
      delta = emptyDelta(record, window, profile);
      deltas.set(key, delta);
    }
    delta.rows++;
    if (record.failed) delta.failed++;
    const isSlow = record.latencyUs > facts.slowUs(record.specRevision);
    if (isSlow) delta.slow++;
    delta.latencySumUs += record.latencyUs;
    delta.latencyMaxUs = Math.max(delta.latencyMaxUs, record.latencyUs);
    const cells = profile === null ? [] : cellsOf(profile, record, facts);
    if (profile !== null && isPlaced(delta, profile, record)) addCells(delta.cells, cells);
    countInSlices(delta.slices, facts.slices(record.specRevision), { record, isSlow, cells, profile });
  }
  return [...deltas.values()];
}

function emptyDelta(record: PredictionRecord, window: number, profile: ReferenceProfile | null): CounterDelta {
  const profiles = profile === null ? [] : [...profile.features, profile.prediction];
  const { version, arm, routingRevision } = record;
  const cells = profiles.map((feature) => Array.from({ length: cellCount(feature) }, () => 0));
  return {
    window,
    version,
    arm,
    routingRevision,
    rows: 0,
    failed: 0,
    slow: 0,
    latencySumUs: 0,
    latencyMaxUs: 0,
    cells,
    phases: profile?.season === undefined ? null : new Array<number>(profile.season.rows.length + 1).fill(0),
    slices: {},
  };
}

/** Clocks by their season; a process serves as many seasons as its models declare, and keeps the last of them. */
const clocks = new Map<string, SeasonClock>();
const clocksMax = 64;

/** Counts the row in its phase. False where what the profile knows of that phase is too little to hold it against. */
function isPlaced({ phases }: CounterDelta, { season }: ReferenceProfile, { eventTimeMs }: PredictionRecord): boolean {
  if (phases === null || season === undefined) return true;
  const key = `${season.phases} ${season.timeZone}`;
  const clock = clocks.get(key) ?? seasonClock(season);
  if (clocks.size >= clocksMax) clocks.clear();
  clocks.set(key, clock);
  const phase = clock(eventTimeMs)?.phase;
  const isKnown = phase !== undefined && season.isKnown[phase] === true;
  const at = isKnown ? phase : phases.length - 1;
  phases[at] = (phases[at] ?? 0) + 1;
  return isKnown;
}

/** By feature, then the prediction; null for a feature that is not logged. */
function cellsOf(
  profile: ReferenceProfile,
  record: PredictionRecord,
  facts: CountingFacts,
): readonly (number | null)[] {
  const columns = facts.columns(record.specRevision);
  const derived = facts.derived(record.specRevision);
  const cells = profile.features.map((feature) => {
    const column = columns.get(feature.name);
    if (column !== undefined) return cellOf(feature, valueFor(feature, column, record));
    const computed = derived.get(feature.name);
    if (computed === undefined || isText(computed) === (feature.kind === 'binned')) return null;
    return cellOf(feature, derivedValue(computed, columns, record));
  });
  return [...cells, cellOf(profile.prediction, predictionValue(profile.prediction, record))];
}

function addCells(counts: readonly number[][], cells: readonly (number | null)[]): void {
  cells.forEach((cell, index) => {
    if (cell !== null) increment(counts[index], cell);
  });
}

/** As the graph of the version computed it. Law: at most 200 features of 64 operations each. */
function derivedValue(
  { expression }: DerivedColumn,
  columns: ReadonlyMap<string, SignatureColumn>,
  { numbers, texts }: PredictionRecord,
): number | string | null {
  return derive(expression, (name) => {
    const column = columns.get(name);
    if (column === undefined) return null;
    return isText(column) ? (texts[column.index] ?? null) : (numbers[column.index] ?? NaN);
  });
}

/** A feature whose kind was changed by a later spec revision is logged as the new kind and binned as the old one. */
function valueFor(feature: FeatureProfile, column: SignatureColumn, record: PredictionRecord): number | string | null {
  if (isText(column)) {
    const value = record.texts[column.index] ?? null;
    if (feature.kind !== 'binned' || value === null) return value;
    return value.trim() === '' ? NaN : Number(value);
  }
  const value = record.numbers[column.index] ?? NaN;
  if (feature.kind === 'binned') return value;
  return Number.isNaN(value) ? null : String(value);
}

/**
 * The score of the positive class, the decided class, or the value, as the model gave it: a correction is not drift.
 */
function predictionValue(profile: FeatureProfile, { answer }: PredictionRecord): number | string | null {
  if (profile.kind !== 'binned') return answer.decision;
  const scores = answer.rawScores ?? answer.scores;
  return scores.length === 2 ? (scores[1] ?? NaN) : (scores[0] ?? NaN);
}

function increment(cells: number[] | undefined, cell: number): void {
  if (cells !== undefined) cells[cell] = (cells[cell] ?? 0) + 1;
}

/** Cell by cell; a counter that began without its profile takes the cells that come later. */
export function addCellLists(
  left: readonly (readonly number[])[],
  right: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  if (left.length === 0) return right;
  return left.map((cells, feature) => cells.map((count, cell) => count + (right[feature]?.[cell] ?? 0)));
}

/** Phase by phase; a counter that began without them takes none: rows of unknown phases stand in its cells already. */
export function addPhases(
  left: readonly number[] | null | undefined,
  right: readonly number[] | null,
): readonly number[] | null {
  if (left === undefined) return right;
  if (left === null || right === null) return null;
  return left.map((rows, phase) => rows + (right[phase] ?? 0));
}
