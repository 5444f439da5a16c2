import { expect, test } from 'vitest';
import { checkColumns } from '../check-columns.ts';
import { completeSpec } from '../default-spec.ts';
import type { FairnessSpec } from './fairness-spec.ts';

function specOf(groups: FairnessSpec['groups']) {
  return completeSpec({
    name: 'loans',
    about: { owner: 'o', useCase: 'u', successCriterion: 's' },
    features: [
      { kind: 'number', name: 'income', missing: 'refuse' },
      { kind: 'number', name: 'ratio', missing: 'allow' },
      { kind: 'number', name: 'age', missing: 'allow', use: 'derived' },
      { kind: 'category', name: 'sex', missing: 'allow', use: 'derived' },
    ],
    target: { task: 'binary', column: 'paid', positive: 'yes', negative: 'no', labelDelay: { rows: 5 } },
    source: { kind: 'file', path: 'a.csv', format: 'csv' },
    fairness: { groups },
  });
}

const said = (groups: FairnessSpec['groups']) =>
  checkColumns(specOf(groups)).map(({ path, message }) => `${path}: ${message}`);

test('groups need not be what the model sees', () => {
  expect(said(['sex', { feature: 'age', cuts: [30, 50] }])).toEqual([]);
});

test.each<[FairnessSpec['groups'], string]>([
  [['gender'], 'fairness.groups[0]: there is no column gender here'],
  [['age'], 'fairness.groups[0]: age is a number: its values do not make groups'],
  [[{ feature: 'sex', cuts: [1] }], 'fairness.groups[0].feature: sex is a category: it cannot be cut'],
  [[{ feature: 'age', cuts: [50, 30] }], 'fairness.groups[0].cuts: the cuts do not rise'],
  [[{ feature: 'age', cuts: [30, 30] }], 'fairness.groups[0].cuts: the cuts do not rise'],
  [['sex', 'sex'], 'fairness.groups[1]: sex is named twice'],
])('%j is refused', (groups, problem) => {
  expect(said(groups)).toContainEqual(expect.stringContaining(problem));
});

test('a definition without groups has no such member', () => {
  const { fairness: _, ...input } = specOf(['sex']);
  expect(completeSpec(input)).not.toHaveProperty('fairness');
});
