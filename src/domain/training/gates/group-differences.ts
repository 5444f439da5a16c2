import { moverLower, moverUpper, type BoundedMean } from '../../../statistics/samples/mover.ts';
import type { CheckVerdict } from '../gate-check.ts';
import { alphaForPower, moreTimes, roundedRows, sampleBounds, type Alphas, type Sample } from '../sample-bounds.ts';

export interface Group {
  readonly name: string;
  /** Null where it has no such rows. */
  readonly sample: Sample | null;
}

/** Something of which each group has a mean. */
export interface Rate {
  readonly name: string;
  readonly groups: readonly Group[];
}

/** How much the mean of one group lies above that of another, or a bound of it. */
export interface Difference {
  readonly rate: string;
  readonly value: number;
  readonly more: BoundedGroup;
  readonly less: BoundedGroup;
}

interface BoundedGroup extends BoundedMean {
  readonly name: string;
  readonly rows: number;
}

export interface Largest {
  readonly verdict: CheckVerdict;
  readonly estimate: Difference;
  /** The largest upper bound of any pair; where the limit is missed, the largest lower one, which proves that. */
  readonly bound: Difference;
  readonly alpha: number;
  /** How many more rows of the two groups of the bound would decide it. */
  readonly rowsNeeded: number | null;
}

/** The largest difference between two groups in any of the rates, against a limit. Null without two groups. */
export function largestDifference(rates: readonly Rate[], limit: number, alphas: Alphas): Largest | null {
  const pairs = rates.reduce((sum, { groups }) => sum + pairsOf(groups.filter(({ sample }) => sample !== null)), 0);
  if (pairs === 0) return null;
  const [proving, refuting] = [alphas.lower, alphas.upper / pairs];
  const estimate = largest(rates, proving, (more, less) => more.estimate - less.estimate);
  const upper = largest(rates, proving, moverUpper);
  const lower = largest(rates, refuting, moverLower);
  if (estimate === null || upper === null || lower === null) return null;
  if (lower.value > limit) return { verdict: 'fail', estimate, bound: lower, alpha: refuting, rowsNeeded: null };
  const verdict = upper.value <= limit ? 'pass' : 'insufficient';
  const needed = verdict === 'pass' ? null : neededFor(rates, { estimate, upper }, limit, [proving, refuting]);
  return { verdict, estimate, bound: upper, alpha: proving, rowsNeeded: needed };
}

function pairsOf({ length }: readonly Group[]): number {
  return length * (length - 1);
}

type Of = (more: BoundedGroup, less: BoundedGroup) => number;

function largest(rates: readonly Rate[], alpha: number, of: Of, times = 1): Difference | null {
  let found: Difference | null = null;
  for (const { name, groups } of rates) {
    const bounded = groups.flatMap((group) => boundedGroup(group, alpha, times));
    for (const more of bounded)
      for (const less of bounded) {
        const value = of(more, less);
        if (more !== less && (found === null || value > found.value)) found = { rate: name, value, more, less };
      }
  }
  return found;
}

function boundedGroup({ name, sample }: Group, alpha: number, times: number): readonly BoundedGroup[] {
  if (sample === null) return [];
  const { estimate, lower, upper } = sampleBounds(sample, { lower: alpha, upper: alpha }, times);
  return [{ name, rows: sample.values.length, estimate, lower, upper }];
}

interface Seen {
  readonly estimate: Difference;
  readonly upper: Difference;
}

/** How many more rows of two groups would show on which side of the limit the largest difference lies. */
function neededFor(
  rates: readonly Rate[],
  { estimate, upper }: Seen,
  limit: number,
  [proving, refuting]: readonly [number, number],
): number | null {
  if (estimate.value === limit) return null;
  const isWithin = estimate.value < limit;
  const { more, less, rate } = isWithin ? upper : estimate;
  const pair = rates
    .filter(({ name }) => name === rate)
    .map(({ name, groups }) => ({
      name,
      groups: groups.filter((group) => [more.name, less.name].includes(group.name)),
    }));
  const asked = alphaForPower(isWithin ? proving : refuting);
  const rest = moreTimes((times) => {
    const bound = largest(pair, asked, isWithin ? moverUpper : moverLower, times);
    return bound !== null && (isWithin ? bound.value <= limit : bound.value > limit);
  });
  return rest === null ? null : roundedRows(rest * (more.rows + less.rows));
}
