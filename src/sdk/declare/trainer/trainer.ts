import type { SearchedFamilies, TrainerInputOf, TrainerOptions } from '../../../domain/spec/trainer-spec.ts';

/** The trainers that a definition may ask for. An imported model is not declared: `perennial import` makes it. */
export type TrainerDeclaration =
  | TrainerInputOf<'gbdt'>
  | TrainerInputOf<'linear'>
  | TrainerInputOf<'search'>
  | TrainerInputOf<'streaming'>
  | TrainerInputOf<'command'>
  | TrainerInputOf<'worker'>;

/**
 * Gradient-boosted trees on histograms: the default trainer. What is left out has the platform's defaults
 * (docs/built-in-trainers.md). `objective` of a regression: `absolute` answers medians, `huber` means that errors
 * beyond `huberDelta` (in the target's unit) hardly move, `poisson` means of counts, `quantile` the value below which
 * a share `quantile` of the truth lies; without it the squared error.
 * `rowShare` and `columnShare` (0..1] let each tree see a part, drawn by `seed`. `monotone: { amount: 'increasing' }`:
 * no answer falls as the number feature grows. `weightColumn`: the number feature that says how many rows each row
 * counts as. `imbalance` counts or draws rows of frequent classes otherwise, and takes it back in the answers.
 * `calibration` brings the probabilities of classes to the shares that come true, where it
 * is proven to help.
 */
export function gbdt(options: TrainerOptions<'gbdt'> = {}): TrainerInputOf<'gbdt'> {
  return { kind: 'gbdt', ...options };
}

/**
 * A linear (or logistic) model with a ridge penalty `l2` and, where declared, a lasso penalty `l1` (0 or more), both
 * against the sum of the losses of the rows. `weightColumn`: the number feature that says how many rows each counts as.
 * `calibration` and `imbalance`: as of `gbdt`.
 */
export function linear(options: TrainerOptions<'linear'> = {}): TrainerInputOf<'linear'> {
  return { kind: 'linear', ...options };
}

/**
 * Trials of these families, of which the best is fitted: `search({ gbdt: { leavesMax: draw.logInteger(7, 63) } })`.
 * Settings are values, or drawn from where `draw` says. `ensemble: { membersMax: 5 }`: the mean of several trials
 * answers where that is proven better; docs/search.md.
 */
export function search(
  families?: SearchedFamilies,
  options: Omit<TrainerOptions<'search'>, 'families'> = {},
): TrainerInputOf<'search'> {
  return { kind: 'search', ...(families === undefined ? {} : { families }), ...options };
}

/**
 * A logistic model that learns from each labelled row once, in the order of time, and goes on from the state of the
 * champion (FTRL-Proximal). For classes; each training costs as much as there are new rows.
 */
export function streaming(options: TrainerOptions<'streaming'> = {}): TrainerInputOf<'streaming'> {
  return { kind: 'streaming', ...options };
}

/**
 * A program of your own on the worker's machine: it finds rows in a folder and leaves a model file there
 * (docs/trainers.md). `argv` is the program and its arguments; no shell reads them.
 */
export function command(
  argv: readonly string[],
  options: Omit<TrainerOptions<'command'>, 'argv'> = {},
): TrainerInputOf<'command'> {
  return { kind: 'command', argv, ...options };
}

/** A program of your own that waits on a queue for fits, in any language, on any machine. */
export function worker(
  queue: string,
  options: Omit<TrainerOptions<'worker'>, 'queue' | 'trainer'> & { readonly trainer: string },
): TrainerInputOf<'worker'> {
  return { kind: 'worker', queue, ...options };
}
