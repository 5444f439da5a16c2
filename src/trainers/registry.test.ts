import { expect, test } from 'vitest';
import { checkTrainer } from '../domain/spec/check-trainer.ts';
import { completeTrainer, ownTrainerOf, trainableOf, type TrainerInput } from '../domain/spec/trainer-spec.ts';
import { gbdtTrainer } from './families/gbdt/gbdt.ts';
import { linearTrainer } from './families/linear/linear.ts';
import { trainerOf, type Trainers } from './registry.ts';

test('every kind has its own trainer, and a kind without one does not compile', () => {
  expect(trainerOf('gbdt')).toBe(gbdtTrainer);
  expect(trainerOf('linear')).toBe(linearTrainer);
  // @ts-expect-error -- a kind is missing
  const lacking: Trainers = { gbdt: gbdtTrainer };
  // @ts-expect-error -- boosted trees need settings that a linear model does not have
  const swapped: Trainers = { gbdt: gbdtTrainer, linear: gbdtTrainer };
  expect([lacking, swapped]).toHaveLength(2);
});

test('a kind that nobody knows is refused in one sentence, and trains no other', () => {
  const forest = { kind: 'forest' } as unknown as TrainerInput;
  const spec = completeTrainer(forest);
  expect(checkTrainer(spec)).toEqual([
    {
      path: 'trainer.kind',
      message: 'there is no trainer of the kind "forest"',
      fix: 'Use one of: gbdt, linear, search, streaming, imported, command, worker.',
    },
  ]);
  expect(() => trainerOf(ownTrainerOf(spec).kind)).toThrow('There is no trainer of the kind "forest".');
  expect(() => trainerOf('toString' as 'gbdt')).toThrow('There is no trainer');
  expect(() => trainableOf({ kind: 'imported' })).toThrow('An imported model has no trainer here.');
});
