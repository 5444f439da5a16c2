import type { TrainerInputOf, TrainerOptions } from '../../domain/spec/trainer-spec.ts';

/** The trainers that a definition may ask for. An imported model is not declared: `perennial import` makes it. */
export type TrainerDeclaration =
  | TrainerInputOf<'gbdt'>
  | TrainerInputOf<'linear'>
  | TrainerInputOf<'streaming'>
  | TrainerInputOf<'command'>
  | TrainerInputOf<'worker'>;

/** Gradient-boosted trees on histograms: the default trainer. What is left out has the platform's defaults. */
export function gbdt(options: TrainerOptions<'gbdt'> = {}): TrainerInputOf<'gbdt'> {
  return { kind: 'gbdt', ...options };
}

/** A regularised linear (or logistic) model. */
export function linear(options: TrainerOptions<'linear'> = {}): TrainerInputOf<'linear'> {
  return { kind: 'linear', ...options };
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
