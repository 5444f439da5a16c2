import { expect, test } from 'vitest';
import { parseSpec } from '../../../contracts/spec/parse-spec.ts';
import { fixtureSpec, fixtureTargets } from '../../../../tests/worlds/training-fixture.ts';
import { checkSpec } from '../check-spec.ts';
import type { ModelSpec } from '../spec.ts';
import { completeTrainer, type TrainerInput } from '../trainer-spec.ts';

const said = (task: keyof typeof fixtureTargets, trainer: TrainerInput, changes: Partial<ModelSpec> = {}) =>
  checkSpec(fixtureSpec(fixtureTargets[task], changes, trainer)).map(
    ({ path, message, fix }) => `${path}: ${message}. ${fix}`,
  );

test.each([
  ['binary', { calibration: 'platt' }],
  ['binary', { kind: 'linear', calibration: 'isotonic' }],
  ['multiclass', { calibration: 'temperature' }],
  ['multiclass', { kind: 'search', calibration: 'isotonic' }],
] as const)('a %s may be calibrated by %o, also when it is read again', (task, trainer) => {
  expect(said(task, trainer)).toEqual([]);
  const spec = fixtureSpec(fixtureTargets[task], {}, trainer);
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
});

test('what cannot be calibrated is refused in one sentence', () => {
  expect(said('regression', { calibration: 'platt' })).toEqual([
    'trainer.calibration: the target is a value, and values are no probabilities. Leave it out.',
  ]);
  expect(said('multiclass', { calibration: 'platt' })).toEqual([
    'trainer.calibration: platt is a line over the log-odds of two classes, and the target has more. ' +
      "Use 'temperature' or 'isotonic'.",
  ]);
  const blocks = fixtureSpec(fixtureTargets.binary, {}, { calibration: 'isotonic' });
  expect(
    checkSpec({ ...blocks, split: { ...blocks.split, blocks: { folds: 4 } } }).map(({ message }) => message),
  ).toContain('a split by blocks leaves no validation rows to calibrate by');
});

test.each([
  [{ kind: 'gbdt', calibration: 'beta' }, 'trainer.calibration'],
  [{ kind: 'streaming', calibration: 'platt' }, 'calibration'],
  [{ kind: 'command', argv: ['python', 'train.py'], calibration: 'platt' }, 'calibration'],
] as const)('%o is no definition', (trainer, path) => {
  const spec = JSON.parse(JSON.stringify(fixtureSpec(fixtureTargets.binary)));
  expect(() => parseSpec({ ...spec, trainer: completeTrainer(trainer as TrainerInput) })).toThrow(path);
});
