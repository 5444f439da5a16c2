import { listNames } from '../words/nearest-name.ts';
import { checkCommand, checkWorker } from './external/check-external.ts';
import { checkSearch } from './search/check-search.ts';
import { atLeast, problemIf, within, type SpecProblem } from './spec-bounds.ts';
import {
  isTrainerKind,
  trainerKinds,
  type GbdtSpec,
  type RegressionObjective,
  type TrainedSpec,
  type TrainerKind,
  type TrainerSpecs,
} from './trainer-spec.ts';

type Checks = { readonly [Kind in TrainerKind]: (trainer: TrainerSpecs[Kind]) => SpecProblem[] };

const checks: Checks = {
  gbdt: (trainer) => [
    ...atLeast('trainer.treesMax', trainer.treesMax, 1),
    ...atLeast('trainer.leavesMax', trainer.leavesMax, 2),
    ...atLeast('trainer.rowsPerLeafMin', trainer.rowsPerLeafMin, 1),
    ...atLeast('trainer.l2', trainer.l2, 0),
    ...within('trainer.learningRate', trainer.learningRate, 0, 1, true),
    ...checkShare('trainer.rowShare', trainer.rowShare),
    ...checkShare('trainer.columnShare', trainer.columnShare),
    ...checkObjective(trainer),
    ...checkHistory(trainer),
  ],
  linear: (trainer) => [
    ...atLeast('trainer.l2', trainer.l2, 0),
    ...atLeast('trainer.l1', trainer.l1 ?? 0, 0),
    ...checkHistory(trainer),
  ],
  search: (trainer) => [...checkSearch(trainer, (own) => checkTrainer(own)), ...checkHistory(trainer)],
  streaming: (trainer) => [
    ...within('trainer.alpha', trainer.alpha, 0, 10, true),
    ...within('trainer.beta', trainer.beta, 0, 1_000, true),
    ...atLeast('trainer.l1', trainer.l1, 0),
    ...atLeast('trainer.l2', trainer.l2, 0),
    ...checkHistory(trainer),
  ],
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

function checkShare(path: string, share: number | undefined): SpecProblem[] {
  const isShare = share === undefined || (share > 0 && share <= 1);
  return problemIf(!isShare, path, `${share} is not a share`, 'Use a number above 0 and up to 1.');
}

function checkObjective({ objective, huberDelta, quantile, monotone, warmStart }: GbdtSpec): SpecProblem[] {
  return [
    ...problemIf(
      warmStart === true && (objective !== undefined || monotone !== undefined),
      'trainer.warmStart',
      'the trees of a champion may have been grown for another loss, and promise nothing',
      'Leave it out, or the objective and monotone.',
    ),
    ...onlyOf('huber', objective, 'huberDelta', huberDelta, {
      message: 'nobody can guess from which error on the target has outliers',
      fix: "Say it in the target's unit.",
    }),
    ...problemIf(
      huberDelta !== undefined && !(huberDelta > 0),
      'trainer.huberDelta',
      `${huberDelta} is not above 0`,
      "Use an error in the target's unit.",
    ),
    ...onlyOf('quantile', objective, 'quantile', quantile, {
      message: 'nobody can guess which quantile is asked for',
      fix: 'Say it, such as 0.9.',
    }),
    ...(quantile === undefined ? [] : within('trainer.quantile', quantile, 0, 1, false)),
    ...problemIf(
      (objective === 'absolute' || objective === 'quantile') && monotone !== undefined,
      'trainer.monotone',
      'medians and quantiles of leaves cannot be held to it',
      'Use the objective huber, or leave one of them out.',
    ),
  ];
}

/** A setting that one objective needs, and no other reads. */
function onlyOf(
  owner: RegressionObjective,
  objective: RegressionObjective | undefined,
  name: string,
  value: number | undefined,
  missing: Pick<SpecProblem, 'message' | 'fix'>,
): SpecProblem[] {
  const path = `trainer.${name}`;
  if (objective === owner) return value === undefined ? [{ path, ...missing }] : [];
  return problemIf(
    value !== undefined,
    path,
    `only the objective ${owner} reads it`,
    `Leave it out, or use objective: '${owner}'.`,
  );
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
