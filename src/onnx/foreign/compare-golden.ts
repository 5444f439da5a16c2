import type { ForeignFindings } from '../../domain/spec/signature-of-foreign.ts';
import type { MakerComparison } from '../../domain/spec/maker-comparison.ts';
import { cut } from '../../domain/words/cut.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { FeatureColumns } from '../run/columns.ts';
import { likelyCause, type GoldenDifference } from './name-cause.ts';

/** What a maker says of one row: a value or P(positive), a class, scores in order, or scores by class. */
export type MakerAnswer = number | string | readonly number[] | Readonly<Record<string, number>>;

export interface Golden {
  readonly columns: FeatureColumns;
  readonly answers: readonly MakerAnswer[];
  /** Classes in the order of listed scores. */
  readonly classes: readonly string[];
}

/** A probability may differ by this much; a value by this share of itself, or of how far values usually lie apart. */
export const goldenTolerance = 1e-4;

/**
 * Holds the answers of the model against those of its maker. Throws `unsupported` when one row differs by more than the
 * tolerance, with how many do, the worst of them, and what is known to cause it.
 */
export function compareGolden(
  findings: Pick<ForeignFindings, 'task' | 'classes'>,
  golden: Golden,
  scores: Float64Array,
): MakerComparison {
  const width = findings.classes.length === 0 ? 1 : findings.classes.length;
  const scale = findings.classes.length === 0 ? spreadOf(golden.answers) : null;
  const compared = golden.answers.map((answer, row) => {
    const ours = scores.subarray(row * width, (row + 1) * width);
    return worstOf(row, pairsOf(findings.classes, golden.classes, answer, ours, row), scale);
  });
  const differing = compared.filter(({ excess }) => !(excess <= 1));
  const [first] = differing;
  if (first === undefined) {
    const largest = compared.reduce((most, { maker, ours }) => Math.max(most, Math.abs(maker - ours)), 0);
    return { rows: compared.length, largestDifference: largest };
  }
  const worst = differing.reduce((most, one) => (one.excess > most.excess ? one : most), first);
  throw new PerennialError(
    'unsupported',
    `The model answers ${differing.length} of ${compared.length} golden rows otherwise than its maker, by more than ` +
      `${goldenTolerance}; the worst is row ${worst.row + 1}: ${say(worst.ours)} here, ${say(worst.maker)} there.`,
    { path: 'golden', hint: likelyCause(findings, golden.columns, compared) },
  );
}

/** Numbers that must agree: of the maker, and ours. */
type Pair = readonly [maker: number, ours: number];

function pairsOf(
  classes: readonly string[],
  listed: readonly string[],
  answer: MakerAnswer,
  ours: Float64Array,
  row: number,
): readonly Pair[] {
  if (classes.length === 0) {
    const value = Array.isArray(answer) ? answer[0] : answer;
    return [[typeof value === 'number' ? value : NaN, ours[0] ?? NaN]];
  }
  const shareOf = (label: string): number => {
    const place = classes.indexOf(label);
    if (place < 0) throw unknownClass(label, classes, row);
    return ours[place] ?? NaN;
  };
  if (typeof answer === 'string') return [labelPair(shareOf(answer), ours)];
  if (typeof answer === 'number') {
    // A whole number that is a class is one, unless it could be a certain probability of the second of two.
    const isLabel = classes.includes(String(answer)) && (classes.length > 2 || ![0, 1].includes(answer));
    if (isLabel) return [labelPair(shareOf(String(answer)), ours)];
    return [[answer, ours[1] ?? NaN]];
  }
  if (!isList(answer)) return Object.entries(answer).map(([label, share]): Pair => [share, shareOf(label)]);
  if (answer.length === 1) return [[answer[0] ?? NaN, ours[1] ?? NaN]];
  if (answer.length !== classes.length)
    throw new PerennialError(
      'invalid_data',
      `Golden row ${row + 1} has ${answer.length} scores, and the model has ${classes.length} classes.`,
      { path: 'golden', hint: 'Give one score per class, in the order of the file.' },
    );
  return answer.map((share, place): Pair => [share, shareOf(listed[place] ?? '')]);
}

function isList(answer: MakerAnswer): answer is readonly number[] {
  return Array.isArray(answer);
}

/** A class is the same answer when nothing is clearly more probable. */
function labelPair(share: number, ours: Float64Array): Pair {
  const best = Math.max(...ours);
  return share >= best - goldenTolerance ? [share, share] : [1, share];
}

function worstOf(row: number, pairs: readonly Pair[], scale: number | null): GoldenDifference {
  const judged = pairs.map(([maker, ours]) => {
    const allowed = goldenTolerance * (scale === null ? 1 : Math.max(Math.abs(maker), scale));
    const distance = Math.abs(maker - ours);
    return { row, maker, ours, excess: distance === 0 ? 0 : Number.isNaN(distance) ? Infinity : distance / allowed };
  });
  return judged.reduce((most, one) => (one.excess > most.excess ? one : most));
}

/** How far the maker's values usually lie apart: what is small beside it is rounding. */
function spreadOf(answers: readonly MakerAnswer[]): number {
  const values = answers.map((answer) => (Array.isArray(answer) ? Number(answer[0]) : Number(answer)));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function unknownClass(label: string, classes: readonly string[], row: number): PerennialError {
  return new PerennialError(
    'invalid_data',
    `Golden row ${row + 1} speaks of the class "${cut(label, 80)}"; the model has ${classes.slice(0, 12).join(', ')}.`,
    { path: 'golden', hint: 'Use the names of its classes, or name them in --signature.' },
  );
}

function say(value: number): string {
  return Number.isNaN(value) ? 'no answer' : Number(value.toPrecision(6)).toString();
}
