import type { RegressionTarget } from '../../spec/spec.ts';
import type { Task, TaskFallback, TaskLabels, TaskLoss } from '../task.ts';
import { regressionCorrection } from './correct-regression.ts';

const labels: TaskLabels = {
  textOf(value) {
    const isNumber = typeof value !== 'boolean' && String(value).trim() !== '' && Number.isFinite(Number(value));
    return isNumber ? String(Number(value)) : null;
  },
  refuse: (said) => `must be a finite number, not ${said}`,
  numberOf: (text) => (text !== null && Number.isFinite(Number(text)) ? Number(text) : null),
  say: String,
  cellOf: Number,
};

const loss: TaskLoss = {
  // Nobody can guess the unit of a margin, so there is none until it is declared.
  margin: 0,
  words: 'error',
  rowWords: 'absolute error',
  ofRow: (scores, label) => Math.abs((scores[0] ?? 0) - label),
};

const fallback: TaskFallback<RegressionTarget> = {
  problemOf: (_target, answer) =>
    typeof answer === 'number'
      ? null
      : { message: `${JSON.stringify(answer)} is no answer of a regression target`, fix: 'Use a number.' },
  answer: (answer) => ({ scores: [Number(answer)], decision: null }),
};

/** A value in the unit of its target. */
export const regressionTask: Task<RegressionTarget> = {
  name: 'regression',
  hasClasses: false,
  hasPositive: false,
  defaultThreshold: null,
  loss,
  labels,
  fallback,
  correction: regressionCorrection,
  classesOf: () => [],
  targetOf: (base) => ({ ...base, task: 'regression' }),
  problemOf: () => null,
  exampleLabel: () => 1,
  sayPrediction: (_target, column) => `the value of ${column}`,
  scoreCount: () => 1,
  decide: () => null,
};
