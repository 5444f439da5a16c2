import { exactMax } from '../cells/read-number.ts';

/**
 * A computed number as the text of a cell. From 2^53 on it never looks like a whole number: it was computed, and is no
 * key of which digits were lost. Null for what is no finite number.
 */
export function numberText(value: number): string | null {
  if (!Number.isFinite(value)) return null;
  // A computed -0 is 0.
  const text = String(value + 0).replace('e+', 'e');
  return Math.abs(value) < exactMax || text.includes('e') || text.includes('.') ? text : `${text}.0`;
}

/** Halves away from zero, without adding a half, which would make 1 of 0.49999999999999994. */
export function rounded(value: number): number {
  const size = Math.abs(value);
  const whole = Math.trunc(size);
  return Math.sign(value) * (size - whole >= 0.5 ? whole + 1 : whole);
}
