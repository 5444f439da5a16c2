import type { TrainerInputOf, TrainerOptions } from '../../domain/spec/trainer-spec.ts';

/** The trainers that a definition may ask for. An imported model is not declared: `perennial import` makes it. */
export type TrainerDeclaration = TrainerInputOf<'gbdt'> | TrainerInputOf<'linear'>;

/** Gradient-boosted trees on histograms: the default trainer. What is left out has the platform's defaults. */
export function gbdt(options: TrainerOptions<'gbdt'> = {}): TrainerInputOf<'gbdt'> {
  return { kind: 'gbdt', ...options };
}

/** A regularised linear (or logistic) model. */
export function linear(options: TrainerOptions<'linear'> = {}): TrainerInputOf<'linear'> {
  return { kind: 'linear', ...options };
}
