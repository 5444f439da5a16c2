import { expect, test } from 'vitest';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { fixtureSpec, fixtureTargets } from '../../../../tests/worlds/training-fixture.ts';
import { settingsOf } from '../../training/search/next-trials.ts';
import { checkSpec } from '../check-spec.ts';
import type { ModelSpec } from '../spec.ts';
import { completeTrainer, isSearch, type TrainerInput } from '../trainer-spec.ts';

const specOf = (trainer: TrainerInput, changes: Partial<ModelSpec> = {}) =>
  fixtureSpec(fixtureTargets.binary, changes, trainer);
const problemsOf = (spec: ModelSpec) => checkSpec(spec).map(({ path, message }) => `${path}: ${message}`);

test('a selection is declared of trees, of linear models and of a search, whose chosen settings keep it', () => {
  for (const kind of ['gbdt', 'linear'] as const) {
    const spec = specOf({ kind, featureSelection: { keep: ['score'] } });
    expect(problemsOf(spec)).toEqual([]);
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  }
  expect('featureSelection' in specOf({}).trainer).toBe(false);
  const search = completeTrainer({ kind: 'search', featureSelection: {} });
  expect(isSearch(search) ? settingsOf(search, { family: 'linear', values: {} }) : null).toMatchObject({
    kind: 'linear',
    featureSelection: {},
  });
});

test('what cannot stand beside it is refused with the place', () => {
  const path = 'trainer.featureSelection';
  expect(problemsOf(specOf({ featureSelection: { keep: ['scoer'] } }))).toEqual([
    `${path}.keep[0]: there is no feature scoer here`,
  ]);
  expect(problemsOf(specOf({ kind: 'gbdt', warmStart: true, featureSelection: {} }))).toEqual([
    `${path}: the trees of a champion read what it read, and stay`,
  ]);
  const searched: TrainerInput = {
    kind: 'search',
    families: { linear: {} },
    ensemble: { membersMax: 3 },
    featureSelection: {},
  };
  expect(problemsOf(specOf(searched))).toEqual([`${path}: members of an ensemble read the same features`]);
  const { split } = specOf({});
  const blocks = specOf({ historyShares: [1], featureSelection: {} }, { split: { ...split, blocks: { folds: 3 } } });
  expect(problemsOf(blocks)).toContain(`${path}: each block would be judged by a model that reads other features`);
  const group = specOf(
    { refit: false, featureSelection: {} },
    { split: { ...split, group: { column: 'merchant', seed: 1 } } },
  );
  expect(problemsOf(group)).toEqual([
    `${path}: whether a feature helps at all times cannot be told from parts that overlap in time`,
  ]);
});

test('other trainers, and members that there are not, are refused by name', () => {
  const withTrainer = (trainer: object) => ({ ...specOf({}), trainer });
  const streaming = withTrainer({ ...completeTrainer({ kind: 'streaming' }), featureSelection: {} });
  expect(() => parseSpec(streaming)).toThrow(/featureSelection/);
  expect(() => parseSpec(withTrainer({ ...specOf({}).trainer, featureSelection: { dropp: true } }))).toThrow(/dropp/);
});
