import { describe, expect, it } from 'vitest';
import { sortNumbers } from './sort-numbers.ts';
import { applyBins, binsMax, numberBins } from './bins.ts';

describe('bins', () => {
  it('cuts strictly between neighbours and never puts a value on the wrong side of its own cut', () => {
    const values = Float32Array.of(1, 2, 2, Math.fround(2 + 2 ** -22), NaN, -Infinity, Infinity, 0, -0);
    const bins = numberBins(values);
    expect(bins.count).toBe(6);
    const applied = applyBins(bins, values, new Uint8Array(values.length));
    for (const [row, value] of values.entries()) {
      const expected = Number.isNaN(value) ? bins.count : [...bins.cuts].filter((cut) => value > cut).length;
      expect(applied[row]).toBe(expected);
    }
    expect(bins.cuts.every((cut) => !Number.isNaN(cut))).toBe(true);
  });

  it('spreads many values over at most 255 bins of about equal size', () => {
    const bins = numberBins(Float32Array.from({ length: 10_000 }, (_, i) => i));
    expect(bins.count).toBe(binsMax);
    const counts = new Map<number, number>();
    for (const bin of applyBins(
      bins,
      Float32Array.from({ length: 10_000 }, (_, i) => i),
      new Uint8Array(10_000),
    ))
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThan(50);
    expect(counts.size).toBe(binsMax);
  });

  it('gives each of 200 frequent values a bin of its own, whatever lies between them', () => {
    // 40 rows of each whole number, and between two of them three values of one row each.
    const values = Float32Array.from(
      { length: 200 * 43 },
      (_, i) => Math.floor(i / 43) + (i % 43 < 40 ? 0 : (i % 43) / 64),
    );
    const bins = numberBins(values);
    expect(bins.count).toBeGreaterThan(200);
    expect(bins.count).toBeLessThanOrEqual(binsMax);
    const whole = applyBins(
      bins,
      Float32Array.from({ length: 200 }, (_, i) => i),
      new Uint8Array(200),
    );
    expect(new Set(whole).size).toBe(200);
    const own = [...bins.cuts].filter((cut) => cut > 100 && cut < 101);
    // Above 100 there is a cut before the next frequent value, so that 100 is not one with it.
    expect(own.length).toBeGreaterThan(0);
  });

  it.each([256, 300, 5_000])('keeps to 255 bins where %i values are as frequent as a bin, or nearly', (count) => {
    const values = Float32Array.from({ length: count * 7 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 21) : i % count));
    const bins = numberBins(values);
    expect(bins.count).toBeLessThanOrEqual(binsMax);
    expect([...bins.cuts]).toEqual([...bins.cuts].toSorted((a, b) => a - b));
    expect(new Set(bins.cuts).size).toBe(bins.cuts.length);
  });

  it('sorts as typed arrays do', () => {
    const odd = [0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 1];
    const numbers = Float32Array.from({ length: 5_000 }, (_, i) => odd[i % 50] ?? Math.sin(i) * 10 ** (i % 9));
    for (const length of [0, 1, 2, numbers.length]) {
      const sorted = numbers.slice(0, length);
      sortNumbers(sorted);
      expect(sorted).toEqual(numbers.slice(0, length).sort());
    }
  });

  it('keeps all rows of an empty column missing', () => {
    const values = new Float32Array(3).fill(NaN);
    const bins = numberBins(values);
    expect([...applyBins(bins, values, new Uint8Array(3))]).toEqual([bins.count, bins.count, bins.count]);
  });
});
