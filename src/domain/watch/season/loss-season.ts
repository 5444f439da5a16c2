import type { SeasonSpec } from '../../spec/parts/watch-spec.ts';
import { phaseCount, seasonClock, type SeasonPlace } from '../../training/season/phases.ts';

/** What losses are in each phase of a season. Numbers alone, so that evidence can carry them on. */
export interface LossSeason {
  readonly of: SeasonSpec;
  /** By phase; 0 where a phase is not known. */
  readonly rows: readonly number[];
  readonly means: readonly number[];
  /** Of one row about the mean of its phase, as if rows were independent. */
  readonly variances: readonly number[];
  /** How turns of the season (days, weeks) differ beyond what their phases lead one to expect. */
  readonly turns: TurnSpread;
}

export interface TurnSpread {
  readonly count: number;
  /**
   * An upper bound (nine in ten) of the variance of what all rows of a turn have in common: few turns show too little
   * of how turns differ for an estimate of it to do.
   */
  readonly variance: number;
  /** Sum of the squared shares that turns have of the rows: 1 / count where all are of one size. */
  readonly squares: number;
}

/** Losses of which the phase is known, in their order. */
export interface PhasedLosses {
  readonly season: LossSeason;
  /** Places in what was given. */
  readonly at: readonly number[];
  /** Of each of them. */
  readonly phases: readonly number[];
  readonly turns: readonly number[];
}

/**
 * Rows of a phase without which nothing is said of it, and turns that they come from: of one day, what is the hour's
 * and what is the day's cannot be told apart.
 */
const phaseRowsMin = 10;
const phaseTurnsMin = 3;
/** With fewer rows in phases that are known, the season is not heeded: the reference would be another one. */
const placedShareMin = 0.5;

/**
 * The phases of losses in time order, as far as they are known: ten rows in three turns of the season. Null where fewer
 * than half of the rows are in such phases, as in a reference of less than three days.
 */
export function phaseLosses(
  of: SeasonSpec,
  losses: ArrayLike<number>,
  timesMs: ArrayLike<number | null>,
): PhasedLosses | null {
  const clock = seasonClock(of);
  const places = Array.from({ length: losses.length }, (_, row) => clock(timesMs[row] ?? null));
  const seen = Array.from({ length: phaseCount(of.phases) }, () => ({ rows: 0, turns: new Set<number>() }));
  for (const place of places) {
    const phase = place === null ? undefined : seen[place.phase];
    if (place === null || phase === undefined) continue;
    phase.rows++;
    if (phase.turns.size < phaseTurnsMin) phase.turns.add(place.turn);
  }
  const isKnown = seen.map(({ rows, turns }) => rows >= phaseRowsMin && turns.size >= phaseTurnsMin);
  const placed = placedRows(places, ({ phase }) => isKnown[phase] === true);
  if (placed.at.length < placedShareMin * losses.length || placed.at.length < 2) return null;
  return { season: seasonOf(of, losses, placed), ...placed };
}

/** The rows of later losses that stand in a phase which the reference knows, and their phases. */
export function placeLosses(season: LossSeason, timesMs: ArrayLike<number | null>, rows: number): PlacedLosses {
  const clock = seasonClock(season.of);
  const places = Array.from({ length: rows }, (_, row) => clock(timesMs[row] ?? null));
  return placedRows(places, ({ phase }) => (season.rows[phase] ?? 0) > 0);
}

export type PlacedLosses = Pick<PhasedLosses, 'at' | 'phases' | 'turns'>;

function placedRows(places: readonly (SeasonPlace | null)[], isKnown: (place: SeasonPlace) => boolean): PlacedLosses {
  const known = places.flatMap((place, at) => (place === null || !isKnown(place) ? [] : [{ ...place, at }]));
  return {
    at: known.map(({ at }) => at),
    phases: known.map(({ phase }) => phase),
    turns: known.map(({ turn }) => turn),
  };
}

/** Sum of the squared shares that turns have of these rows. */
export function turnSquares(turns: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const turn of turns) counts.set(turn, (counts.get(turn) ?? 0) + 1);
  let squares = 0;
  for (const count of counts.values()) squares += (count / turns.length) ** 2;
  return squares;
}

