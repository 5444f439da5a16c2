import { expect, test } from 'vitest';
import { parseSpec } from '../../contracts/spec/parse-spec.ts';
import { fixtureSpec, fixtureTargets } from '../../../tests/worlds/training-fixture.ts';
import { checkSpec } from './check-spec.ts';

const spec = fixtureSpec(fixtureTargets.binary);
const problemsOf = (halfLives: readonly number[], changes = {}) =>
  checkSpec({ ...fixtureSpec(fixtureTargets.binary, {}, { halfLives }), ...changes }).map(
    ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
  );

test('half-lives are absent unless they are declared, and kept as they are declared', () => {
  expect('halfLives' in spec.trainer).toBe(false);
  const aged = fixtureSpec(fixtureTargets.binary, {}, { halfLives: [0.25, 0.05] });
  expect(parseSpec(JSON.parse(JSON.stringify(aged)))).toEqual(aged);
  expect(problemsOf([0.25, 1])).toEqual([]);
});

const byGroup =
  'the rows of a group are of all ages, so validation by groups cannot choose how fast they age. ' +
  'Leave it out, or split by time.';

test('wrong half-lives are refused with a way out', () => {
  expect(problemsOf([0.1, 0])).toEqual(['trainer.halfLives[1]: 0 is not a share. Use numbers above 0 and up to 1.']);
  expect(problemsOf([1.5])).toEqual(['trainer.halfLives[0]: 1.5 is not a share. Use numbers above 0 and up to 1.']);
  expect(problemsOf([])).toEqual([
    'trainer.halfLives: no half-life is tried. Leave it out, or use shares of the history such as [0.25, 0.05].',
  ]);
  const split = { ...spec.split, group: { column: 'merchant', seed: 1 } };
  expect(problemsOf([0.1], { split })).toContain(`trainer.halfLives: ${byGroup}`);
});

test('the contract of a definition refuses them too', () => {
  for (const halfLives of [[], [0], [2], 0.5, Array.from({ length: 9 }, () => 0.5)])
    expect(() => parseSpec({ ...spec, trainer: { ...spec.trainer, halfLives } })).toThrow(/halfLives/);
});
