import { createRandom } from '../../../src/statistics/numeric/random.ts';
import { drawTask, madeTasks } from './made-tasks.ts';
import { readTask, tableTasks } from './read-tasks.ts';
import { pickRows, type TaskRows, type TaskSplit } from './task-rows.ts';

/** A fifth each for validation and test. */
const fifth = 0.2;

export const taskNames: readonly string[] = [...Object.keys(tableTasks), ...Object.keys(madeTasks)];

/**
 * Splits of a task. A made task is drawn anew for each, a table is cut into as many folds in random order, so that each
 * row of it is tested once: the fold behind the one that is tested validates.
 */
export async function splitsOf(
  name: string,
  folder: string,
  splits: number,
  seed: number,
): Promise<readonly TaskSplit[]> {
  const world = madeTasks[name];
  if (world !== undefined)
    return Array.from({ length: splits }, (_, at) => inOrder(drawTask(name, world, seed * 1_000 + at)));
  const table = tableTasks[name];
  if (table === undefined) throw new RangeError(`there is no task "${name}"`);
  return foldsOf(await readTask(folder, table), splits, seed);
}

function inOrder(rows: TaskRows): TaskSplit {
  const held = Math.floor(rows.labels.length * fifth);
  return { rows, training: rows.labels.length - 2 * held, validation: held };
}

function foldsOf(rows: TaskRows, folds: number, seed: number): readonly TaskSplit[] {
  const count = rows.labels.length;
  const order = Array.from({ length: count }, (_, row) => row);
  const random = createRandom(`folds ${seed}`);
  for (let at = count - 1; at > 0; at--) {
    const other = random.integer(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  const parts = Array.from({ length: folds }, (_, fold) =>
    order.slice(Math.floor((count * fold) / folds), Math.floor((count * (fold + 1)) / folds)),
  );
  return parts.map((test, fold) => {
    const validating = (fold + 1) % folds;
    const validation = parts[validating] ?? [];
    const training = parts.filter((_, at) => at !== fold && at !== validating).flat();
    return {
      rows: pickRows(rows, [...training, ...validation, ...test]),
      training: training.length,
      validation: validation.length,
    };
  });
}
