import { describe, expect, test } from 'vitest';
import type { HistoryRule } from '../../spec/spec.ts';
import type { ColumnSummary } from '../../training/snapshot.ts';
import type { BatchBefore, BatchFacts, BatchHistory } from './batch-facts.ts';
import { judgeBatch } from './judge-batch.ts';

const facts = (change: Partial<BatchFacts> = {}): BatchFacts => ({
  rows: 100,
  profile: [],
  sourceColumns: null,
  ...change,
});
const before = (digest: string, change: Partial<BatchFacts> = {}): BatchBefore => {
  const known = facts(change);
  return { digest, rows: known.rows, facts: known };
};
const after = (...batches: readonly BatchBefore[]): BatchHistory => ({ before: batches, named: new Map() });

function verdictOf(rule: HistoryRule, batch: BatchFacts, history: BatchHistory): string {
  const [check] = judgeBatch([rule], batch, history);
  return `${check?.verdict}: ${check?.about}`;
}

const base = { id: 'r', severity: 'reject' } as const;
const column = (change: Partial<ColumnSummary>): BatchFacts =>
  facts({ profile: [{ name: 'x', rows: 1_000, missing: 0, distinct: 10, ...change }] });

/** How a rule judges one profile of a column after another. */
function judged(rule: object, now: Partial<ColumnSummary>, earlier: Partial<ColumnSummary>): string {
  const asked = { ...base, column: 'x', ...rule } as HistoryRule;
  return verdictOf(asked, column(now), after({ digest: 'd', rows: 100, facts: column(earlier) }));
}

describe('rows against the batches before', () => {
  const counts = (...rows: readonly number[]) =>
    after(...rows.map((count, index) => before(`d${index}`, { rows: count })));
  const factor: HistoryRule = { ...base, rule: 'rowCountHistory', batches: 3, factor: 2 };
  const robust: HistoryRule = { ...base, rule: 'rowCountHistory', batches: 5, deviations: 4 };

  test('are not judged before there are as many as are asked for', () => {
    expect(verdictOf(factor, facts(), counts(100, 90))).toBe('not-yet: 2 batches before, of 3 that are asked for');
    expect(verdictOf(factor, facts({ rows: 1 }), after())).toContain('not-yet: 0 batches');
  });

  test.each([
    [50, 'kept'],
    [49, 'broken'],
    [200, 'kept'],
    [201, 'broken'],
  ])('%i rows within a factor of the median of the newest', (rows, verdict) => {
    expect(verdictOf(factor, facts({ rows }), counts(90, 100, 5_000, 1, 1))).toMatch(new RegExp(`^${verdict}: `));
  });

  test.each([
    [1_000, 'kept'],
    [1_177, 'kept'],
    [1_180, 'broken'],
    [820, 'broken'],
  ])('%i rows within robust deviations, which one odd batch does not widen', (rows, verdict) => {
    expect(verdictOf(robust, facts({ rows }), counts(1_000, 970, 1_030, 980, 900_000))).toMatch(
      new RegExp(`^${verdict}: `),
    );
  });

  test('name what they were held against', () => {
    const [check] = judgeBatch([factor], facts({ rows: 9 }), counts(90, 100, 110, 120));
    expect(check).toEqual({
      ruleId: 'r',
      severity: 'reject',
      verdict: 'broken',
      about: '9 rows, where the last 3 batches had 100 in the middle and 50 to 200 are expected',
      against: ['d0', 'd1', 'd2'],
    });
  });
});

