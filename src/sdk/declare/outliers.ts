import type { OutlierAction, OutlierSpec } from '../../domain/spec/spec.ts';
import { written } from './written.ts';

// The words of `outliers`, each under `outlier.`: `outliers: outlier.clip({ quantiles: [0.001, 0.999] })`.

interface OutlierOptions<Names extends string> {
  /** Shares of the values of training rows at which the limits lie; a value on a limit is none. */
  readonly quantiles: readonly [number, number];
  /** Number features; all that no other entry names where it is left out. */
  readonly features?: readonly Names[];
}

export type OutlierDeclaration<Names extends string = string> = Omit<OutlierSpec, 'features'> & {
  readonly features?: readonly Names[];
};

/** A number beyond a limit becomes the limit (winsorising), in training and in every answer alike. */
export function clip<const Names extends string>(options: OutlierOptions<Names>): OutlierDeclaration<Names> {
  return declared('clip', options);
}

/** A number beyond a limit counts as missing, in training and in every answer alike. */
export function missing<const Names extends string>(options: OutlierOptions<Names>): OutlierDeclaration<Names> {
  return declared('missing', options);
}

/** Training rows with a number beyond a limit are not learnt from; they are judged and answered as any other. */
export function drop<const Names extends string>(options: OutlierOptions<Names>): OutlierDeclaration<Names> {
  return declared('drop', options);
}

function declared<Names extends string>(
  action: OutlierAction,
  options: OutlierOptions<Names>,
): OutlierDeclaration<Names> {
  return { action, ...written(options, `outlier.${action}`) };
}
