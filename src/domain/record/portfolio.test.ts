import { expect, test } from 'vitest';
import { noCosts, portfolioFrom, type PortfolioSums } from './portfolio.ts';

const period = { from: new Date('2026-05-01T00:00:00Z'), to: new Date('2026-06-01T00:00:00Z') };
const sums = (change: Partial<PortfolioSums>): PortfolioSums => ({
  model: 'fraud',
  owner: 'risk',
  useCase: 'holds payments',
  currency: 'EUR',
  windows: 4,
  predictions: 2_000,
  measuredRows: 2_000,
  labelledRows: 1_000,
  value: -500,
  firstVersion: 1,
  comparedRows: 900,
  difference: 100,
  differenceVariance: 400,
  trainings: 2,
  trainingMs: 3_600_000,
  servedMs: 36_000_000,
  ...change,
});

test('money of two currencies is never added, and models without a measured value are in no total', () => {
  const { totals } = portfolioFrom(
    [
      sums({}),
      sums({ model: 'b', difference: 50, differenceVariance: 500 }),
      sums({ model: 'c', currency: 'USD', value: 7 }),
      sums({ model: 'd', value: null, difference: null }),
      sums({ model: 'e', currency: null, value: null }),
    ],
    period,
    noCosts,
  );
  expect(totals.map(({ currency, models, value }) => [currency, models, value])).toEqual([
    ['EUR', 2, -1_000],
    ['USD', 1, 7],
  ]);
  // Variances add: 1.96 times the root of 900.
  expect(totals[0]?.differenceToNeverRetrained).toEqual({
    estimate: 150,
    low: expect.closeTo(150 - 58.7989, 3),
    high: expect.closeTo(150 + 58.7989, 3),
  });
});

test('cost is shown only when a currency and a price are declared; hours always', () => {
  expect(portfolioFrom([sums({})], period, noCosts)).toMatchObject({
    platformCost: null,
    trainingHours: 1,
    servedHours: 10,
    models: [{ platformCost: null, labelCoverage: 0.5 }],
  });
  expect(portfolioFrom([sums({})], period, { ...noCosts, perTrainingHour: 2 }).platformCost).toBeNull();
  expect(
    portfolioFrom([sums({})], period, { currency: 'EUR', perTrainingHour: 2, perServingHour: null }).platformCost,
  ).toEqual({ currency: 'EUR', amount: 2 });
  expect(
    portfolioFrom([sums({ measuredRows: 0, labelledRows: 0, difference: null })], period, noCosts).models[0],
  ).toMatchObject({ labelCoverage: null, differenceToNeverRetrained: null });
});