describe('columns against those of the batch before', () => {
  const names = (...columns: readonly string[]) =>
    facts({
      sourceColumns: columns.map((one) => ({ name: one.split(' ')[0] ?? '', type: one.split(' ')[1] ?? 'VARCHAR' })),
    });
  const schema = (mayAdd: boolean): HistoryRule => ({ ...base, rule: 'schemaChange', mayAdd });
  const reference = after({ digest: 'd', rows: 1, facts: names('id', 'customer_id', 'amount DOUBLE') });

  test.each([
    [true, names('amount DOUBLE', 'id', 'customer_id'), 'kept: additive: the same 3 columns'],
    [true, names('id', 'customer_id', 'amount DOUBLE', 'note'), 'kept: additive: added: note'],
    [false, names('id', 'customer_id', 'amount DOUBLE', 'note'), 'broken: additive: added: note'],
    [true, names('id', 'customer_id'), 'broken: breaking: amount is missing'],
    [
      true,
      names('id', 'customerId', 'amount BIGINT'),
      'broken: breaking: customer_id is missing (renamed to customerId?); amount is BIGINT and was DOUBLE; ' +
        'added: customerId',
    ],
    [true, facts(), 'failed: the columns of this batch are not known'],
  ] as const)('%s %#', (mayAdd, batch, said) => {
    expect(verdictOf(schema(mayAdd), batch, reference)).toBe(said);
  });

  test('are not judged where they were not kept', () => {
    expect(verdictOf(schema(true), names('id'), after(before('d')))).toContain('not-yet');
  });

  test('of two thousand that were all renamed the first are said, and no other is looked for', () => {
    const wide = (from: string) => Array.from({ length: 2_000 }, (_, index) => `${from}${index}`.padEnd(100, 'x'));
    const earlier = { ...before('d'), facts: names(...wide('previous_')) };
    expect(verdictOf(schema(true), names(...wide('present_')), after(earlier))).toMatch(
      /^broken: breaking: previous_0x+ is missing.*; and 1991 more$/,
    );
  });
});

