import { describe, expect, test } from 'vitest';
import { isPerennialError } from '../../domain/words/errors.ts';
import { columnFrom, columnsOf, type FeatureColumns } from '../run/columns.ts';
import { compareGolden, type MakerAnswer } from './compare-golden.ts';

const places = Array.from({ length: 10 }, (_, row) => row);
const plain = columnsOf(10, [columnFrom({ name: 'x', kind: 'number' }, places)]);
const value = { task: 'regression', classes: [] } as const;
const binary = { task: 'binary', classes: ['no', 'yes'] } as const;

const compareValues = (maker: readonly number[], ours: readonly number[], columns: FeatureColumns = plain) =>
  compareGolden(value, { columns, answers: maker, classes: [] }, Float64Array.from(ours));

function refusal(compare: () => unknown): { readonly message: string; readonly hint: string } {
  try {
    compare();
  } catch (error) {
    if (isPerennialError(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('the same answer, however the maker says it', () => {
  test('a probability, a list in the order of the file, by class, and a class', () => {
    const answers: readonly MakerAnswer[] = [0.8, [0.8, 0.2], { yes: 0.8 }, 'yes'];
    const scores = Float64Array.from(answers.flatMap(() => [0.2, 0.800_001]));
    const columns = columnsOf(4, []);
    expect(compareGolden(binary, { columns, answers, classes: ['yes', 'no'] }, scores)).toEqual({
      rows: 4,
      largestDifference: expect.closeTo(1e-6, 9),
    });
  });

  test('as many rows as a file may have', () => {
    const rows = 300_000;
    const answers = Array.from({ length: rows }, (_, row) => row);
    const columns = columnsOf(rows, []);
    expect(compareValues(answers, answers, columns)).toEqual({ rows, largestDifference: 0 });
    const off = answers.map((answer) => answer + 900);
    expect(refusal(() => compareValues(answers, off, columns)).hint).toContain('base score');
  });

  test('values are rounded by their own size, and by how far they lie apart', () => {
    const large = places.map((place) => 1e6 + place * 1e5);
    expect(() =>
      compareValues(
        large,
        large.map((one) => one + 50),
      ),
    ).not.toThrow();
    const small = places.map((place) => place * 1e-6);
    expect(() =>
      compareValues(
        small,
        small.map((one) => one + 1e-6),
      ),
    ).toThrow('10 of 10 golden rows');
  });

  test('an unknown class and too few scores are named', () => {
    const ask = (answer: MakerAnswer) => () =>
      compareGolden(binary, { columns: plain, answers: [answer], classes: ['no', 'yes'] }, Float64Array.of(0.5, 0.5));
    expect(ask('maybe')).toThrow('speaks of the class "maybe"; the model has no, yes');
    expect(ask([1, 0, 0])).toThrow('has 3 scores, and the model has 2 classes');
  });
});

describe('another answer is refused, with the likely cause', () => {
  const maker = places.map((place) => Math.sin(place) * 10);

  test('how many, and the worst', () => {
    const ours = maker.map((one, row) => (row === 3 ? one + 5 : row === 4 ? NaN : one));
    const { message } = refusal(() => compareValues(maker, ours));
    expect(message).toBe(
      'The model answers 2 of 10 golden rows otherwise than its maker, by more than 0.0001; the worst is row 5: ' +
        'no answer here, -7.56802 there.',
    );
  });

  test('base score, lost sigmoid, few rows at thresholds, other trees', () => {
    const cause = (ours: readonly number[], of: readonly number[] = maker) =>
      refusal(() => compareValues(of, ours)).hint;
    expect(cause(maker.map((one) => one + 0.5))).toMatch(/^Likely the base score is lost/);
    const shares = maker.map((one) => 1 / (1 + Math.exp(-one / 4)));
    expect(
      cause(
        maker.map((one) => one / 4 + 0.3),
        shares,
      ),
    ).toMatch(/^Likely the last step is lost/);
    expect(cause(maker.map((one, row) => (row === 3 ? one + 2 : one)))).toMatch(/^Likely thresholds in float64/);
    expect(cause(maker.map((one, row) => one + row * row * 0.1 + 0.1))).toMatch(/^Likely early stopping/);
  });

  test('a base score under a sigmoid is the same in log-odds', () => {
    const shares = places.map((place) => 0.05 + place * 0.09);
    const shifted = shares.map((share) => 1 / (1 + Math.exp(-(Math.log(share / (1 - share)) + 0.4))));
    const scores = Float64Array.from(shifted.flatMap((share) => [1 - share, share]));
    const { hint } = refusal(() => compareGolden(binary, { columns: plain, answers: shares, classes: [] }, scores));
    expect(hint).toMatch(/^Likely the base score is lost/);
  });

  test('rows without a value, and rows of a category', () => {
    const off = maker.map((one, row) => (row % 2 === 0 ? one + row + 1 : one));
    const missing = columnsOf(10, [
      columnFrom(
        { name: 'x', kind: 'number' },
        places.map((row) => (row % 2 === 0 ? null : row)),
      ),
    ]);
    expect(refusal(() => compareValues(maker, off, missing)).hint).toMatch(/^Likely missing values mean/);
    const words = columnsOf(10, [
      columnFrom(
        { name: 'c', kind: 'category' },
        places.map((row) => (row % 2 === 0 ? 'new' : 'old')),
      ),
    ]);
    expect(refusal(() => compareValues(maker, off, words)).hint).toMatch(/^Likely categories are coded/);
  });
});
