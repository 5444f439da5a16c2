import { describe, expect, it } from 'vitest';

import { chiSquareHomogeneity } from '../src/statistics/samples/chi-square.ts';
import { auroc } from '../src/statistics/samples/ranking.ts';
import { labelDelayRowsMedian, neverLabelledShare } from './labels.ts';
import type { ChangeName, Payment } from './payment.ts';
import { createWorld, fraudShare, paymentsPerDay, type WorldOptions } from './world.ts';

const seed = 20_260_105;

function play(options: WorldOptions, from: number, count: number): Payment[] {
  const world = createWorld(options).skipTo(from);
  return Array.from({ length: count }, () => world.next());
}

const quiet = play({ seed }, 0, 24_000);
const before = quiet.slice(0, 12_000);
const after = quiet.slice(12_000);
const changed = (name: ChangeName) => play({ seed, changes: [{ atRow: 12_000, name }] }, 12_000, 12_000);

describe('the payments world', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(JSON.stringify(play({ seed }, 0, 2_000))).toBe(JSON.stringify(quiet.slice(0, 2_000)));
    expect(play({ seed: seed + 1 }, 0, 50).map((payment) => payment.amount)).not.toEqual(
      quiet.slice(0, 50).map((payment) => payment.amount),
    );
  });

  it('goes on anywhere as if it had never stopped', () => {
    expect(play({ seed }, 7_000, 20)).toEqual(quiet.slice(7_000, 7_020));
    const world = createWorld({ seed }).skipTo(10);
    expect(() => world.skipTo(9)).toThrow(RangeError);
    expect(world.row()).toBe(10);
  });

  it('moves in time, keys every row, and keeps ids within what prediction ids may hold', () => {
    for (const [i, payment] of quiet.entries()) {
      if (i > 0 && payment.eventTimeMs <= (quiet[i - 1]?.eventTimeMs ?? 0))
        throw new Error(`time stands still at row ${i}`);
      if (!/^[A-Za-z0-9_.:-]{1,128}$/.test(payment.id)) throw new Error(`bad id ${payment.id}`);
      if (Date.parse(payment.features.at) !== payment.eventTimeMs) throw new Error(`two times at row ${i}`);
    }
    expect(new Set(quiet.map((payment) => payment.id)).size).toBe(quiet.length);
    const days = ((quiet.at(-1)?.eventTimeMs ?? 0) - (quiet[0]?.eventTimeMs ?? 0)) / 86_400_000;
    expect(quiet.length / days).toBeGreaterThan(paymentsPerDay * 0.9);
    expect(quiet.length / days).toBeLessThan(paymentsPerDay * 1.1);
  });

  it('has as much fraud as it says, and it can be told apart, but not perfectly', () => {
    const share = quiet.filter((payment) => payment.truth === 'fraud').length / quiet.length;
    expect(share).toBeGreaterThan(fraudShare.before - 0.012);
    expect(share).toBeLessThan(fraudShare.before + 0.012);
    const ranked = rank(quiet, obviousScore);
    expect(ranked).toBeGreaterThan(0.8);
    expect(ranked).toBeLessThan(0.97);
  });

  it('leaves some values missing, and keeps the cross-field rule', () => {
    const missing = (name: 'deviceAgeDays' | 'country' | 'minutesSinceLast') =>
      quiet.filter((payment) => payment.features[name] === null).length / quiet.length;
    expect(missing('deviceAgeDays')).toBeGreaterThan(0.02);
    expect(missing('deviceAgeDays')).toBeLessThan(0.06);
    expect(missing('country')).toBeGreaterThan(0.003);
    expect(missing('minutesSinceLast')).toBeGreaterThan(0);
    expect(
      quiet.every(
        ({ features }) => features.deviceAgeDays === null || features.deviceAgeDays <= features.accountAgeDays,
      ),
    ).toBe(true);
  });

  it('tells the outcome late, sometimes never, sometimes wrongly first, sometimes twice', () => {
    const delays = quiet
      .flatMap((payment) => (payment.labelDelayRows === null ? [] : [payment.labelDelayRows]))
      .sort((a, b) => a - b);
    const median = delays[Math.floor(delays.length / 2)] ?? 0;
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(median).toBeGreaterThan(labelDelayRowsMedian.genuine * 0.9);
    expect(median).toBeLessThan(labelDelayRowsMedian.genuine * 1.1);
    expect(mean / median).toBeGreaterThan(1.15);
    expect(1 - delays.length / quiet.length).toBeCloseTo(neverLabelledShare, 2);
    const corrected = quiet.filter((payment) => payment.correction !== null);
    expect(corrected.length).toBeGreaterThan(20);
    expect(
      corrected.every(
        (p) =>
          p.correction?.label === p.truth &&
          p.label !== p.truth &&
          (p.correction?.delayRows ?? 0) > (p.labelDelayRows ?? 0),
      ),
    ).toBe(true);
    expect(quiet.filter((payment) => payment.duplicateDelayRows !== null).length / quiet.length).toBeCloseTo(0.02, 2);
  });

  it('knows merchantRisk only in the warehouse, where it gives the answer away', () => {
    expect(rank(quiet, (payment) => payment.warehouse.merchantRisk)).toBeGreaterThan(0.95);
    expect(Object.keys(quiet[0]?.features ?? {})).not.toContain('merchantRisk');
  });
});

