import { referenceCells, type CellCounts, type FeatureProfile, type ReferenceProfile } from '../training/profile.ts';
import { cellLabels } from './cell-labels.ts';
import { samePhase } from './season/same-phase.ts';
import type { DriftJudgement, WindowCells } from './judge-drift.ts';

/** One distribution when trained and in a window, over the same cells; counts of rows. */
export interface DriftHistogram {
  readonly name: string;
  readonly labels: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/** Distributions kept with a verdict. Everything that moved is in its numbers; these are for looking at. */
const histogramsMax = 6;
/** Cells of one of them; rarer values of a category are counted together. */
const cellsMax = 24;

/**
 * The distributions that moved most in a window, kept with its evidence: whoever looks later needs neither the profile
 * nor the counters, both of which may be gone by then.
 */
export function driftHistograms(
  profile: ReferenceProfile,
  { cells, phases }: Pick<WindowCells, 'cells' | 'phases'>,
  judged: DriftJudgement,
): readonly DriftHistogram[] {
  const all = [...profile.features, profile.prediction];
  const ofPhases = profile.season === undefined ? null : (phases?.slice(0, -1) ?? null);
  return judged.features
    .toSorted((a, b) => Number(b.drifted) - Number(a.drifted) || b.effect - a.effect)
    .slice(0, histogramsMax)
    .flatMap(({ name, kind }) => {
      const at = kind === 'prediction' ? all.length - 1 : all.findIndex((feature) => feature.name === name);
      const feature = all[at];
      const current = cells[at];
      return feature === undefined || current === undefined ? [] : [histogramOf(feature, current, ofPhases)];
    });
}

/** The reference with the phases of the window where it was judged so: whole rows, as a picture shows them. */
export function histogramOf(
  feature: FeatureProfile,
  current: CellCounts,
  phases: readonly number[] | null,
): DriftHistogram {
  const same = phases === null ? null : samePhase(feature, phases);
  const reference = same?.reference.map(Math.round) ?? referenceCells(feature);
  const labels = cellLabels(feature);
  // "Missing" and "other" only where there are any: an empty cell at the edge hides the shape of the rest.
  const places = labels.flatMap((label, i) =>
    (label === 'missing' || label === 'other') && reference[i] === 0 && (current[i] ?? 0) === 0 ? [] : [i],
  );
  const kept = feature.kind === 'binned' ? places : largest(places, reference, current);
  const dropped = places.filter((place) => !kept.includes(place));
  const pick = (counts: CellCounts): number[] => {
    const picked = kept.map((place) => counts[place] ?? 0);
    return dropped.length === 0 ? picked : [...picked, dropped.reduce((sum, place) => sum + (counts[place] ?? 0), 0)];
  };
  const names = kept.map((place) => labels[place] ?? '');
  return {
    name: feature.name,
    labels: dropped.length === 0 ? names : [...names, `${dropped.length} rarer`],
    reference: pick(reference),
    current: pick(current),
  };
}

function largest(places: readonly number[], reference: CellCounts, current: CellCounts): readonly number[] {
  if (places.length <= cellsMax) return places;
  const n = reference.reduce((sum, count) => sum + count, 0) || 1;
  const m = current.reduce((sum, count) => sum + count, 0) || 1;
  const weight = (place: number): number => (reference[place] ?? 0) / n + (current[place] ?? 0) / m;
  const best = new Set(places.toSorted((a, b) => weight(b) - weight(a)).slice(0, cellsMax));
  return places.filter((place) => best.has(place));
}
