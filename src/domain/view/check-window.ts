import { kindOf } from '../features/kind-of.ts';
import { problemIf, within, type SpecProblem } from '../spec/spec-bounds.ts';
import type { WindowFeature } from './view-spec.ts';

const hourMs = 3_600_000;
export const windowMsMin = hourMs;
export const windowMsMax = 90 * 24 * hourMs;

/** Problems of one windowed feature. */
export function checkWindow(path: string, feature: WindowFeature): SpecProblem[] {
  const { aggregate, column, over, kind, windowMs, name } = feature;
  const needsColumn = aggregate !== 'count';
  const isRatio = aggregate === 'ratio';
  return [
    ...within(`${path}.windowMs`, windowMs, windowMsMin, windowMsMax, true),
    ...problemIf(
      !Number.isInteger(windowMs),
      `${path}.windowMs`,
      `${windowMs} is not whole`,
      'Use whole milliseconds.',
    ),
    ...problemIf(
      needsColumn && column === null,
      `${path}.column`,
      `${name} does not say of which column it is`,
      `Name the column of the ${aggregate}.`,
    ),
    ...problemIf(isRatio && over === null, `${path}.over`, `${name} has no denominator`, 'Name its column.'),
    ...problemIf(!isRatio && over !== null, `${path}.over`, `a ${aggregate} has no denominator`, 'Use null.'),
    ...problemIf(
      aggregate !== 'last' && !kindOf(kind).isQuantity,
      `${path}.kind`,
      `a ${aggregate} is a number`,
      "Use kind 'number'.",
    ),
  ];
}
