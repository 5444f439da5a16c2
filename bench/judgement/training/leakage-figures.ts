import type { LeakageColumn, LeakageRows } from '../../../src/domain/training/leakage/columns.ts';
import { suspectLeakage } from '../../../src/domain/training/leakage/suspect.ts';
import { createRandom, type Random } from '../../../src/statistics/numeric/random.ts';
import { atLeast, atMost, type Figure } from '../figure.ts';
import { count } from './judged-gate.ts';

/** What is promised to be found. A few dozen held-out rows tell a leak less surely than some hundred do. */
const foundMin = { 150: { copy: 0.7, after: 0.9 }, 1_000: { copy: 0.8, after: 0.99 } } as const;

/** How often tables without any leak are suspected, and how often one is found. */
export function leakageFigures(runs: number): readonly Figure[] {
  return ([150, 1_000] as const).flatMap((rows) => [
    atMost(`${rows} rows of noise: some column is suspected`, count(runs, isSuspected(rows, 'noise')), runs, 0.005),
    atMost(`${rows} rows, a feature of AUROC .95: suspected`, count(runs, isSuspected(rows, 'good')), runs, 0.01),
    atMost(
      `${rows} rows, a value that wanders with time: suspected`,
      count(runs, isSuspected(rows, 'walk')),
      runs,
      0.005,
    ),
    atLeast(
      `${rows} rows, the target, 2 % of its positives missed: found`,
      count(runs, isSuspected(rows, 'copy')),
      runs,
      foundMin[rows].copy,
    ),
    atLeast(
      `${rows} rows, filled in only afterwards: found`,
      count(runs, isSuspected(rows, 'after')),
      runs,
      foundMin[rows].after,
    ),
  ]);
}

type World = 'noise' | 'good' | 'walk' | 'copy' | 'after';

function isSuspected(rows: number, world: World): (run: number) => boolean {
  return (run) => {
    const random = createRandom(`leakage ${world} ${rows} ${run}`);
    return suspectLeakage(tableOf(rows, world, random)).length > 0;
  };
}

/** 20 columns beside the one in question: numbers, words, a counter, a rare value. */
function tableOf(rows: number, world: World, random: Random): LeakageRows {
  const positives = 0.1 + 0.4 * random.next();
  const labels = Float64Array.from({ length: rows }, () => (random.next() < positives ? 1 : 0));
  const numbers = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, row) => of(row));
  const noise = Array.from({ length: 20 }, (_, at): LeakageColumn => {
    const name = `column ${at}`;
    if (at === 0) return { name, numbers: numbers((row) => row) };
    if (at % 5 === 1) return { name, texts: Array.from({ length: rows }, () => `w${random.integer(7)}`) };
    if (at % 5 === 2) return { name, numbers: numbers(() => (random.next() < 0.02 ? 1 : Number.NaN)) };
    return { name, numbers: numbers(() => random.normal()) };
  });
  const classes = { features: noise, targetName: 'y', labels, classCount: 2, eventTimeMs: null };
  const asked = (numbersOf: Float64Array): LeakageRows => ({
    ...classes,
    features: [...noise, { name: 'asked', numbers: numbersOf }],
  });
  switch (world) {
    case 'noise':
      return random.next() < 0.5 ? classes : { ...classes, labels: numbers(() => random.normal()), classCount: 0 };
    // Two normal classes 2.33 standard deviations apart.
    case 'good':
      return asked(numbers((row) => 2.326 * (labels[row] ?? 0) + random.normal()));
    case 'walk':
      return { ...classes, labels: walk(rows, random), classCount: 0 };
    case 'copy':
      return asked(numbers((row) => (random.next() < 0.02 ? 0 : (labels[row] ?? 0))));
    case 'after':
      return asked(numbers((row) => (labels[row] === 1 ? 100 * random.next() : Number.NaN)));
  }
}

/** The target of each row is near that of the row before, as prices are; the counter of rows follows it for a while. */
function walk(rows: number, random: Random): Float64Array {
  let last = 0;
  return Float64Array.from({ length: rows }, () => (last = 0.9 * last + random.normal()));
}
