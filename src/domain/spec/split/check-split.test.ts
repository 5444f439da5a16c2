import { expect, test } from 'vitest';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { completeSpec, type ModelSpecInput } from '../default-spec.ts';
import { checkSpec } from '../check-spec.ts';

const input: ModelSpecInput = {
  name: 'returns',
  about: { owner: 'shop', useCase: 'returns', successCriterion: 'fewer returns' },
  features: [{ name: 'basket', kind: 'number', missing: 'allow' }],
  target: { task: 'binary', column: 'returned', positive: 'yes', negative: 'no', labelDelay: { rows: 10 } },
  source: { kind: 'file', path: 'orders.csv', format: 'csv' },
  split: { blocks: { folds: 5 } },
};
const shares = { validationShare: 0.15, testShare: 0.15, validationRowsMax: 5_000 };
const value = {
  currency: 'EUR',
  truePositive: { fixed: 5 },
  falsePositive: { fixed: -1 },
  trueNegative: { fixed: 0 },
  falseNegative: { fixed: 0 },
};

test('a definition by blocks judges 50,000 rows, learns from all history and refits, if it says nothing else', () => {
  const spec = completeSpec(input);
  expect(spec.split).toEqual({ ...shares, testRowsMax: 50_000, blocks: { folds: 5 } });
  expect(spec.trainer).toMatchObject({ historyShares: [1], refit: true });
  expect(checkSpec(spec)).toEqual([]);
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test.each<[string, Partial<ModelSpecInput>, readonly string[]]>([
  ['two folds', { split: { blocks: { folds: 2 } } }, ['split.blocks.folds']],
  ['eleven folds', { split: { blocks: { folds: 11 } } }, ['split.blocks.folds']],
  ['half a fold', { split: { blocks: { folds: 4.5 } } }, ['split.blocks.folds']],
  ['more rows than a gate reads', { split: { blocks: { folds: 5 }, testRowsMax: 100_001 } }, ['split.testRowsMax']],
  ['an imported model', { trainer: { kind: 'imported' } }, ['split.blocks']],
  ['a fit of somebody else', { trainer: { kind: 'gbdt', gpu: {} } }, ['trainer.gpu']],
  ['no model of all rows', { trainer: { kind: 'linear', refit: false } }, ['trainer.refit']],
  ['parts of the history', { trainer: { kind: 'gbdt', historyShares: [1, 0.5] } }, ['trainer.historyShares']],
  ['rows that age', { trainer: { kind: 'gbdt', halfLives: [0.1] } }, ['trainer.halfLives']],
  ['a threshold by value', { value }, ['split.blocks']],
])('%s is refused beside blocks, with a way out', (_, changes, paths) => {
  const problems = checkSpec(completeSpec({ ...input, ...changes }));
  expect(problems.map(({ path }) => path)).toEqual(paths);
  for (const { message, fix } of problems) expect(`${message} ${fix}`).toMatch(/^\S.*\.$/);
});

test('rows are cut by groups or by blocks', () => {
  const split = { blocks: { folds: 5 }, group: { column: 'basket', seed: 1 } };
  const problems = checkSpec(completeSpec({ ...input, split }));
  expect(problems.map(({ path }) => path)).toContain('split.blocks');
});
