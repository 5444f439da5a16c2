import type { TrainerSpec } from '../../domain/spec/spec.ts';

export type TrainerDeclaration = Partial<TrainerSpec> & { readonly kind: TrainerSpec['kind'] };

/** Gradient-boosted trees on histograms: the default trainer. What is left out has the platform's defaults. */
export function gbdt(options: Omit<Partial<TrainerSpec>, 'kind'> = {}): TrainerDeclaration {
  return { kind: 'gbdt', ...options };
}

/** A regularised linear (or logistic) model. */
export function linear(
  options: Pick<Partial<TrainerSpec>, 'l2' | 'historyShares' | 'refit' | 'seed' | 'gpu'> = {},
): TrainerDeclaration {
  return { kind: 'linear', ...options };
}
