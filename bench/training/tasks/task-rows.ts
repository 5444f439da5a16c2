import type { TaskName } from '../../../src/domain/spec/spec.ts';

/** A table in memory. */
export interface TaskRows {
  readonly task: TaskName;
  /** Of labels; 0 for a regression. */
  readonly classes: number;
  /** NaN is missing. */
  readonly numbers: readonly Float32Array[];
  /** From 1; 0 is missing. */
  readonly codes: readonly Uint16Array[];
  /** Number of the class, or the value. */
  readonly labels: Float64Array;
}

/** Rows in the order training, validation, test; a number each of how many. */
export interface TaskSplit {
  readonly rows: TaskRows;
  readonly training: number;
  readonly validation: number;
}

/** These rows, in this order. */
export function pickRows({ task, classes, numbers, codes, labels }: TaskRows, order: readonly number[]): TaskRows {
  return {
    task,
    classes,
    numbers: numbers.map((column) => Float32Array.from(order, (row) => column[row] ?? NaN)),
    codes: codes.map((column) => Uint16Array.from(order, (row) => column[row] ?? 0)),
    labels: Float64Array.from(order, (row) => labels[row] ?? NaN),
  };
}
