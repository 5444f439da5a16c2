import { expect, test } from 'vitest';
import { checkSpec } from '../check-spec.ts';
import { completeSpec, type ModelSpecInput } from '../default-spec.ts';
import type { OutlierSpec } from '../spec.ts';

const quantiles = [0.01, 0.99] as const;
const clip = (...features: readonly string[]): OutlierSpec => ({ action: 'clip', quantiles, features });
const column = (name: string) => ({ op: 'column', name }) as const;
const input: ModelSpecInput = {
  name: 'shop.fraud',
  about: { owner: 'o', useCase: 'u', successCriterion: 's' },
  features: [
    { kind: 'number', name: 'amount', missing: 'allow' },
    { kind: 'number', name: 'rate', missing: 'allow', use: 'derived' },
    { kind: 'category', name: 'land', missing: 'allow' },
  ],
  derived: [{ name: 'euros', expression: { op: 'product', of: [column('amount'), column('rate')] } }],
  target: { task: 'binary', column: 'bad', positive: 'yes', negative: 'no', labelDelay: { rows: 5 } },
  source: { kind: 'file', path: 'x.csv', format: 'csv' },
};

test.each<[string, Partial<ModelSpecInput>, readonly string[]]>([
  [
    'numbers, derived ones too, and all others',
    { outliers: [clip('amount', 'euros'), { action: 'drop', quantiles }] },
    [],
  ],
  ['a word', { outliers: [clip('land')] }, ['outliers[0].features[0]']],
  ['an input that the model does not see', { outliers: [clip('rate')] }, ['outliers[0].features[0]']],
  ['a feature twice', { outliers: [clip('amount'), clip('euros', 'amount')] }, ['outliers[1].features[1]']],
  ['all others twice', { outliers: [1, 2].map(() => ({ action: 'drop', quantiles })) }, ['outliers[1]']],
  ['no room', { outliers: [{ action: 'clip', quantiles: [0.5, 0.5] }] }, ['outliers[0].quantiles']],
  ['a model that came as a file', { outliers: [clip('amount')], trainer: { kind: 'imported' } }, ['outliers']],
  [
    'a derived feature that cannot be computed',
    { outliers: [clip('euros')], derived: [{ name: 'euros', expression: column('gone') }] },
    ['derived[0].expression', 'features[1].use'],
  ],
])('%s', (_, changes, paths) => {
  expect(checkSpec(completeSpec({ ...input, ...changes })).map(({ path }) => path)).toEqual(paths);
});
