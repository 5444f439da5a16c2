import { expect, test } from 'vitest';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { fixtureSpec, fixtureTargets } from '../../../../tests/worlds/training-fixture.ts';
import { checkSpec } from '../check-spec.ts';
import type { TrainerInput } from '../trainer-spec.ts';

const said = (task: keyof typeof fixtureTargets, trainer: TrainerInput) =>
  checkSpec(fixtureSpec(fixtureTargets[task], {}, trainer)).map(
    ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
  );

test('classes may be balanced, of trees, linear models and searches', () => {
  expect(said('binary', { imbalance: 'undersample' })).toEqual([]);
  expect(said('multiclass', { kind: 'linear', imbalance: 'weights' })).toEqual([]);
  const spec = fixtureSpec(fixtureTargets.binary, {}, { kind: 'search', imbalance: 'weights' });
  expect(checkSpec(spec)).toEqual([]);
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test('a value has no rare class, and trees of a champion were grown for other shares', () => {
  expect(said('regression', { imbalance: 'weights' })).toEqual([
    'trainer.imbalance: the target is a value, of which no class is rare. Leave it out.',
  ]);
  expect(said('binary', { imbalance: 'weights', warmStart: true })).toEqual([
    'trainer.imbalance: the trees of a champion were grown for other shares of the classes. ' +
      'Leave it or warmStart out.',
  ]);
});
