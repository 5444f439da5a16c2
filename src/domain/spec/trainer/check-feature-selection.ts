import type { ModelSpec } from '../spec.ts';
import { problemIf, unknownColumn, type SpecProblem } from '../spec-bounds.ts';
import { isGoneOnFrom } from '../trainer-spec.ts';

/** Problems of a feature selection: what it names, and what it cannot stand beside. */
export function checkFeatureSelection({ trainer, features, derived = [], split }: ModelSpec): SpecProblem[] {
  const selection = 'featureSelection' in trainer ? trainer.featureSelection : undefined;
  if (selection === undefined) return [];
  const path = 'trainer.featureSelection';
  const known = [...features.filter(({ use }) => use === undefined), ...derived].map(({ name }) => name);
  return [
    ...(selection.keep ?? []).flatMap((name, index) => unknownColumn(`${path}.keep[${index}]`, name, known, 'feature')),
    ...problemIf(
      isGoneOnFrom(trainer),
      path,
      'the trees of a champion read what it read, and stay',
      'Leave it out, or warmStart.',
    ),
    ...problemIf(
      'ensemble' in trainer && trainer.ensemble !== undefined,
      path,
      'members of an ensemble read the same features',
      'Leave it out, or ensemble.',
    ),
    ...problemIf(
      split.blocks !== undefined,
      path,
      'each block would be judged by a model that reads other features',
      'Leave it out, or split by time.',
    ),
    ...problemIf(
      split.group !== undefined,
      path,
      'whether a feature helps at all times cannot be told from parts that overlap in time',
      'Leave it out, or split by time.',
    ),
  ];
}
