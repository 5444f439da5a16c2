import { listNames } from '../words/nearest-name.ts';
import { checkCommand, checkWorker } from './external/check-external.ts';
import { atLeast, problemIf, within, type SpecProblem } from './spec-bounds.ts';
import { isTrainerKind, trainerKinds, type TrainedSpec, type TrainerKind, type TrainerSpecs } from './trainer-spec.ts';

type Checks = { readonly [Kind in TrainerKind]: (trainer: TrainerSpecs[Kind]) => SpecProblem[] };

const checks: Checks = {
  gbdt: (trainer) => [
    ...atLeast('trainer.treesMax', trainer.treesMax, 1),
    ...atLeast('trainer.leavesMax', trainer.leavesMax, 2),
    ...atLeast('trainer.rowsPerLeafMin', trainer.rowsPerLeafMin, 1),
    ...atLeast('trainer.l2', trainer.l2, 0),
    ...within('trainer.learningRate', trainer.learningRate, 0, 1, true),
    ...checkHistory(trainer),
  ],
  linear: (trainer) => [...atLeast('trainer.l2', trainer.l2, 0), ...checkHistory(trainer)],
  imported: () => [],
  command: checkCommand,
  worker: checkWorker,
};

/** Problems of the settings of one trainer. A kind that nobody knows is one of them. */
export function checkTrainer<Kind extends TrainerKind>(
  trainer: TrainerSpecs[Kind] & { readonly kind: Kind },
): SpecProblem[] {
  const { kind } = trainer;
  if (isTrainerKind(kind)) return checks[kind](trainer);
  return [
    {
      path: 'trainer.kind',
      message: `there is no trainer of the kind ${JSON.stringify(kind)}`,
      fix: `Use one of: ${listNames(trainerKinds)}.`,
    },
  ];
}

function checkHistory({ historyShares, halfLives }: TrainedSpec): SpecProblem[] {
  return [
    ...problemIf(
      historyShares.length === 0,
      'trainer.historyShares',
      'no share of the history is tried',
      'Use [1] for all of it.',
    ),
    ...problemIf(
      halfLives?.length === 0,
      'trainer.halfLives',
      'no half-life is tried',
      'Leave it out, or use shares of the history such as [0.25, 0.05].',
    ),
    ...sharesIn('trainer.historyShares', historyShares),
    ...sharesIn('trainer.halfLives', halfLives ?? []),
  ];
}

function sharesIn(path: string, shares: readonly number[]): SpecProblem[] {
  return shares.flatMap((share, index) =>
    problemIf(
      !(share > 0 && share <= 1),
      `${path}[${index}]`,
      `${share} is not a share`,
      'Use numbers above 0 and up to 1.',
    ),
  );
}
