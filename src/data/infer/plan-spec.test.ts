import { expect, test } from 'vitest';
import type { TargetSpec } from '../../domain/spec/spec.ts';
import { planSpec } from './plan-spec.ts';

const labelDelay = { rows: 10 };
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay };
const value: TargetSpec = { task: 'regression', column: 'y', labelDelay };
const correctionOf = (rows: number, target: TargetSpec) =>
  planSpec({
    name: 'any',
    file: { path: 'x.csv', format: 'csv' },
    features: [{ kind: 'number', name: 'x', missing: 'allow' }],
    target,
    standardDeviation: target.task === 'regression' ? 1 : null,
    entity: null,
    eventTime: null,
    rows,
    historyRows: Math.floor(rows / 5),
  }).watch.correction;

test('answers are corrected anew five times a window, and never after fewer than 50 rows', () => {
  expect(correctionOf(45_312, binary)).toMatchObject({ halfLifeRows: 500, everyRows: 100 });
  expect(correctionOf(300, binary)).toMatchObject({ halfLifeRows: 50, everyRows: 50 });
});

test('features have a part in corrections of two classes alone', () => {
  expect(correctionOf(45_312, binary)).toMatchObject({ featuresMax: 24 });
  expect(correctionOf(45_312, value)).not.toHaveProperty('featuresMax');
  expect(correctionOf(45_312, value)).toMatchObject({ everyRows: 100 });
});
