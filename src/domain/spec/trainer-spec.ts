import type { CalibrationMethod } from '../training/calibration/calibration.ts';
import { PerennialError } from '../words/errors.ts';
import { usualCommand, usualWorker, type CommandSpec, type WorkerSpec } from './parts/external-trainer.ts';
import { modelProcessOf, type ModelProcessSpec } from './parts/model-process.ts';
import type { FeatureSelectionSpec } from './trainer/feature-selection-spec.ts';
import { usualFamilies, usualRules, type Searched, type SearchRules } from './search/search-spec.ts';

export const imbalances = ['weights', 'undersample'] as const;
export type Imbalance = (typeof imbalances)[number];

/** What every trainer of this platform can be told, whatever it fits. */
export interface TrainedSpec {
  /** Shares (0..1] of the most recent training rows to try; validation chooses how much history is used. */
  readonly historyShares: readonly number[];
  /**
   * Shares (0..1] of the history after which a row counts half, 0.5^(age / half-life): tried beside `historyShares`,
   * and taken where validation proves a gain. Absent: short ones are tried only where no fit is better than the prior.
   */
  readonly halfLives?: readonly number[];
  /** Refit the chosen configuration on all rows (also those of the test) once the gate has passed. */
  readonly refit: boolean;
  readonly seed: number;
  /**
   * A number feature that says how many rows each row counts as while a model and its baselines are fitted: 0 or more.
   * Absent, each counts once. Metrics and gates count every row once.
   */
  readonly weightColumn?: string;
  /** Finds which features are worth reading, and confirms it by retraining. Absent reads all. */
  readonly featureSelection?: FeatureSelectionSpec;
  /**
   * How the answers of classes are brought to the shares that come true, by the validation rows and inside the file;
   * taken where it is proven to lower their log loss. Absent: not at all.
   */
  readonly calibration?: CalibrationMethod;
  /**
   * What is done where one class is rare: `weights` counts each class as much as all others while a model is fitted,
   * `undersample` leaves rows of the frequent ones out. Answers are brought back to the shares of the training rows,
   * inside the file. Absent: nothing.
   */
  readonly imbalance?: Imbalance;
  /** Ask for a GPU worker (queue `perennial-gpu` or `perennial-gpu-<tag>`). */
  readonly gpu?: { readonly tag?: string };
}

/** Gradient-boosted trees on histograms. */
export interface GbdtSpec extends TrainedSpec {
  readonly kind: 'gbdt';
  readonly treesMax: number;
  readonly leavesMax: number;
  readonly learningRate: number;
  readonly rowsPerLeafMin: number;
  readonly l2: number;
  readonly earlyStoppingTrees: number;
  /** What is minimised, of a regression; absent: the squared error. */
  readonly objective?: RegressionObjective;
  /** Of `huber`, in the target's unit, above 0: beyond it an error counts as far as it grows, not by its square. */
  readonly huberDelta?: number;
  /** Of `quantile` (0..1, both excluded): the share of the truth that is to lie below the answer. */
  readonly quantile?: number;
  /** Share (0..1] of the training rows that each round draws anew by the seed; absent: all. */
  readonly rowShare?: number;
  /** Share (0..1] of the columns that each tree draws anew by the seed; absent: all. */
  readonly columnShare?: number;
  /** Number features as which grow no answer may fall (`increasing`) or rise (`decreasing`), all else equal. */
  readonly monotone?: Readonly<Record<string, MonotoneDirection>>;
  /**
   * Keeps the trees of the champion and adds others, fitted on the rows that it has not seen; where that cannot be, the
   * fit begins from nothing and says why. Absent begins from nothing, and stays out: the definition keeps its digest.
   */
  readonly warmStart?: boolean;
}

export const regressionObjectives = ['absolute', 'huber', 'poisson', 'quantile'] as const;
/**
 * `absolute`: medians. `huber`: means that far rows hardly move. `poisson`: means of counts, or other amounts from 0
 * up, on a logarithmic scale. `quantile`: below which a share of the truth lies.
 */
export type RegressionObjective = (typeof regressionObjectives)[number];

export const monotoneDirections = ['increasing', 'decreasing'] as const;
export type MonotoneDirection = (typeof monotoneDirections)[number];

