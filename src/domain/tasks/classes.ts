import { listNames } from '../words/nearest-name.ts';
import type { Problem, TaskLabels, TaskLoss } from './task.ts';

/** Labels of a task whose answers are classes, in the words of the business. */
export const classLabels: TaskLabels = {
  textOf: (value, classes) => (classes.includes(String(value)) ? String(value) : null),
  refuse: (said, classes) => `is ${said}, which is none of the classes: ${listNames(classes)}`,
  numberOf(text, classes) {
    const index = classes.indexOf(text ?? '');
    return index < 0 ? null : index;
  },
  say: (label, classes) => `"${classes[label] ?? ''}"`,
  cellOf: (text) => text,
};

/** A proper score, so that confidence counts too. */
export const classLoss: TaskLoss = {
  margin: 0.02,
  words: 'log loss',
  rowWords: 'log loss',
  ofRow: (scores, label, probabilityMin) =>
    -Math.log(Math.min(Math.max(scores[label] ?? probabilityMin, probabilityMin), 1)),
};

export function classesProblem(classes: readonly string[]): Problem | null {
  if (classes.length >= 2 && new Set(classes).size === classes.length && !classes.includes('')) return null;
  return {
    message: `the classes ${JSON.stringify(classes)} are not two or more different labels`,
    fix: 'Give each class a label of its own.',
  };
}

/** One for the class that is named, 0 for the others. */
export function certain(answer: string, classes: readonly string[]): readonly number[] {
  return classes.map((name) => (name === answer ? 1 : 0));
}