describe('a column against that of the batch before', () => {
  test.each([
    [{ mean: 10.9, deviation: 1 }, { mean: 10, deviation: 2 }, 'kept'],
    [{ mean: 11.1, deviation: 1 }, { mean: 10, deviation: 2 }, 'broken'],
    [{ mean: 8.9, deviation: 1 }, { mean: 10, deviation: 2 }, 'broken'],
    [{ mean: 10, deviation: 0 }, { mean: 10, deviation: 0 }, 'kept'],
    [{ mean: 10.001, deviation: 0 }, { mean: 10, deviation: 0 }, 'broken'],
    [{ missing: 1_000 }, { mean: 10, deviation: 2 }, 'failed'],
    [{ mean: 10, deviation: 2 }, { mean: 10 }, 'not-yet'],
  ])('mean of %j after %j: %s', (now, earlier, verdict) => {
    expect(judged({ rule: 'meanShift', deviationsMax: 0.5 }, now, earlier)).toMatch(new RegExp(`^${verdict}: `));
  });

  test.each([
    [{ deviation: 3.9 }, { deviation: 2 }, 'kept'],
    [{ deviation: 4.1 }, { deviation: 2 }, 'broken'],
    [{ deviation: 0.9 }, { deviation: 2 }, 'broken'],
    [{ deviation: 0 }, { deviation: 0 }, 'kept'],
    [{ deviation: 0 }, { deviation: 2 }, 'broken'],
    [{}, { deviation: 2 }, 'failed'],
  ])('spread of %j after %j: %s', (now, earlier, verdict) => {
    expect(judged({ rule: 'spreadShift', factorMax: 2 }, now, earlier)).toMatch(new RegExp(`^${verdict}: `));
  });

  test.each([
    [{ missing: 140 }, { missing: 100 }, 'kept'],
    [{ missing: 160 }, { missing: 100 }, 'broken'],
    [{ missing: 0 }, { missing: 100 }, 'broken'],
    [{ missing: 0 }, { rows: 0 }, 'not-yet'],
    [{ rows: 0 }, { missing: 0 }, 'failed'],
  ])('missing values of %j after %j: %s', (now, earlier, verdict) => {
    expect(judged({ rule: 'missingChange', changeMax: 0.05 }, now, earlier)).toMatch(new RegExp(`^${verdict}: `));
  });

  const top = (rows: Record<string, number>) => ({
    top: Object.entries(rows).map(([value, count]) => ({ value, rows: count })),
  });
  test.each([
    [top({ a: 500, b: 500 }), top({ a: 540, b: 460 }), 'kept: a is 50 % of the values of x and was 54 %'],
    [top({ a: 400, b: 600 }), top({ a: 540, b: 460 }), 'broken: a is 40 % of the values of x and was 54 %'],
    [top({ a: 800, c: 200 }), top({ a: 800, b: 200 }), 'broken: c is 20 % of the values of x and was 0 %'],
    // What is not listed may have been as frequent as the last of the list.
    [top({ a: 800, c: 200 }), top({ a: 800, b: 150 }), 'broken: c is 20 % of the values of x and was at most 5 %'],
    [top({ a: 900, c: 100 }), top({ a: 880, b: 60 }), 'kept: '],
    [{ missing: 1_000 }, top({ a: 1_000 }), 'failed: this batch has no value of x'],
  ])('shares of %j after %j: %s', (now, earlier, said) => {
    expect(judged({ rule: 'shareChange', changeMax: 0.1 }, now, earlier)).toContain(said);
  });

  const steps = (rows: readonly number[], from = 0, to = 4) => ({
    histogram: { from, to, everyNth: 1, rows },
    mean: 1,
  });
  test.each([
    [steps([250, 250, 250, 250]), steps([250, 250, 250, 250]), 'kept'],
    [steps([250, 250, 250, 250]), steps([100, 250, 250, 400]), 'broken'],
    // Of other edges only bounds are known: no more is said than what they show.
    [steps([250, 250, 250, 250], 0.5, 4.5), steps([250, 250, 250, 250]), 'kept'],
    [steps([250, 250, 250, 250], 5, 9), steps([250, 250, 250, 250]), 'broken'],
    // Ten rows differ so by chance.
    [{ rows: 10, ...steps([2, 2, 3, 3]) }, { rows: 10, ...steps([1, 2, 3, 4]) }, 'kept'],
    [{ min: 0, max: 1, mean: 0.5 }, { min: 0, max: 1, mean: 0.3 }, 'broken'],
    [{ min: 5, max: 5, mean: 5 }, { min: 5, max: 5, mean: 5 }, 'kept'],
    [{ min: 5, max: 5, mean: 5 }, { min: 8, max: 8, mean: 8 }, 'broken'],
    [top({ a: 500, b: 500 }), top({ a: 700, b: 300 }), 'broken'],
    [top({ a: 500, b: 500 }), top({ a: 550, b: 450 }), 'kept'],
    [steps([250, 250, 250, 250]), {}, 'not-yet'],
    [{ missing: 1_000 }, steps([250, 250, 250, 250]), 'failed'],
  ])('distribution of %j after %j: %s', (now, earlier, verdict) => {
    expect(judged({ rule: 'distance', distanceMax: 0.1 }, now, earlier)).toMatch(new RegExp(`^${verdict}: `));
  });

  test('is held against a named snapshot, and one that there is none of is an error', () => {
    const rule: HistoryRule = { ...base, rule: 'meanShift', column: 'x', deviationsMax: 1, against: 'e'.repeat(64) };
    const named = (reference: BatchBefore | null): BatchHistory => ({
      before: [{ digest: 'd', rows: 1, facts: column({ mean: 900, deviation: 1 }) }],
      named: new Map([['e'.repeat(64), reference]]),
    });
    const reference = { digest: 'e'.repeat(64), rows: 1, facts: column({ mean: 10, deviation: 1 }) };
    expect(verdictOf(rule, column({ mean: 10 }), named(reference))).toContain('kept');
    expect(verdictOf(rule, column({ mean: 10 }), named(null))).toBe(
      'failed: snapshot eeeeeeeeeeeeeeee is not one of this model',
    );
  });

  test('has no verdict before there is one, and fails where the batch has no such column', () => {
    const rule: HistoryRule = { ...base, rule: 'meanShift', column: 'x', deviationsMax: 1 };
    expect(verdictOf(rule, column({ mean: 1 }), after())).toBe('not-yet: no batch was taken before this one');
    expect(verdictOf(rule, facts(), after({ digest: 'd', rows: 1, facts: column({ mean: 1 }) }))).toContain('failed');
  });
});
