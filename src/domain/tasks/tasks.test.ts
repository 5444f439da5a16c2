import { describe, expect, test } from 'vitest';
import type { TargetSpec } from '../spec/spec.ts';
import { classesOf, positiveOf, taskNames, taskOf } from './task-of.ts';

const base = { column: 'y', labelDelay: { rows: 1 } } as const;
const binary: TargetSpec = { ...base, task: 'binary', negative: 'no', positive: 'yes' };
const multiclass: TargetSpec = { ...base, task: 'multiclass', classes: ['a', 'b', 'c'] };
const regression: TargetSpec = { ...base, task: 'regression' };

describe.each([binary, multiclass, regression])('$task', (target) => {
  const task = taskOf(target.task);
  const classes = classesOf(target);

  test('bears the name under which it is found', () => {
    expect(task.name).toBe(target.task);
    expect(taskNames).toContain(task.name);
  });

  test('makes its target from its classes again', () => {
    expect(task.targetOf(base, classes)).toEqual(target);
    expect(task.problemOf(target)).toBeNull();
  });

  test('takes its own example as a label, and the label back as a number', () => {
    const text = task.labels.textOf(task.exampleLabel(target), classes);
    expect(text).not.toBeNull();
    const number = task.labels.numberOf(text, classes);
    expect(number).not.toBeNull();
    expect(task.labels.numberOf(null, classes)).toBeNull();
    expect(task.labels.textOf('no label of any task', classes)).toBeNull();
  });

  test('answers what its fallback allows with as many scores as a model gives', () => {
    const answer = task.exampleLabel(target);
    expect(task.fallback.problemOf(target, answer)).toBeNull();
    expect(task.fallback.answer(answer, classes).scores).toHaveLength(task.scoreCount(classes));
  });

  test('a threshold exists exactly where one class is the positive one', () => {
    expect(task.defaultThreshold !== null).toBe(task.hasPositive);
    expect(positiveOf(target) !== null).toBe(task.hasPositive);
  });

  test('the identity leaves scores nearly as they are, and a fit on few rows stays near it', () => {
    const raw = task.hasClasses ? classes.map((_, k) => (k === 0 ? 0.6 : 0.4 / (classes.length - 1))) : [3];
    const count = target.task in { binary, regression } ? 1 : classes.length;
    const identity = { slope: 1, intercepts: new Array<number>(count).fill(0) };
    task.correction.apply(identity, raw).forEach((score, k) => expect(score).toBeCloseTo(raw[k] ?? 0, 10));
    const fitted = task.correction.fit({ labels: [0], raw: [raw] }, Float64Array.of(1));
    expect(fitted.intercepts).toHaveLength(count);
    expect(fitted.slope).toBeGreaterThan(0);
  });
});

test('a loss is smaller for the better answer, and a label that is no class counts as the least likely', () => {
  const { loss } = taskOf('multiclass');
  expect(loss.ofRow([0.7, 0.2, 0.1], 0, 0.01)).toBeLessThan(loss.ofRow([0.7, 0.2, 0.1], 1, 0.01));
  expect(loss.ofRow([0.7, 0.2, 0.1], Number.NaN, 0.01)).toBe(-Math.log(0.01));
  expect(taskOf('regression').loss.ofRow([2], -1, 0.01)).toBe(3);
});
