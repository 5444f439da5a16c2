import type { Given } from './given.ts';

export type Said = number | null | undefined | Float64Array | Uint32Array | readonly Said[];

export interface KernelCall {
  readonly of: (given: Given) => Said;
  /**
   * An error is held against each number; for rows of which some are near 0, against the largest of the vector; for
   * logarithms it is that of what they are the logarithm of, or of them where they are beyond 1.
   */
  readonly against: 'each' | 'largest' | 'logarithm';
  /** Where not all digits are kept on purpose. */
  readonly errorMax?: number;
}

export type KernelCalls = Readonly<Record<string, KernelCall>>;

export function each(of: (given: Given) => Said): KernelCall {
  return { of, against: 'each' };
}

export function logarithm(of: (given: Given) => Said): KernelCall {
  return { of, against: 'logarithm' };
}

export function largest(of: (given: Given) => Said): KernelCall {
  return { of, against: 'largest' };
}
