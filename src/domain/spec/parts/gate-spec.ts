import type { MetricName } from '../../metrics/registry.ts';
import type { Baseline, FairnessMeasure, UndecidedComparison } from '../closed-sets.ts';
import type { FootprintGate } from './footprint-gate.ts';
import type { OverSlices } from './slice-spec.ts';

export type GateSpec =
  /** The lower bound of the metric reaches `value`, with an error of 5 %. */
  | { readonly gate: 'atLeast'; readonly metric: MetricName; readonly value: number }
  /** The upper bound does not exceed `value`, with an error of 5 %. */
  | { readonly gate: 'atMost'; readonly metric: MetricName; readonly value: number }
  /** One-sided paired non-inferiority against the champion on the same rows; margin in the metric's unit, >= 0. */
  | {
      readonly gate: 'noWorseThanChampion';
      readonly metric: MetricName;
      readonly margin: number;
      readonly alpha: number;
      /** Where test rows prove neither; absent: the rollout decides. */
      readonly undecided?: UndecidedComparison;
    }
  /** The lower bound of the paired difference to a baseline reaches `by` (is above 0), with an error of 5 %. */
  | {
      readonly gate: 'betterThanBaseline';
      readonly baseline: Baseline;
      readonly metric: MetricName;
      readonly by: number;
    }
  /** As `noWorseThanChampion`, in each of the slices; refused where one of them is proven worse (Holm). */
  | ({
      readonly gate: 'noWorseInSlices';
      readonly metric: MetricName;
      readonly margin: number;
      readonly alpha: number;
    } & OverSlices)
  /** The upper bound of the largest difference between any two of the slices does not exceed `atMost`, error 5 %. */
  | ({ readonly gate: 'fair'; readonly measure: FairnessMeasure; readonly atMost: number } & OverSlices)
  /** What the candidate takes as a program, measured by the platform itself, within its limit with an error of 5 %. */
  | FootprintGate;
