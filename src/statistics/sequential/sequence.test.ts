import { describe, expect, test } from 'vitest';
import { sequenceReach } from './confidence-sequence.ts';
import { areaDifferenceRows, pairedDelong } from '../samples/delong.ts';
import { longRunDeviation } from '../samples/long-run-deviation.ts';
import { createRandom } from '../numeric/random.ts';

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('sequenceReach', () => {
  test('the mean of normal values lies beyond it at any of 100 looks in at most alpha of sequences', () => {
    const sequences = 2_000;
    let missed = 0;
    for (let sequence = 0; sequence < sequences; sequence++) {
      const random = createRandom(`sequence ${sequence}`);
      let sum = 0;
      for (let units = 1; units <= 2_000; units++) {
        sum += random.normal();
        if (units % 20 === 0 && sum / units > sequenceReach(units, 0.05, 1_000)) {
          missed++;
          break;
        }
      }
    }
    expect(missed / sequences).toBeLessThanOrEqual(0.05);
    // And it is no empty promise: a bound that nothing ever crossed would promote nobody.
    expect(missed).toBeGreaterThan(0);
  });

  test('it narrows with the units, a stricter error widens it, and it is tightest where it was tuned', () => {
    expect(sequenceReach(1_000, 0.05, 1_000)).toBeLessThan(sequenceReach(500, 0.05, 1_000));
    expect(sequenceReach(1_000, 0.005, 1_000)).toBeGreaterThan(sequenceReach(1_000, 0.05, 1_000));
    for (const tuned of [100, 10_000])
      expect(sequenceReach(1_000, 0.05, 1_000)).toBeLessThan(sequenceReach(1_000, 0.05, tuned));
  });
});

describe('longRunDeviation', () => {
  const values = Float64Array.of(0.1, -0.3, 0.7, 0.2, 0.2, -0.5, 1.1, 0.4, -0.2, 0.3);

  test('by group it is the cluster-robust standard error of statsmodels 0.15', () => {
    const groups = Uint32Array.of(0, 0, 1, 1, 1, 2, 3, 3, 4, 4);
    const { deviation, units } = longRunDeviation(values, { groups, span: 0 });
    expect(units).toBe(5);
    // OLS on a constant, cov_type 'cluster', without its small-sample correction, which here is G / (G - 1).
    expect((deviation / Math.sqrt(units)) * Math.sqrt(4 / 5)).toBeCloseTo(0.15491933384829662, 12);
  });

  test('one more value counts as seen at the span', () => {
    const still = new Float64Array(100).fill(0.5);
    expect(longRunDeviation(still, { groups: null, span: 0 }).deviation).toBe(0);
    const groups = Uint32Array.from(still.keys());
    expect(longRunDeviation(still, { groups, span: 2 }).deviation).toBeCloseTo(2 / Math.sqrt(99), 12);
    expect(longRunDeviation(still, { groups: null, span: 2 }).deviation).toBeGreaterThanOrEqual(2 / Math.sqrt(99));
  });

  test('it measures the memory of a stream: an AR(1) of 0.8 spreads three times as much as its values', () => {
    const random = createRandom('memory');
    let last = 0;
    const stream = Float64Array.from({ length: 20_000 }, () => (last = 0.8 * last + 0.6 * random.normal()));
    const { deviation, blockRows } = longRunDeviation(stream, { groups: null, span: 0 });
    // The long-run deviation is that of the values (1) times the root of (1 + 0.8) / (1 - 0.8).
    expect(deviation).toBeGreaterThan(2.5);
    expect(deviation).toBeLessThan(4);
    expect(blockRows).toBeGreaterThanOrEqual(16);
    expect(
      longRunDeviation(
        stream.toSorted(() => random.next() - 0.5),
        { groups: null, span: 0 },
      ).deviation,
    ).toBeLessThan(1.4);
  });
});

test('rows of an area have its difference as their mean, and the standard error of DeLong as their spread', () => {
  const random = createRandom('areas');
  const labels = Float64Array.from({ length: 400 }, () => (random.next() < 0.3 ? 1 : 0));
  const [a, b] = [0.5, 1.5].map((noise) => labels.map((label) => label + noise * random.normal()));
  const rows = areaDifferenceRows(a ?? labels, b ?? labels, labels) ?? new Float64Array();
  const delong = pairedDelong(a ?? labels, b ?? labels, labels);
  expect(meanOf(rows)).toBeCloseTo(delong?.difference ?? NaN, 12);
  const { deviation } = longRunDeviation(rows, { groups: Uint32Array.from(rows.keys()), span: 0 });
  // DeLong divides by one row less in each class.
  expect(deviation / Math.sqrt(rows.length) / (delong?.standardError ?? NaN)).toBeCloseTo(1, 2);
  expect(areaDifferenceRows(labels, labels, new Float64Array(400))).toBeNull();
});
