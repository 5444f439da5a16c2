import { total } from '../../../statistics/samples/chi-square.ts';
import { cellCount, referenceCells, type FeatureProfile } from '../../training/profile.ts';
import { cellLabels } from '../cell-labels.ts';

/** A way to part the rows: by a feature or a slice. */
export interface DecayPartition {
  readonly name: string;
  readonly kind: 'feature' | 'slice';
  readonly parts: readonly string[];
  /** Part of each row of the reference, and of each recent row. */
  readonly before: Uint8Array;
  readonly now: Uint8Array;
  /** Parts that are no cause worth naming: rows outside of a slice, and what remains of a category. */
  readonly unnamed: readonly number[];
}

/** Neighbouring bins are taken together to about so many parts: smaller ones have too few rows to prove anything. */
const partsMax = 5;
/** Values of a category with a smaller share of the reference stand in one part that is not named. */
const valueShareMin = 0.02;

/** Parts of a feature, with the part of each of its cells. */
export interface FeatureParts {
  readonly parts: readonly string[];
  readonly partOfCell: Uint8Array;
  readonly unnamed: readonly number[];
}

export function partsOf(profile: FeatureProfile): FeatureParts {
  return profile.kind === 'binned' ? binParts(profile) : valueParts(profile);
}

function binParts(profile: Extract<FeatureProfile, { kind: 'binned' }>): FeatureParts {
  const rows = total(profile.counts) || 1;
  const partOfCell = new Uint8Array(cellCount(profile));
  const edges: number[] = [];
  let below = 0;
  profile.edges.forEach((edge, cell) => {
    partOfCell[cell] = edges.length;
    below += profile.counts[cell] ?? 0;
    if (below >= ((edges.length + 1) * rows) / partsMax) edges.push(edge);
  });
  partOfCell[profile.edges.length] = edges.length;
  partOfCell[profile.edges.length + 1] = edges.length + 1;
  const labels = cellLabels({ ...profile, edges, counts: [] });
  return { parts: labels, partOfCell, unnamed: [] };
}

function valueParts(profile: Extract<FeatureProfile, { kind: 'category' }>): FeatureParts {
  const counts = referenceCells(profile);
  const rows = total(counts) || 1;
  const labels = cellLabels(profile);
  const parts: string[] = [];
  const last = labels.length - 1;
  const isOwn = (cell: number): boolean => cell === last || (counts[cell] ?? 0) / rows >= valueShareMin;
  const partOfCell = Uint8Array.from(labels, (label, cell) => (isOwn(cell) ? parts.push(label) - 1 : labels.length));
  const rest = parts.length;
  return {
    parts: [...parts, 'other values'],
    partOfCell: partOfCell.map((part) => (part === labels.length ? rest : part)),
    unnamed: [rest],
  };
}