describe('named changes', () => {
  it('change nothing before their row', () => {
    const world = play(
      {
        seed,
        changes: [
          { atRow: 500, name: 'new-fraud-pattern' },
          { atRow: 500, name: 'unit-change' },
          { atRow: 500, name: 'volume-shift' },
        ],
      },
      0,
      500,
    );
    expect(world).toEqual(quiet.slice(0, 500));
  });

  it('may begin while the world runs', () => {
    const world = createWorld({ seed }).skipTo(12_000);
    world.introduce('unit-change');
    expect(Array.from({ length: 50 }, () => world.next())).toEqual(changed('unit-change').slice(0, 50));
  });

  it('new-fraud-pattern: more fraud, small, on trusted devices, which yesterday looked safest', () => {
    const now = changed('new-fraud-pattern').slice(200);
    const frauds = now.filter((payment) => payment.truth === 'fraud');
    expect(frauds.length / now.length).toBeGreaterThan(fraudShare.after - 0.025);
    expect(frauds.length / now.length).toBeLessThan(fraudShare.after + 0.025);
    expect(medianOf(frauds, (payment) => payment.features.amountToUsual)).toBeLessThan(0.6);
    expect(
      medianOf(
        after.filter((payment) => payment.truth === 'fraud'),
        (payment) => payment.features.amountToUsual,
      ),
    ).toBeGreaterThan(1.8);
    expect(rank(now, obviousScore)).toBeLessThan(0.6);
    expect(pValueOf(before, now, (payment) => payment.features.merchantCategory)).toBeLessThan(1e-6);
  });

  it('unit-change: amountToUsual in percent, and nothing else', () => {
    const now = changed('unit-change');
    for (const [i, payment] of now.entries()) {
      const was = after[i];
      const { amountToUsual, ...rest } = payment.features;
      const { amountToUsual: wasRatio, ...wasRest } = was?.features ?? payment.features;
      if (Math.abs(amountToUsual - wasRatio * 100) > 0.06)
        throw new Error(`row ${payment.row}: ${wasRatio} became ${amountToUsual}`);
      expect(rest).toEqual(wasRest);
    }
    expect(now.map((payment) => payment.amount)).toEqual(after.map((payment) => payment.amount));
  });

  it('volume-shift: three times the traffic, and no feature moves', () => {
    const now = changed('volume-shift');
    const daysOf = (payments: readonly Payment[]) =>
      ((payments.at(-1)?.eventTimeMs ?? 0) - (payments[0]?.eventTimeMs ?? 0)) / 86_400_000;
    expect(daysOf(after) / daysOf(now)).toBeGreaterThan(2.7);
    expect(daysOf(after) / daysOf(now)).toBeLessThan(3.3);
    const cells: { readonly [feature: string]: (payment: Payment) => string } = {
      amount: ({ features }) => String(Math.floor(Math.log2(features.amount))),
      amountToUsual: ({ features }) => String(Math.floor(Math.log2(features.amountToUsual + 0.01))),
      merchantCategory: ({ features }) => features.merchantCategory,
      country: ({ features }) => String(features.country),
      foreign: ({ features }) => String(features.foreign),
      channel: ({ features }) => features.channel,
      deviceAgeDays: ({ features }) =>
        features.deviceAgeDays === null ? '' : String(Math.floor(features.deviceAgeDays / 60)),
      minutesSinceLast: ({ features }) =>
        features.minutesSinceLast === null ? '' : String(Math.floor(Math.log2(features.minutesSinceLast + 1))),
      attemptsLastHour: ({ features }) => String(features.attemptsLastHour),
      hour: ({ features }) => features.at.slice(11, 13),
    };
    // Rows of one card are alike, so a plain test is a little too eager; windows of what is watched are small.
    for (const [feature, cell] of Object.entries(cells)) {
      expect(pValueOf(before.slice(-4_000), now.slice(0, 4_000), cell), feature).toBeGreaterThan(0.0005);
    }
  });
});

/** What a clerk would look at: big, new device, abroad. */
function obviousScore({ features }: Payment): number {
  const isNewDevice = features.deviceAgeDays !== null && features.deviceAgeDays < 5;
  return (
    features.amountToUsual + (isNewDevice ? 3 : 0) + (features.foreign === true ? 1 : 0) + features.attemptsLastHour
  );
}

function rank(payments: readonly Payment[], score: (payment: Payment) => number): number {
  return (
    auroc(
      payments.map(score),
      payments.map((payment) => (payment.truth === 'fraud' ? 1 : 0)),
    ) ?? Number.NaN
  );
}

function medianOf(payments: readonly Payment[], value: (payment: Payment) => number): number {
  return payments.map(value).sort((a, b) => a - b)[Math.floor(payments.length / 2)] ?? Number.NaN;
}

function pValueOf(first: readonly Payment[], second: readonly Payment[], cell: (payment: Payment) => string): number {
  const cells = [...new Set([...first, ...second].map(cell))];
  const count = (payments: readonly Payment[]) => {
    const counts = new Map<string, number>();
    for (const payment of payments) counts.set(cell(payment), (counts.get(cell(payment)) ?? 0) + 1);
    return cells.map((name) => counts.get(name) ?? 0);
  };
  return chiSquareHomogeneity(count(first), count(second)).pValue;
}
