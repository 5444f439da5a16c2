import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import type { TaskRows } from './task-rows.ts';

/** One row: numbers (NaN is missing), codes from 1 (0 is missing), and the label. */
interface Row {
  readonly numbers: readonly number[];
  readonly codes: readonly number[];
  readonly label: number;
}

interface World extends Pick<TaskRows, 'task' | 'classes'> {
  readonly rows: number;
  /** What is true of all rows, drawn once; it draws a row each time it is called. */
  readonly begin: (truth: Random, draw: Random) => () => Row;
}

const normals = (draw: Random, count: number): number[] => Array.from({ length: count }, () => draw.normal());
const effects = (truth: Random, values: number): Float64Array =>
  Float64Array.from({ length: values }, () => truth.normal());
const chance = (draw: Random, score: number): number => (draw.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0);

/** Twelve numbers, four of them noise: curves, steps and products. */
const numbersOnly: World = {
  task: 'binary',
  classes: 2,
  rows: 30_000,
  begin: (_truth, draw) => () => {
    const x = normals(draw, 12);
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = x;
    const curves = Math.sin(2 * a) + b * c + 0.5 * Math.abs(d) + (e > 0.5 ? 0.8 : -0.3);
    const numbers = x.map((value, at) => (at === 1 && draw.next() < 0.1 ? NaN : value));
    return { numbers, codes: [], label: chance(draw, curves + 0.4 * f + 0.3 * g * h - 0.4) };
  },
};

/** Six categories of 3 to 600 values with an effect of each value, and one that turns the sign of a number. */
const manyCategories: World = {
  task: 'binary',
  classes: 2,
  rows: 40_000,
  begin(truth, draw) {
    const values = [3, 12, 40, 120, 250, 600];
    const of = values.map((count) => effects(truth, count));
    return () => {
      const drawn = values.map((count) => Math.floor(count * draw.next() ** 2));
      const [a = 0, b = 0, c = 0] = normals(draw, 3);
      const sum = drawn.reduce((total, code, at) => total + (at === 0 ? 0 : 0.5 * (of[at]?.[code] ?? 0)), 0);
      const turned = drawn[0] === 1 ? -1 : 1;
      const label = chance(draw, sum + 0.8 * turned * a + 0.4 * b - 0.2);
      const codes = drawn.map((code, at) => (at === 2 && draw.next() < 0.05 ? 0 : code + 1));
      return { numbers: [a, b, c], codes, label };
    };
  },
};

/** Five classes, of unequal shares, by scores of eight numbers and a category. */
const manyClasses: World = {
  task: 'multiclass',
  classes: 5,
  rows: 15_000,
  begin(truth, draw) {
    const weights = Array.from({ length: 5 }, () => effects(truth, 10));
    const of = Array.from({ length: 5 }, () => effects(truth, 20));
    return () => {
      const x = normals(draw, 8);
      const code = Math.floor(20 * draw.next() ** 1.5);
      const [a = 0, b = 0, c = 0] = x;
      const seen = [...x, a * b, Math.sin(2 * c)];
      const scores = weights.map((weight, k) => {
        const sum = seen.reduce((total, value, at) => total + value * (weight[at] ?? 0), 0);
        return 0.6 * sum + 0.8 * (of[k]?.[code] ?? 0) - 0.3 * k - Math.log(-Math.log(draw.next()));
      });
      return { numbers: x, codes: [code + 1], label: scores.indexOf(Math.max(...scores)) };
    };
  },
};

/** Errors of Student's t with three degrees of freedom, an input with a long tail, one target in 200 thrice as far. */
const heavyTails: World = {
  task: 'regression',
  classes: 0,
  rows: 25_000,
  begin(truth, draw) {
    const of = effects(truth, 30);
    return () => {
      const x = normals(draw, 10);
      const code = Math.floor(30 * draw.next() ** 1.5);
      const [a = 0, b = 0, c = 0, d = 0] = x;
      const tail = Math.exp(1.2 * d);
      const [e = 0, f = 0, g = 0] = normals(draw, 3);
      const error = draw.normal() / Math.sqrt((e * e + f * f + g * g) / 3);
      const mean = 3 * Math.sin(a) + 2 * b * c + Math.min(tail, 8) + 2 * (of[code] ?? 0);
      const numbers = [...x.slice(0, 3), tail, ...x.slice(4)];
      return { numbers, codes: [code + 1], label: (mean + error) * (draw.next() < 0.005 ? 3 : 1) };
    };
  },
};

/**
 * A number that in half of the rows is whole, one of 60, and else lies below one of them: whether it is whole says more
 * than how large it is, as with prices, and with sums of equal steps.
 */
const frequentValues: World = {
  task: 'binary',
  classes: 2,
  rows: 30_000,
  begin: (_truth, draw) => () => {
    const [a = 0, b = 0] = normals(draw, 2);
    const isWhole = draw.next() < 0.5;
    const whole = 1 + draw.integer(60);
    const numbers = [isWhole ? whole : whole - 0.5 * draw.next() ** 2, a, b];
    return { numbers, codes: [], label: chance(draw, (isWhole ? 1.2 : -1.2) + 0.5 * a + 0.4 * a * b) };
  },
};

/** 700 rows in all, of which 420 are learnt from. */
const fewRows: World = {
  task: 'binary',
  classes: 2,
  rows: 700,
  begin: (_truth, draw) => () => {
    const x = normals(draw, 8);
    const [a = 0, b = 0, c = 0] = x;
    const code = draw.integer(6);
    const label = chance(draw, 1.2 * a + b * c + (code === 2 ? 1 : -0.2));
    return { numbers: x, codes: [code + 1], label };
  },
};

export const madeTasks: Readonly<Record<string, World>> = {
  'made: numbers': numbersOnly,
  'made: categories': manyCategories,
  'made: classes': manyClasses,
  'made: heavy tails': heavyTails,
  'made: frequent values': frequentValues,
  'made: few rows': fewRows,
};

/** Rows of a world: each draw has a truth of its own. */
export function drawTask(name: string, { task, classes, rows, begin }: World, seed: number): TaskRows {
  const random = createRandom(`${name} ${seed}`);
  const next = begin(random.fork('truth'), random.fork('rows'));
  const drawn = Array.from({ length: rows }, next);
  const [first] = drawn;
  return {
    task,
    classes,
    numbers: (first?.numbers ?? []).map((_, f) => Float32Array.from(drawn, ({ numbers }) => numbers[f] ?? NaN)),
    codes: (first?.codes ?? []).map((_, f) => Uint16Array.from(drawn, ({ codes }) => codes[f] ?? 0)),
    labels: Float64Array.from(drawn, ({ label }) => label),
  };
}
