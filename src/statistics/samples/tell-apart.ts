import { studentTSf } from '../distributions/beta.ts';
import { studentTQuantile } from '../distributions/student-quantile.ts';
import { expandRows, type Columns, type Expanded, type Stretches } from './expanded-rows.ts';
import { auroc } from './ranking.ts';

export interface ToldApart {
  /** Area under the ROC curve on rows that the classifier was not fitted on: 0.5 where nothing tells them apart. */
  readonly auroc: number;
  /** The same for stretches of the reference itself, against the others. */
  readonly expected: number;
  /** In between lies the area of one more stretch of the reference in 99 of 100 cases, about. */
  readonly expectedLow: number;
  readonly expectedHigh: number;
  /** One-sided, by Student's t with one degree less than there are stretches. */
  readonly pValue: number;
  /** What the classifier used: a column (`second` is null), its square (the same twice), or the product of two. */
  readonly used: readonly { readonly first: number; readonly second: number | null; readonly share: number }[];
}

/** Held-out rows of the reference that one fold is scored on. */
const heldOutRowsMax = 500;

/**
 * Whether a classifier tells rows of a window from rows of the reference. It weighs columns, their squares and the
 * products of two, each by how far its mean differs beyond two standard errors of independent rows. It is fitted on
 * one half of the window and every other stretch, and scored on the others, both ways round (a domain classifier, as
 * in Rabanser et al., NeurIPS 2019). How well it does by chance is not assumed but shown by the reference: each of its
 * stretches takes the place of the window and goes the same way, held against the stretches that are not its
 * neighbours. So memory, seasons and repeated entities, which let the halves of any stretch look alike, are in what is
 * expected. The window needs at most `stretchRows` rows; of more, the first count, and of longer stretches as many as
 * the window has. Relative error <= 1e-14 (golden vectors).
 */
export function tellApart(reference: Stretches, window: Columns): ToldApart {
  const rows = Math.min(reference.stretchRows, window[0]?.length ?? 0);
  const known = expandRows(reference, rows);
  const areas = Array.from({ length: reference.stretches }, (_, stretch) => areaOf(known, known, stretch, stretch));
  const own = expandRows({ columns: window, stretches: 1, stretchRows: window[0]?.length ?? 0 }, rows);
  const seen = areaOf(known, own, 0, null);
  const mean = areas.reduce((sum, { area }) => sum + area, 0) / areas.length;
  const df = areas.length - 1;
  const variance = areas.reduce((sum, { area }) => sum + (area - mean) ** 2, 0) / df;
  const deviation = Math.sqrt(variance * (1 + 1 / areas.length));
  const half = studentTQuantile(0.005, df) * deviation;
  return {
    auroc: seen.area,
    expected: mean,
    expectedLow: Math.max(0, mean - half),
    expectedHigh: Math.min(1, mean + half),
    pValue: deviation === 0 ? 1 : studentTSf((seen.area - mean) / deviation, df),
    used: usedOf(known, seen.gains),
  };
}

/** Of one stretch against those of the reference that are neither `without` nor next to it. */
function areaOf(reference: Expanded, of: Expanded, stretch: number, without: number | null) {
  const others = Array.from({ length: reference.stretches }, (_, at) => at).filter(
    (at) => without === null || Math.abs(at - without) > 1,
  );
  const gains = new Float64Array(reference.directions.length);
  let area = 0;
  for (const half of [0, 1] as const) {
    const fitted = others.filter((_, place) => place % 2 === half);
    const held = others.filter((_, place) => place % 2 !== half);
    const gapIn = (part: 0 | 1, stretches: readonly number[], k: number) =>
      of.meanOf([stretch], k, [part]) - reference.meanOf(stretches, k, [0, 1]);
    const scale = 2 / Math.sqrt(of.halfRows);
    const weights = reference.deviations.map((deviation, k) => {
      if (deviation < 1e-9) return 0;
      const gap = gapIn(half, fitted, k) / deviation;
      return (Math.sign(gap) * Math.max(0, Math.abs(gap) - scale)) / deviation;
    });
    const other = half === 0 ? 1 : 0;
    weights.forEach((weight, k) => {
      if (weight !== 0) gains[k] = (gains[k] ?? 0) + weight * gapIn(other, held, k);
    });
    const mine = reference.scores(weights, of.columns, of.rowsOf([stretch], [other], 1));
    const step = Math.max(1, Math.ceil((held.length * 2 * of.halfRows) / heldOutRowsMax));
    const theirs = reference.scores(weights, reference.columns, reference.rowsOf(held, [0, 1], step));
    const labels = new Float64Array(mine.length + theirs.length).fill(1, 0, mine.length);
    area += (auroc([...mine, ...theirs], labels) ?? 0.5) / 2;
  }
  return { area, gains };
}

function usedOf({ directions }: Expanded, gains: Float64Array): ToldApart['used'] {
  const all = gains.reduce((sum, gain) => sum + Math.max(0, gain), 0);
  if (all === 0) return [];
  return directions
    .map(({ first, second }, k) => ({ first, second, share: Math.max(0, gains[k] ?? 0) / all }))
    .filter(({ share }) => share > 0)
    .toSorted((a, b) => b.share - a.share);
}
