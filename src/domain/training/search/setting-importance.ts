import type { SearchedValue } from '../../spec/search/distribution.ts';
import { midRanks } from '../../../statistics/samples/ranking.ts';

/** A trial as it is compared with others of its family: they saw the same rows. */
export interface RankedTrial {
  readonly values: Readonly<Record<string, SearchedValue>>;
  readonly loss: number;
}

export interface SettingImportance {
  readonly name: string;
  /** Of the variance of the ranks of the losses, from 0 to 1: what the setting explains by itself. */
  readonly share: number;
}

/** Fewer trials than this say nothing of a setting. */
export const importanceTrialsMin = 12;
const groupsOfRange = 4;

/**
 * How much of the ranks of the losses each setting explains by itself: the correlation ratio over its values, or over
 * four groups of equal size of its range, less what chance alone explains (epsilon squared, Kelley 1935). Ranks, so
 * that one bad trial does not decide it. Largest first; none for fewer than 12 trials.
 */
export function settingImportance(trials: readonly RankedTrial[]): readonly SettingImportance[] {
  if (trials.length < importanceTrialsMin) return [];
  const ranks = midRanks(trials.map(({ loss }) => loss));
  const names = Object.keys(trials[0]?.values ?? {});
  return names
    .map((name) => ({
      name,
      share: epsilonSquared(groupsOf(trials.map(({ values }) => values[name] ?? '')), ranks),
    }))
    .toSorted((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}

/** The group of each trial. */
function groupsOf(values: readonly SearchedValue[]): readonly number[] {
  const distinct = [...new Set(values)];
  const numbers = values.filter((value): value is number => typeof value === 'number');
  if (numbers.length < values.length || distinct.length <= groupsOfRange)
    return values.map((value) => distinct.indexOf(value));
  // Ranks begin at 1.
  return Array.from(midRanks(numbers), (rank) =>
    Math.min(groupsOfRange - 1, Math.floor(((rank - 1) / values.length) * groupsOfRange)),
  );
}

function epsilonSquared(groups: readonly number[], values: Float64Array): number {
  const sums = new Map<number, { count: number; sum: number }>();
  for (const [at, group] of groups.entries()) {
    const each = sums.get(group) ?? { count: 0, sum: 0 };
    sums.set(group, { count: each.count + 1, sum: each.sum + (values[at] ?? 0) });
  }
  const n = values.length;
  const k = sums.size;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (k < 2 || n <= k || total === 0) return 0;
  const between = [...sums.values()].reduce((all, { count, sum }) => all + count * (sum / count - mean) ** 2, 0);
  return Math.max(0, 1 - (total - between) / (n - k) / (total / (n - 1)));
}
