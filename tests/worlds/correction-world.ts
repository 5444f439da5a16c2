import type { Correction } from '../../src/domain/rollout/correction.ts';
import { covariatesAt, type LabelledScores } from '../../src/domain/rollout/recalibrate.ts';
import type { TaskName } from '../../src/domain/spec/spec.ts';
import { taskOf } from '../../src/domain/tasks/task-of.ts';
import type { Random } from '../../src/statistics/numeric/random.ts';

/** A model that knows the truth but for a shift, and the rows that it sees. */
export interface CorrectionWorld {
  readonly name: string;
  readonly task: TaskName;
  /** What the model says, and what comes true where the world has moved by `shift`: log-odds, or the value. */
  readonly draw: (random: Random, shift: number) => { readonly raw: readonly number[]; readonly label: number };
}

const binary =
  (mean: number): CorrectionWorld['draw'] =>
  (random, shift) => {
    const logOdds = mean + 1.5 * random.normal();
    const p = logistic(logOdds);
    return { raw: [1 - p, p], label: random.next() < logistic(logOdds + shift) ? 1 : 0 };
  };

export const correctionWorlds = {
  binary: { name: '31 % positives', task: 'binary', draw: binary(-1.15) },
  rare: { name: '2 % positives', task: 'binary', draw: binary(-5) },
  classes: {
    name: 'ten classes',
    task: 'multiclass',
    draw(random, shift) {
      const logits = Array.from({ length: 10 }, () => 1.5 * random.normal());
      const moved = logits.map((value, k) => Math.exp(value + (k < 3 ? shift : 0)));
      return { raw: shares(logits.map(Math.exp)), label: drawOf(random, shares(moved)) };
    },
  },
  value: {
    name: 'a value',
    task: 'regression',
    draw(random, shift) {
      const value = 10 + 3 * random.normal();
      return { raw: [value], label: value + shift + 2 * random.normal() };
    },
  },
} as const satisfies Record<string, CorrectionWorld>;

/** Rows in time order; `shiftAt` says by how much the world has moved at a row. */
export function scoresOf(
  { task, draw }: CorrectionWorld,
  count: number,
  random: Random,
  shiftAt: (row: number) => number = () => 0,
): LabelledScores {
  const rows = Array.from({ length: count }, (_, row) => draw(random, shiftAt(row)));
  return { task, labels: rows.map(({ label }) => label), raw: rows.map(({ raw }) => raw) };
}

/** Mean loss on these rows, as it is answered with a correction. */
export function lossOf(rows: LabelledScores, correction: Correction | null): number {
  const { task, labels, raw } = rows;
  const { apply, loss } = taskOf(task).correction;
  const sum = labels.reduce((total, label, row) => {
    const scores = raw[row] ?? [];
    return total + loss(correction === null ? scores : apply(correction, scores, covariatesAt(rows, row)), label);
  }, 0);
  return sum / labels.length;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function shares(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function drawOf(random: Random, probabilities: readonly number[]): number {
  let left = random.next();
  const found = probabilities.findIndex((p) => (left -= p) < 0);
  return found < 0 ? probabilities.length - 1 : found;
}
