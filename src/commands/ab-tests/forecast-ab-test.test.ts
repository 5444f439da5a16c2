import { expect, test } from 'vitest';
import { entitiesPerDay } from './forecast-ab-test.ts';

const traffic = { rowsPerHour: 10, failureRate: 0, wrongRate: 0, labels: null };

test('the share of new entities is taken of the rows that there were, however few', () => {
  expect(entitiesPerDay({ ...traffic, rows: 40, entities: 10 })).toBe(60);
  expect(entitiesPerDay({ ...traffic, rows: 2_000, entities: 500 })).toBe(60);
  expect(entitiesPerDay({ ...traffic, rows: 40, entities: null })).toBe(240);
  expect(entitiesPerDay({ ...traffic, rowsPerHour: 0, rows: 0, entities: null })).toBe(0);
});
