import { holmRejected } from '../../../statistics/samples/multiplicity.ts';
import { momentsOf } from '../../../statistics/samples/paired.ts';
import type { RowValues } from '../../metrics/row-values.ts';
import { differenceOfValues } from '../gate-samples.ts';
import { sampleBounds, type Sample } from '../sample-bounds.ts';
import { rowsWorth } from './rows-worth.ts';
import type { Difference, ExperimentStanding } from './experiment.ts';

/** One of several models on the same rows: the metric as one number per row, in time order. */
export interface CandidateValues {
  readonly name: string;
  readonly values: RowValues;
}

/** Where a candidate stands among the others. */
export interface Standing {
  readonly name: string;
  readonly standing: Exclude<ExperimentStanding, 'failed'>;
  /** Candidate minus the best one, signed so that positive is better; null for the best one itself. */
  readonly difference: Difference | null;
}

/** P(any claim of one experiment is wrong), unless it says another one. */
export const experimentAlpha = 0.05;

interface Claim {
  readonly worse: number;
  readonly better: number;
}

/**
 * Candidates, the best first, each with what is proven of it: on the same rows in time order, pair by pair.
 *
 * Which one is the best is read off the same rows, so a comparison with it is a comparison with the winner of a race:
 * held to the error of a single pair, or of a control that was named before, it would convict equals too often.
 * Therefore each ordered pair is a hypothesis ("the first is no worse than the second"), k (k - 1) of them, and Holm
 * (1979) rejects such that any claim is false with probability at most `alpha`, whatever candidates have to do with
 * each other. Intervals of differences hold all together with that probability as well: each side at
 * `alpha` / (k (k - 1)). Bounds are those of every gate (`sampleBounds`), at any number of rows; since levels lie far
 * out here, rows that remember each other count for less than there (`rowsWorth`). Holm proves at least what the
 * intervals prove, and now and then more. `npm run bench:judgement -- --only experiment` prints how often equals are
 * told apart.
 *
 * `direction`: 1 where larger values are better, -1 where smaller ones are. Empty for no candidate.
 */
export function compareCandidates(
  candidates: readonly CandidateValues[],
  direction: 1 | -1,
  alpha = experimentAlpha,
): readonly Standing[] {
  // Of equals the one that was named first: whoever asks again gets the same.
  const ranked = candidates.toSorted((a, b) => direction * (meanOf(b) - meanOf(a)));
  const [best, ...others] = ranked;
  if (best === undefined) return [];
  const pairs = ranked.length * others.length;
  const worse = provenWorse(ranked, direction, alpha);
  return [
    { name: best.name, standing: 'best', difference: null },
    ...others.map((other): Standing => {
      const difference = boundsAt(differenceOfValues(direction, other.values, best.values), alpha / pairs);
      const standing = worse.has(other.name) ? 'worse' : 'undecided';
      return { name: other.name, standing, difference };
    }),
  ];
}

/** Names of those that are proven to be worse than the first one. */
function provenWorse(ranked: readonly CandidateValues[], direction: 1 | -1, alpha: number): ReadonlySet<string> {
  const claims = ranked.flatMap((_, worse) =>
    ranked.flatMap((_other, better): readonly Claim[] => (worse === better ? [] : [{ worse, better }])),
  );
  const rejected = holmRejected(claims.length, alpha, (index, level) => {
    const claim = claims[index];
    // Whoever stands behind another one is not proven to stand before it at any level below a half.
    return claim !== undefined && claim.worse > claim.better && isWorse(ranked, claim, direction, level);
  });
  return new Set(
    rejected.flatMap(({ index }) => {
      const claim = claims[index];
      return claim?.better === 0 ? [ranked[claim.worse]?.name ?? ''] : [];
    }),
  );
}

function isWorse(
  ranked: readonly CandidateValues[],
  { worse, better }: Claim,
  direction: 1 | -1,
  level: number,
): boolean {
  const [first, second] = [ranked[worse], ranked[better]];
  if (first === undefined || second === undefined) return false;
  const sample = differenceOfValues(direction, first.values, second.values);
  return boundsAt(sample, level).upper < 0;
}

/** Of a mean of rows in time order, each side wrong with probability `level`. */
export function boundsAt(sample: Sample, level: number): Difference {
  const times = rowsWorth(sample.values, level);
  const { estimate, lower, upper } = sampleBounds(sample, { lower: level, upper: level }, times);
  return { estimate, lower, upper };
}

function meanOf({ values: { values } }: CandidateValues): number {
  return momentsOf(values).mean;
}