/**
 * The mean of a reference as it would be if its rows were of these phases, and the variance of that mean by stratified
 * sampling: the sum of w^2 v / n over phases of weight w, with n rows of variance v (Cochran, Sampling Techniques,
 * 1977, ch. 5). `perRow` is the sum of w^2 / n: a variance of one row, times it, is one of the mean.
 */
export function inPhasesOf(
  { rows, means, variances }: LossSeason,
  phases: readonly number[],
): { readonly mean: number; readonly variance: number; readonly perRow: number } {
  const counts = new Array<number>(rows.length).fill(0);
  for (const phase of phases) counts[phase] = (counts[phase] ?? 0) + 1;
  let [mean, variance, perRow] = [0, 0, 0];
  for (const [phase, count] of counts.entries()) {
    const n = rows[phase] ?? 0;
    if (count === 0 || n === 0) continue;
    const weight = count / phases.length;
    mean += weight * (means[phase] ?? 0);
    variance += (weight * weight * (variances[phase] ?? 0)) / n;
    perRow += (weight * weight) / n;
  }
  return { mean, variance, perRow };
}

function seasonOf(of: SeasonSpec, losses: ArrayLike<number>, { at, phases, turns }: PlacedLosses): LossSeason {
  const count = phaseCount(of.phases);
  const rows = new Array<number>(count).fill(0);
  const means = new Array<number>(count).fill(0);
  const squares = new Array<number>(count).fill(0);
  for (const [index, phase] of phases.entries()) {
    // Welford's update: no sum of squares that two large numbers cancel in.
    const n = (rows[phase] ?? 0) + 1;
    const loss = losses[at[index] ?? 0] ?? 0;
    const gap = loss - (means[phase] ?? 0);
    rows[phase] = n;
    means[phase] = (means[phase] ?? 0) + gap / n;
    squares[phase] = (squares[phase] ?? 0) + gap * (loss - (means[phase] ?? 0));
  }
  const variances = squares.map((square, phase) => ((rows[phase] ?? 0) < 2 ? 0 : square / ((rows[phase] ?? 0) - 1)));
  const left = at.map((row, index) => (losses[row] ?? 0) - (means[phases[index] ?? 0] ?? 0));
  return { of, rows, means, variances, turns: spreadOf(left, turns) };
}

/**
 * Of groups of unequal sizes the mean square between them is, on average, the variance within them and that between
 * them times the rows of one (analysis of variance: Searle, Variance Components, 1992, ch. 3). Memory within a turn is
 * not taken out, and so counts as a difference between turns.
 */
function spreadOf(left: readonly number[], turns: readonly number[]): TurnSpread {
  const sums = new Map<number, { rows: number; sum: number }>();
  for (const [row, turn] of turns.entries()) {
    const before = sums.get(turn) ?? { rows: 0, sum: 0 };
    sums.set(turn, { rows: before.rows + 1, sum: before.sum + (left[row] ?? 0) });
  }
  const rows = left.length;
  const count = sums.size;
  let [between, squares, all] = [0, 0, 0];
  for (const one of left) all += one * one;
  for (const { rows: own, sum } of sums.values()) {
    between += (sum * sum) / own;
    squares += (own / rows) ** 2;
  }
  const rowsOfOne = (rows * (1 - squares)) / Math.max(1, count - 1);
  if (count < 2) return { count, variance: 0, squares };
  const within = Math.max(0, all - between) / Math.max(1, rows - count);
  const upper = (upperFactor(count - 1) * between) / (count - 1);
  return { count, variance: Math.max(0, upper - within) / rowsOfOne, squares };
}

/** Of the tenth of a normal distribution. */
const tenth = -1.2816;

/**
 * What a variance with so many degrees of freedom is multiplied by for a bound that is above the true one in nine of
 * ten cases: 10.2, 5.2 and 2.5 with 2, 3 and 7 (the cube root of a chi-square is nearly normal: Wilson and Hilferty,
 * PNAS 17, 1931; within 8 % from 2 on).
 */
function upperFactor(df: number): number {
  const spread = 2 / (9 * Math.max(df, 2));
  return 1 / (1 - spread + tenth * Math.sqrt(spread)) ** 3;
}
