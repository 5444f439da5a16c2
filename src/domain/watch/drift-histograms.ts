import { referenceCells, type CellCounts, type FeatureProfile, type ReferenceProfile } from '../training/profile.ts';
import { sayCount, sayNumber } from '../words/say.ts';
import type { DriftJudgement } from './judge-drift.ts';

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
  cells: readonly CellCounts[],
  judged: DriftJudgement,
): readonly DriftHistogram[] {
  const all = [...profile.features, profile.prediction];
  return judged.features
    .toSorted((a, b) => Number(b.drifted) - Number(a.drifted) || b.effect - a.effect)
    .slice(0, histogramsMax)
    .flatMap(({ name, kind }) => {
      const at = kind === 'prediction' ? all.length - 1 : all.findIndex((feature) => feature.name === name);
      const feature = all[at];
      const current = cells[at];
      return feature === undefined || current === undefined ? [] : [histogramOf(feature, current)];
    });
}

function histogramOf(feature: FeatureProfile, current: CellCounts): DriftHistogram {
  const reference = referenceCells(feature);
  const labels =
    feature.kind === 'binned' ? [...binLabels(feature.edges), 'missing'] : [...feature.values, 'other', 'missing'];
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

/** The edge of a bin as text; from a thousand on as a whole number, because its fractions tell nobody anything. */
function sayEdge(edge: number): string {
  return Math.abs(edge) >= 1_000 && Math.abs(edge) < 1e15 ? sayCount(Math.round(edge)) : sayNumber(edge);
}

function binLabels(edges: readonly number[]): string[] {
  if (edges.length === 0) return ['all values'];
  return [
    ...edges.map((edge, i) =>
      i === 0 ? `up to ${sayEdge(edge)}` : `${sayEdge(edges[i - 1] ?? edge)} to ${sayEdge(edge)}`,
    ),
    `above ${sayEdge(edges.at(-1) ?? 0)}`,
  ];
}
