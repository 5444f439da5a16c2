import { describe, expect, it } from 'vitest';
import { fixedPairs } from './fixed-point.ts';

const wave = (rows: number) => Float64Array.from({ length: rows }, (_, i) => Math.sin(i) / (1 + (i % 13)));
const sum = (list: Float64Array) => list.reduce((total, value) => total + value, 0);

describe('fixed point', () => {
  it('makes sums independent of their order, a billionth of the largest away from what they were', () => {
    const gradient = wave(5_000);
    const hessian = gradient.map(Math.abs);
    const pairs = new Int32Array(10_000);
    const units = fixedPairs({ gradient, hessian }, pairs);
    const rounded = gradient.map((_, row) => (pairs[row * 2] ?? 0) * units.gradient);
    expect(sum(gradient)).not.toBe(sum(gradient.toReversed()));
    expect(sum(rounded)).toBe(sum(rounded.toReversed()));
    for (const [row, value] of gradient.entries()) {
      expect(Math.abs(value - (rounded[row] ?? 0))).toBeLessThan(1e-9);
      expect(Math.abs((hessian[row] ?? 0) - (pairs[row * 2 + 1] ?? 0) * units.hessian)).toBeLessThan(1e-8);
    }
  });

  it('keeps ten bits of a value that is a millionth of the largest', () => {
    const gradient = Float64Array.of(-1_000_000, 1.2345, 0);
    const pairs = new Int32Array(6);
    const units = fixedPairs({ gradient, hessian: Float64Array.of(1, 1, 1) }, pairs);
    expect((pairs[2] ?? 0) * units.gradient).toBeCloseTo(1.2345, 3);
    expect((pairs[0] ?? 0) * units.gradient).toBe(-1_000_000);
  });

  it('takes the smallest and the largest numbers, and refuses what is none', () => {
    const of = (gradient: number) => {
      const pairs = new Int32Array(2);
      const units = fixedPairs({ gradient: Float64Array.of(gradient), hessian: Float64Array.of(0) }, pairs);
      return [(pairs[0] ?? 0) * units.gradient, (pairs[1] ?? 0) * units.hessian];
    };
    expect(of(2 ** 1_000)).toEqual([2 ** 1_000, 0]);
    expect(of(2 ** -800)).toEqual([2 ** -800, 0]);
    expect(of(Number.MIN_VALUE)).toEqual([0, 0]);
    expect(of(0)).toEqual([0, 0]);
    expect(() => of(NaN)).toThrow(RangeError);
    expect(() => of(-Infinity)).toThrow(RangeError);
  });
});
