import { expect, test } from 'vitest';
import { fixtureSpec, fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import type { Yardstick } from './measure-yardsticks.ts';
import { compareYardsticks, sayYardsticks, yardsticksAsJson } from './report-yardsticks.ts';

const spec = fixtureSpec(fixtureTargets.binary);
const rows = 400;
const labels = Float64Array.from({ length: rows }, (_, row) => (row * 7) % 2);

/** Answers that are right with this probability, and a little less at every fifth row. */
function served(right: number) {
  const scores = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const of = right - (row % 5 === 0 ? 0.05 : 0);
    const positive = labels[row] === 1 ? of : 1 - of;
    scores.set([1 - positive, positive], 2 * row);
  }
  return { scores, thresholds: new Float64Array(rows).fill(0.5) };
}

const yardstick = (
  name: Yardstick['name'],
  right: number,
  effort: Pick<Yardstick['served'], 'trainings' | 'cpuSeconds'>,
) => ({
  name,
  row: `row of ${name}`,
  doing: `doing ${name}`,
  served: { ...served(right), ...effort },
  about: { everyRows: 50 },
});
const compared = compareYardsticks(spec, labels, served(0.8), [
  yardstick('neverRetrained', 0.6, { trainings: 1, cpuSeconds: null }),
  yardstick('adaptiveForest', 0.9, { trainings: null, cpuSeconds: 1.25 }),
  yardstick('fixedInterval', 0.8, { trainings: 4, cpuSeconds: 2 }),
]);
const missing = [
  { name: 'rollingLightgbm', words: 'LightGBM on a rolling window', why: 'python3 has no lightgbm' },
] as const;

test('the table has a line of each, and below it what the loop is against each', () => {
  const metrics = compared[2]?.metrics ?? { rows: 0 };
  const lines = sayYardsticks(spec, { metrics, effort: { trainings: 3, cpuSeconds: 16.14 } }, compared, missing);
  const cellsOf = (name: string): string[] => {
    const line = lines.find((one) => one.startsWith(`  ${name}`)) ?? '';
    return line
      .slice(2 + name.length)
      .trim()
      .split(/\s+/);
  };
  expect(cellsOf('prequential, each row before its label').slice(-3)).toEqual(['trainings', 'CPU', 's']);
  expect(cellsOf('the loop').slice(-2)).toEqual(['3', '16.1']);
  expect(cellsOf('row of neverRetrained').slice(-2)).toEqual(['1', '-']);
  expect(cellsOf('row of adaptiveForest').slice(-3)).toEqual(['each', 'row', '1.3']);
  expect(lines).toContain('  LightGBM on a rolling window is left out: python3 has no lightgbm.');
  const of = (doing: string): string =>
    lines.find((line) => line.startsWith('  logLoss') && line.endsWith(doing)) ?? '';
  expect(of('doing neverRetrained')).toMatch(/^ {2}logLoss: 0\.\d{4} better \[0\.\d{4}, 0\.\d{4}\], better than /);
  expect(of('doing adaptiveForest')).toMatch(/^ {2}logLoss: 0\.\d{4} worse \[-0\.\d{4}, -0\.\d{4}\], worse than /);
  expect(of('doing fixedInterval')).toBe(
    '  logLoss: 0.0000 better [0.0000, 0.0000], not proven different than doing fixedInterval',
  );
});

test('the line of JSON has each by its name, with what it took, and why one is missing', () => {
  const json = yardsticksAsJson(spec, compared, missing);
  expect(Object.keys(json)).toEqual([
    'neverRetrained',
    'pairedAgainstNeverRetrained',
    'adaptiveForest',
    'pairedAgainstAdaptiveForest',
    'fixedInterval',
    'pairedAgainstFixedInterval',
    'rollingLightgbm',
  ]);
  // Right with 0.6, and 0.55 at every fifth row.
  const logLoss = -(0.8 * Math.log(0.6) + 0.2 * Math.log(0.55));
  expect(json['neverRetrained']).toMatchObject({
    accuracy: 1,
    auroc: 1,
    logLoss: Number(logLoss.toFixed(6)),
    everyRows: 50,
    trainings: 1,
    cpuSeconds: null,
  });
  expect(json['rollingLightgbm']).toEqual({ missing: 'python3 has no lightgbm' });
});
