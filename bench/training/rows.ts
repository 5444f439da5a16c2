import { createRandom, type Random } from '../../src/statistics/numeric/random.ts';

/** Values of each category column, and how steep its Zipf-like shares are. */
const categories = [
  { values: 8, steep: 1 },
  { values: 40, steep: 1.2 },
  { values: 120, steep: 1.5 },
  { values: 200, steep: 1.2 },
] as const;
const numberCount = 16;

/** Numbers as float32 (NaN is missing), codes of categories from 1 (0 is missing), labels 0 and 1. */
export interface BenchRows {
  readonly numbers: readonly Float32Array[];
  readonly codes: readonly Uint8Array[];
  readonly labels: Uint8Array;
}

/**
 * Rows with 16 numbers and 4 categories of 8 to 200 values. The label follows from curves, steps and products of
 * numbers, from an effect per value of three categories, and from a category that turns the sign of a number; three
 * numbers are noise, three have missing values, one of them not at random. About 45 % of the labels are 1.
 */
export function benchRows(rows: number, seed: number): BenchRows {
  const random = createRandom(`training ${seed}`);
  const effects = categories.map(({ values }, index) => effectsOf(random.fork(`effects ${index}`), values));
  const draw = random.fork('rows');
  const numbers = Array.from({ length: numberCount }, () => new Float32Array(rows));
  const codes = categories.map(() => new Uint8Array(rows));
  const labels = new Uint8Array(rows);
  const x = new Float64Array(numberCount);
  for (let row = 0; row < rows; row++) {
    drawNumbers(draw, x);
    const drawn = categories.map(({ values, steep }) => Math.floor(values * draw.next() ** (1 + steep)));
    const score = scoreOf(x, drawn, effects);
    labels[row] = draw.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
    for (let f = 0; f < numberCount; f++) setAt(numbers, f, row, missingAt(draw, f, x) ? NaN : (x[f] ?? 0));
    for (const [f, code] of drawn.entries()) setAt(codes, f, row, f === 1 && draw.next() < 0.05 ? 0 : code + 1);
  }
  return { numbers, codes, labels };
}

function effectsOf(random: Random, values: number): Float64Array {
  return Float64Array.from({ length: values }, () => random.normal());
}

/** Normal, correlated, skewed, whole and uniform numbers; the last three tell nothing. */
function drawNumbers(draw: Random, x: Float64Array): void {
  for (let f = 0; f < numberCount; f++) x[f] = draw.normal();
  const [a = 0, b = 0] = x;
  x[4] = 0.7 * a + 0.7 * (x[4] ?? 0);
  x[5] = Math.exp(0.8 * b + 0.6 * (x[5] ?? 0));
  x[6] = Math.floor(Math.abs(x[6] ?? 0) * 4);
  x[7] = draw.next();
  x[8] = Math.floor(draw.next() * 30);
}

function scoreOf(x: Float64Array, drawn: readonly number[], effects: readonly Float64Array[]): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, , whole = 0, share = 0, steps = 0, i = 0, j = 0, k = 0] = x;
  const effect = (f: number): number => effects[f]?.[drawn[f] ?? 0] ?? 0;
  const turned = (effects[0]?.[drawn[0] ?? 0] ?? 0) > 0 ? 1 : -1;
  return (
    0.7 * Math.sin(2 * a) +
    0.5 * b * c +
    0.5 * turned * d +
    0.3 * e * e +
    (whole > 3 ? 0.5 : -0.2) +
    (share > 0.8 ? 0.6 : 0) +
    0.03 * (steps - 15) +
    0.3 * i +
    0.3 * Math.abs(j) * k +
    0.5 * effect(1) +
    0.6 * effect(2) +
    0.6 * effect(3) -
    0.8
  );
}

function missingAt(draw: Random, f: number, x: Float64Array): boolean {
  if (f === 1 || f === 10) return draw.next() < 0.1;
  return f === 9 && draw.next() < ((x[9] ?? 0) > 0 ? 0.3 : 0.05);
}

function setAt(columns: readonly (Float32Array | Uint8Array)[], f: number, row: number, value: number): void {
  const column = columns[f];
  if (column !== undefined) column[row] = value;
}
