import type { TargetSpec } from '../spec/spec.ts';
import { classesOf, taskOf } from '../tasks/task-of.ts';
import { kindsOf, type ArrivedLabel } from './mature-through.ts';

/** How late the labels of one kind come, of those that come. */
export interface ArrivalCurve {
  /** A class, or a quarter of the values. */
  readonly kind: string;
  readonly labels: number;
  /** Share of the labels, 0..1, that have come within so many rows. */
  readonly points: readonly { readonly delayRows: number; readonly share: number }[];
}

/** Kinds that are drawn: those with the most labels. */
const curvesMax = 5;
const pointsMax = 24;
const quarterNames = ['lowest quarter', 'second quarter', 'third quarter', 'highest quarter'] as const;

/** For a picture: the same delays on every curve, from none to the longest. */
export function arrivalCurves(target: TargetSpec, arrived: readonly ArrivedLabel[]): readonly ArrivalCurve[] {
  const names = taskOf(target.task).hasClasses ? classesOf(target) : quarterNames;
  const kinds = [...kindsOf(target, arrived)].toSorted(([, a], [, b]) => b.length - a.length).slice(0, curvesMax);
  const longest = kinds.reduce((most, [, delays]) => delays.reduce((a, b) => Math.max(a, b), most), 0);
  const steps = Array.from({ length: pointsMax + 1 }, (_, step) => Math.round((step * longest) / pointsMax));
  const grid = [...new Set(steps)];
  return kinds
    .toSorted(([a], [b]) => a - b)
    .map(([kind, delays]) => ({
      kind: names[kind] ?? String(kind),
      labels: delays.length,
      points: grid.map((delayRows) => ({
        delayRows,
        share: delays.filter((delay) => delay <= delayRows).length / delays.length,
      })),
    }));
}
