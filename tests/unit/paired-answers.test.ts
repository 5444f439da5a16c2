import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { expect, test } from 'vitest';
import { comparePairs, pairAnswers } from '../../bench/paired/compare-answers.ts';
import type { Answers, LabelledAnswer } from '../../bench/paired/read-answers.ts';
import { rootDir } from '../../src/config.ts';
import type { TargetSpec } from '../../src/domain/spec/spec.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

const target: TargetSpec = {
  task: 'binary',
  column: 'y',
  positive: 'yes',
  negative: 'no',
  labelDelay: { rows: 0 },
};

function answers(of: string, rows: readonly LabelledAnswer[], as: TargetSpec = target): Answers {
  return { of, model: 'm', target: as, rows };
}

const row = (id: number, probability: number, label: string | null): LabelledAnswer => ({
  predictionId: `row-${id}`,
  version: 1,
  scores: [1 - probability, probability],
  decision: probability >= 0.5 ? 'yes' : 'no',
  label,
});
const total = 1_000;
/** Labels that come true with `truth(row)`, answered with `said(row)`. */
const played = (said: (at: number) => number, truth: (at: number) => number): readonly LabelledAnswer[] => {
  const random = createRandom('labels');
  return Array.from({ length: total }, (_, at) => row(at, said(at), random.next() < truth(at) ? 'yes' : 'no'));
};
const seventy = played(
  () => 0.7,
  () => 0.7,
);

test('answers that are alike are not proven different, and differ by nothing', () => {
  const paired = pairAnswers(answers('a', seventy), answers('b', seventy));
  expect(paired).toMatchObject({ rows: total, differingRows: 0 });
  const figures = comparePairs(paired, [20, 200]);
  expect(figures.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['logLoss', 'accuracy']));
  for (const { estimate, intervals, verdict } of figures)
    expect({ estimate, intervals, verdict }).toEqual({
      estimate: 0,
      intervals: [20, 200].map((blockRows) => ({ blockRows, lower: 0, upper: 0 })),
      verdict: 'not proven different',
    });
});

test('rows are paired by id, whatever their order, and rows without a label are left out', () => {
  const before = [row(1, 0.9, 'yes'), row(2, 0.2, 'no'), row(3, 0.4, null)];
  const after = [row(3, 0.4, null), row(2, 0.8, 'no'), row(1, 0.9, 'yes')];
  const paired = pairAnswers(answers('a', before), answers('b', after));
  expect(paired).toMatchObject({ rows: 2, differingRows: 1 });
  const loss = comparePairs(paired, [1]).find(({ metric }) => metric === 'logLoss');
  expect(loss?.before).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8)) / 2, 12);
  expect(loss?.after).toBeCloseTo(-(Math.log(0.9) + Math.log(0.2)) / 2, 12);
  expect(loss?.estimate).toBeCloseTo(Math.log(0.2 / 0.8) / 2, 12);
});

test('a row at which a version failed is no pair, moves no other row, and is counted', () => {
  const before = [row(1, 0.9, 'yes'), row(2, 0.2, 'no'), row(3, 0.6, 'yes')];
  const failed = { ...row(1, 0.9, 'yes'), scores: [], decision: null };
  const paired = pairAnswers(answers('a', before), answers('b', [failed, ...before.slice(1)]));
  expect(paired).toMatchObject({ rows: 2, differingRows: 0, failedRows: 1 });
  for (const { estimate } of comparePairs(paired, [1])) expect(estimate).toBe(0);
  expect(() => pairAnswers(answers('a', before.slice(0, 1)), answers('b', [failed]))).toThrow(
    'no row with a label was answered on both sides',
  );
});

test('a better loop is called better and, turned round, worse', () => {
  const better = played(
    (at) => (at % 2 === 0 ? 0.9 : 0.1),
    (at) => (at % 2 === 0 ? 0.9 : 0.1),
  );
  const blind = better.map((one) => ({ ...one, scores: [0.5, 0.5], decision: 'yes' }));
  const verdicts = (before: readonly LabelledAnswer[], after: readonly LabelledAnswer[]) =>
    new Set(comparePairs(pairAnswers(answers('a', before), answers('b', after)), [10, 100]).map((one) => one.verdict));
  expect(verdicts(blind, better)).toEqual(new Set(['better']));
  expect(verdicts(better, blind)).toEqual(new Set(['worse']));
});

test('where one is better for long and worse for long, long blocks do not prove what short ones do', () => {
  // Better in three fifths of the rows, and as much worse in the others, each in one stretch.
  const isGood = (at: number): boolean => Math.floor(at / 200) % 5 < 3;
  const before = seventy;
  const after = before.map((one, at) => {
    const probability = isGood(at) === (one.label === 'yes') ? 0.8 : 0.58;
    return { ...one, scores: [1 - probability, probability] };
  });
  const loss = comparePairs(pairAnswers(answers('a', before), answers('b', after)), [1, 400]).find(
    ({ metric }) => metric === 'logLoss',
  );
  const [short, long] = loss?.intervals ?? [];
  expect(short?.lower).toBeGreaterThan(0);
  expect(long?.lower).toBeLessThan(0);
  expect(loss?.verdict).toBe('not proven different');
});

test.each([
  ['a row of one side alone', [row(1, 0.5, 'yes')], [row(1, 0.5, 'yes'), row(2, 0.5, 'no')], /^1 rows were answered/],
  ['another label', [row(1, 0.5, 'yes')], [row(1, 0.5, 'no')], /^1 rows have another label/],
  ['no label', [row(1, 0.5, null)], [row(1, 0.5, null)], /^no row has a label/],
])('%s is refused', (_, before, after, sentence) => {
  expect(() => pairAnswers(answers('a', before), answers('b', after))).toThrow(sentence);
});

test('another target is refused', () => {
  const other: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 0 } };
  expect(() => pairAnswers(answers('a', seventy), answers('b', seventy, other))).toThrow(
    'a and b predict other things',
  );
});

test.each([
  [['/nowhere/a'], 2, 'error: two state folders are wanted, BEFORE and AFTER: see --help.\n'],
  [['/nowhere/a', '/nowhere/b'], 1, 'error: /nowhere/a holds no database: name the state folder of a demo.\n'],
])('the line %j is refused in one sentence', (folders, code, sentence) => {
  const line = ['--import', 'tsx', 'bench/paired.ts', ...folders];
  const { status, stdout, stderr } = spawnSync(process.execPath, line, { cwd: rootDir, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: code, stdout: '', stderr: sentence });
});
