import type { FeatureProfile } from '../training/profile.ts';
import { sayCount, sayNumber } from '../words/say.ts';

/** What stands in each cell of a distribution, in cell order. */
export function cellLabels(feature: FeatureProfile): readonly string[] {
  return feature.kind === 'binned' ? [...binLabels(feature.edges), 'missing'] : [...feature.values, 'other', 'missing'];
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
