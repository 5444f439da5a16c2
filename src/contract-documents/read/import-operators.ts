import type { Reader } from './reader.ts';
import { operators, type Operator } from '../terms/terms.ts';

/** What a metric may be, both ends included; null where an end is open. */
export interface MetricBounds {
  readonly min: number | null;
  readonly max: number | null;
}

/**
 * The operator of a check over a metric that counts; null where there is none that bounds say, which is told.
 * `isWhole` says that the metric is a whole number, of which `above 5` is `at least 6`.
 */
export function takeBounds(reader: Reader, isWhole: boolean): MetricBounds | null {
  const found: { readonly operator: Operator; readonly value: unknown }[] = [];
  for (const operator of operatorNames) {
    const value = reader.take(operator);
    if (value !== undefined) found.push({ operator, value });
  }
  let bounds: MetricBounds = { min: null, max: null };
  if (found.length === 0) reader.note('has no operator, so that nothing is asked', { isUnchecked: true });
  for (const { operator, value } of found) {
    const one = boundsOf(operator, value, isWhole);
    if (one === null) {
      reader.note('has no rule here', { at: operator, isUnchecked: true });
      return null;
    }
    if (operator === 'mustBeBetween') reader.note('is read with both its ends', { at: operator });
    bounds = { min: one.min ?? bounds.min, max: one.max ?? bounds.max };
  }
  return found.length === 0 ? null : bounds;
}

// oxlint-disable-next-line no-unsafe-type-assertion -- the names of a closed table
const operatorNames = Object.keys(operators) as Operator[];

function boundsOf(operator: Operator, value: unknown, isWhole: boolean): MetricBounds | null {
  if (operator === 'mustBeBetween') {
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [min, max]: unknown[] = value;
    return isAmount(min) && isAmount(max) && min <= max ? { min, max } : null;
  }
  if (!isAmount(value)) return null;
  switch (operator) {
    case 'mustBe':
      return { min: value, max: value };
    case 'mustBeGreaterOrEqualTo':
      return { min: value, max: null };
    case 'mustBeLessOrEqualTo':
      return { min: null, max: value };
    case 'mustBeGreaterThan':
      return isWhole ? { min: Math.floor(value) + 1, max: null } : null;
    case 'mustBeLessThan':
      return isWhole ? { min: null, max: Math.ceil(value) - 1 } : null;
    case 'mustNotBe':
    case 'mustNotBeBetween':
      return null;
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
