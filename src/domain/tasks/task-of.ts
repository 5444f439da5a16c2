import type { TargetOf, TargetSpec, TaskName } from '../spec/spec.ts';
import { binaryTask } from './binary/binary.ts';
import { multiclassTask } from './multiclass/multiclass.ts';
import { regressionTask } from './regression/regression.ts';
import type { Task } from './task.ts';

/** Every task there is. A new one is a folder beside these, a row here, and a row wherever the compiler then asks. */
export const tasks: { readonly [Name in TaskName]: Task<TargetOf<Name>> } = {
  binary: binaryTask,
  multiclass: multiclassTask,
  regression: regressionTask,
};

export const taskNames = Object.keys(tasks).filter((name): name is TaskName => name in tasks);

export function taskOf(name: TaskName): Task {
  return tasks[name];
}

/** In signature order, see `Task.classesOf`. */
export function classesOf(target: TargetSpec): readonly string[] {
  return taskOf(target.task).classesOf(target);
}

/** Numbers per answer to this target. */
export function scoreCountOf(target: TargetSpec): number {
  return taskOf(target.task).scoreCount(classesOf(target));
}

/** The class that the probability speaks of; null for a task without one. */
export function positiveOf(target: TargetSpec): string | null {
  return taskOf(target.task).hasPositive ? (classesOf(target)[1] ?? null) : null;
}
