import type { Curve, IsotonicMap } from '../../domain/training/calibration/score-map.ts';
import { ascendingOrder, endOfTies } from '../../statistics/samples/ranking.ts';
import { oddsIn, oddsOfClassIn, type CalibrationRows } from './odds-rows.ts';

/** Fewer rows than this say too little to bend a curve by. */
const stretchRowsMin = 25;
/** A file and its answers must not grow with the validation rows. */
const stretchesMax = 100;
/** Knots that are nearer, in log-odds, become one: float32 sums must not jump between them. */
const knotGapMin = 1e-3;

/** A curve for the positive class of two, or one for each of several. */
export function fitIsotonic(rows: CalibrationRows): IsotonicMap {
  const { classes } = rows;
  if (classes === 2) return { kind: 'isotonic', curves: [curveOf(oddsIn(rows), rows, 1)] };
  const curves = Array.from({ length: classes }, (_, k) => curveOf(oddsOfClassIn(rows, k), rows, k));
  return { kind: 'isotonic', curves };
}

interface Stretch {
  /** Sum of weights. */
  readonly weight: number;
  /** Sum of weights times scores. */
  readonly scores: number;
  /** Sum of weights of the rows for which it came true. */
  readonly true: number;
  /** Rows, which say when a stretch holds enough of them. */
  readonly rows: number;
}

/**
 * Isotonic regression (PAVA; Ayer et al. 1955) over stretches of rows by rising score, a curve through the middles of
 * what is pooled (centred isotonic regression; Oron and Flournoy 2017), straight in log-odds: it is continuous, so that
 * rounding moves no answer far, and between its ends it makes no ties. What is pooled counts one row more, which came
 * true as often as all do, so that no value is 0 or 1. Rows of one score are in one stretch.
 */
function curveOf(scores: Float64Array, { labels, weights }: CalibrationRows, of: number): Curve {
  const stretches = stretchesOf(
    scores,
    (row) => weights?.[row] ?? 1,
    (row) => labels[row] === of,
  );
  const all = stretches.reduce(joined, nothing);
  const one = all.weight / Math.max(1, all.rows);
  const share = (all.true + one / 2) / (all.weight + one);
  // The row more may turn two neighbours round, so that they are pooled once more.
  const pooled = pool(pool(stretches).map((each) => withOneMore(each, one, share)));
  return {
    scores: pooled.map((each) => each.scores / each.weight),
    values: pooled.map((each) => Math.log(each.true) - Math.log(each.weight - each.true)),
  };
}

function withOneMore(stretch: Stretch, one: number, share: number): Stretch {
  const weight = stretch.weight + one;
  return { ...stretch, weight, true: stretch.true + one * share, scores: (stretch.scores / stretch.weight) * weight };
}

/** Neighbours whose shares do not rise, or whose scores are too near, become one. */
function pool(stretches: readonly Stretch[]): readonly Stretch[] {
  const pooled: Stretch[] = [];
  for (const stretch of stretches) {
    let last = stretch;
    for (let before = pooled.at(-1); before !== undefined && mustPool(before, last); before = pooled.at(-1)) {
      pooled.pop();
      last = joined(before, last);
    }
    pooled.push(last);
  }
  return pooled;
}

const nothing: Stretch = { weight: 0, scores: 0, true: 0, rows: 0 };

function mustPool(before: Stretch, last: Stretch): boolean {
  const gap = last.scores / last.weight - before.scores / before.weight;
  return before.true / before.weight >= last.true / last.weight || gap < knotGapMin;
}

function joined(one: Stretch, other: Stretch): Stretch {
  return {
    weight: one.weight + other.weight,
    scores: one.scores + other.scores,
    true: one.true + other.true,
    rows: one.rows + other.rows,
  };
}

/** Rows in the order of their scores, cut into stretches of as many rows; rows of weight 0 are in none. */
function stretchesOf(
  scores: Float64Array,
  weightOf: (row: number) => number,
  isTrue: (row: number) => boolean,
): readonly Stretch[] {
  const counted = Uint32Array.from(ascendingOrder(scores).filter((row) => weightOf(row) > 0));
  const rowsMin = Math.max(stretchRowsMin, Math.ceil(counted.length / stretchesMax));
  const stretches: Stretch[] = [];
  let open = nothing;
  for (let from = 0; from < counted.length;) {
    const end = endOfTies(scores, counted, from);
    for (const row of counted.subarray(from, end)) {
      const weight = weightOf(row);
      open = joined(open, {
        weight,
        scores: weight * (scores[row] ?? 0),
        true: isTrue(row) ? weight : 0,
        rows: 1,
      });
    }
    from = end;
    if (open.rows < rowsMin) continue;
    stretches.push(open);
    open = nothing;
  }
  if (open.rows === 0) return stretches;
  const last = stretches.pop();
  return [...stretches, last === undefined ? open : joined(last, open)];
}