/** A linear or logistic model with an elastic net: a ridge penalty and, where declared, a lasso penalty. */
export interface LinearSpec extends TrainedSpec {
  readonly kind: 'linear';
  readonly l2: number;
  /** Of the sizes of the weights (0 or more): weights that do not earn it are 0. Absent: 0. */
  readonly l1?: number;
}

/**
 * A logistic model that takes each labelled row once, in the order of time, and goes on from the state of the champion:
 * FTRL-Proximal (McMahan et al. 2013, Algorithm 1), for two classes and for several.
 */
export interface StreamingSpec extends Omit<
  TrainedSpec,
  'weightColumn' | 'featureSelection' | 'calibration' | 'imbalance'
> {
  readonly kind: 'streaming';
  /** Learning rate of each weight before it has seen anything, above 0 and up to 10. */
  readonly alpha: number;
  /** How long it stays near that rate, 0 to 1,000. */
  readonly beta: number;
  /** Weights whose evidence stays below it are 0. */
  readonly l1: number;
  readonly l2: number;
}

/**
 * The model came as a file, so nothing here can train it; it is served and watched. What is left out of where it is
 * run is usual (`model-process.ts`), and stays out: a definition without it keeps its digest.
 */
export interface ImportedSpec extends Partial<ModelProcessSpec> {
  readonly kind: 'imported';
}

/** The families of this platform, and settings of them: the best of the trials is fitted. */
export interface SearchSpec extends TrainedSpec, SearchRules {
  readonly kind: 'search';
  readonly families: SearchedFamilies;
}

export type SearchedKind = 'gbdt' | 'linear';

/** Families that are fitted from nothing: what goes on from a champion is compared with nothing else. */
export type SearchedFamilies = {
  readonly [Kind in SearchedKind]?: Searched<Omit<TrainerSpecs[Kind], 'kind' | 'warmStart' | keyof TrainedSpec>>;
};

/** One row per kind: a further kind is added here, and the compiler names each place that has to know it. */
export interface TrainerSpecs {
  readonly gbdt: GbdtSpec;
  readonly linear: LinearSpec;
  readonly search: SearchSpec;
  readonly streaming: StreamingSpec;
  readonly imported: ImportedSpec;
  readonly command: CommandSpec;
  readonly worker: WorkerSpec;
}

export type TrainerKind = keyof TrainerSpecs;
export type TrainerSpec = TrainerSpecs[TrainerKind];
/** The specs by which something is trained. */
export type TrainableKind = Exclude<TrainerKind, 'imported'>;
export type TrainableSpec = TrainerSpecs[TrainableKind];
/** Of those, the specs by which a program of somebody else trains. */
export type ExternalKind = 'command' | 'worker';
export type ExternalSpec = TrainerSpecs[ExternalKind];
/** And those by which a family of this platform is fitted. */
export type OwnKind = Exclude<TrainableKind, ExternalKind | 'search'>;
export type OwnSpec = TrainerSpecs[OwnKind];

/** A trainer as a person writes it: the kind (`gbdt` when nothing is said), and of its settings what is not usual. */
export type TrainerInput = Partial<GbdtSpec> | { [Kind in TrainerKind]: TrainerInputOf<Kind> }[TrainerKind];
export type TrainerInputOf<Kind extends TrainerKind> = { readonly kind: Kind } & TrainerOptions<Kind>;
export type TrainerOptions<Kind extends TrainerKind> = Partial<Omit<TrainerSpecs[Kind], 'kind'>>;

const anyTrained = { historyShares: [1, 0.5, 0.25], refit: true, seed: 1 } as const;

export const defaultTrainers: TrainerSpecs = {
  gbdt: {
    kind: 'gbdt',
    treesMax: 400,
    leavesMax: 31,
    learningRate: 0.05,
    rowsPerLeafMin: 20,
    l2: 1,
    earlyStoppingTrees: 40,
    ...anyTrained,
  },
  linear: { kind: 'linear', l2: 1, ...anyTrained },
  search: { kind: 'search', families: usualFamilies, ...usualRules, ...anyTrained },
  streaming: { kind: 'streaming', alpha: 0.1, beta: 1, l1: 0, l2: 1, ...anyTrained, historyShares: [1] },
  imported: { kind: 'imported' },
  command: usualCommand,
  worker: usualWorker,
};

export const trainerKinds = Object.keys(defaultTrainers) as readonly TrainerKind[];

