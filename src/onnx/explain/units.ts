import type { TaskName } from '../../domain/spec/spec.ts';

/** Probabilities are taken as far as float32 tells them from 0 and 1. */
const probabilityMin = 1e-7;

/** Answers of a model in the unit in which they are explained; `output` is the number of a class of several. */
export const units: Record<TaskName, (answer: ArrayLike<number>, output: number) => number> = {
  binary: (answer) => {
    const positive = clipped(answer[1] ?? 0.5);
    return Math.log(positive / (1 - positive));
  },
  multiclass: (answer, output) => Math.log(clipped(answer[output] ?? 0)),
  regression: (answer) => answer[0] ?? 0,
};

/** The class whose score an output is; undefined for a value. */
export const classExplained: Record<TaskName, (classes: readonly string[], output: number) => string | undefined> = {
  binary: ([, positive]) => positive,
  multiclass: (classes, output) => classes[output],
  regression: () => undefined,
};

/** Which output explains an answer: of several classes that of the decided one. */
export const outputExplained: Record<TaskName, (classes: readonly string[], decision: string | null) => number> = {
  binary: () => 0,
  multiclass: (classes, decision) => Math.max(0, classes.indexOf(decision ?? '')),
  regression: () => 0,
};

function clipped(probability: number): number {
  return Math.min(Math.max(probability, probabilityMin), 1 - probabilityMin);
}
