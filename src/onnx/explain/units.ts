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

function clipped(probability: number): number {
  return Math.min(Math.max(probability, probabilityMin), 1 - probabilityMin);
}
