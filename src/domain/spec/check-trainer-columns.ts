import { kindOf } from '../features/kind-of.ts';
import type { ModelSpec } from './spec.ts';
import { unknownColumn, type SpecProblem } from './spec-bounds.ts';
import { isOwn } from './trainer-spec.ts';

/** Problems of the features that a trainer of this platform is told of by name. */
export function checkTrainerColumns({ trainer, features }: ModelSpec): SpecProblem[] {
  if (!isOwn(trainer) || trainer.weightColumn === undefined) return [];
  const numbers = features.filter(({ kind }) => kindOf(kind).isQuantity).map(({ name }) => name);
  return unknownColumn('trainer.weightColumn', trainer.weightColumn, numbers, 'number feature');
}