/** A kind may come from JavaScript or from a newer Perennial, where no compiler has looked at it. */
export function isTrainerKind(kind: string): kind is TrainerKind {
  return Object.hasOwn(defaultTrainers, kind);
}

/** Fills in what is usual for the kind, and adds nothing that another kind would have. */
export function completeTrainer(input: TrainerInput = {}): TrainerSpec {
  return { ...defaultTrainers[input.kind ?? 'gbdt'], ...input } as TrainerSpec;
}

/** The same, refitted only if it says so; a file that came from elsewhere has nothing to refit. */
export function withoutRefit(input: TrainerInput = {}): TrainerInput {
  return input.kind === 'imported' ? input : { refit: false, ...input };
}

/** The same, on all of its rows unless it says otherwise. */
export function withWholeHistory(input: TrainerInput = {}): TrainerInput {
  const { kind } = input;
  return kind === 'imported' || kind === 'command' || kind === 'worker' ? input : { historyShares: [1], ...input };
}

export function isTrainable(trainer: TrainerSpec): trainer is TrainableSpec {
  return trainer.kind !== 'imported';
}

/** Whether a program of somebody else trains it. */
export function isExternal(trainer: TrainerSpec): trainer is ExternalSpec {
  return trainer.kind === 'command' || trainer.kind === 'worker';
}

/** Whether a family of this platform is fitted that the definition names. */
export function isOwn(trainer: TrainerSpec): trainer is OwnSpec {
  return isTrainable(trainer) && !isExternal(trainer) && !isSearch(trainer);
}

/** Whether trials choose the family and its settings. */
export function isSearch(trainer: TrainerSpec): trainer is SearchSpec {
  return trainer.kind === 'search';
}

/** What a trainer minimises where it is not the usual loss of the task. */
export function objectiveIn(trainer: TrainerSpec): RegressionObjective | undefined {
  return treesIn(trainer).objective;
}

/** Which quantile a trainer answers; null where it answers something else. */
export function quantileIn(trainer: TrainerSpec): number | null {
  const { objective, quantile } = treesIn(trainer);
  return (objective === 'quantile' ? quantile : undefined) ?? null;
}

/** What is minimised by boosted trees, where there may be any: of a search, that is no range (`checkSearch`). */
function treesIn(trainer: TrainerSpec): Pick<GbdtSpec, 'objective' | 'quantile'> {
  if (trainer.kind === 'gbdt') return trainer;
  const { objective, quantile } = (isSearch(trainer) ? trainer.families.gbdt : undefined) ?? {};
  return {
    ...(typeof objective === 'string' ? { objective } : {}),
    ...(typeof quantile === 'number' ? { quantile } : {}),
  };
}

/** Whether a fit goes on from the champion, where it can. */
export function isGoneOnFrom(trainer: TrainerSpec): boolean {
  return trainer.kind === 'streaming' || (trainer.kind === 'gbdt' && trainer.warmStart === true);
}

/** The secrets that a trainer names. */
export function secretsOfTrainer(trainer: TrainerSpec): readonly string[] {
  return 'secrets' in trainer ? trainer.secrets : [];
}

/** The settings of a family of this platform. Throws `unsupported` for whatever is trained elsewhere. */
export function ownTrainerOf(trainer: TrainerSpec): OwnSpec {
  const trainable = trainableOf(trainer);
  if (isOwn(trainable)) return trainable;
  const reason = isSearch(trainable)
    ? 'The settings of this model are searched, and none were chosen yet.'
    : 'A program of somebody else trains this model.';
  throw new PerennialError('unsupported', reason, {
    path: 'trainer.kind',
    hint: 'Name a trainer of this platform, such as gbdt.',
  });
}

/** Where the versions of a trainer are served whose files somebody else has made; null for files of this platform. */
export function foreignProcessOf(trainer: TrainerSpec): ModelProcessSpec | null {
  if (trainer.kind === 'imported') return modelProcessOf(trainer);
  return isExternal(trainer) ? modelProcessOf(trainer.serving ?? {}) : null;
}

/** The settings of a training. Throws `unsupported` for a model that came as a file. */
export function trainableOf(trainer: TrainerSpec): TrainableSpec {
  if (isTrainable(trainer)) return trainer;
  throw new PerennialError('unsupported', 'An imported model has no trainer here.', {
    path: 'trainer.kind',
    hint: 'Import a newer file, or apply a definition with a trainer and a source.',
  });
}
