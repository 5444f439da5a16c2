import { expect, test } from 'vitest';
import type { EncodedRow } from '../../domain/spec/signature.ts';
import { createBatcher } from './micro-batch.ts';

const rowOf = (value: number): EncodedRow => ({ numbers: Float64Array.of(value), texts: [] });
const rowsOf = (...values: readonly number[]): EncodedRow[] => values.map(rowOf);
/** Doubles each value and remembers the size of each run. */
function doubling(runs: number[] = []) {
  return {
    runs,
    score: (rows: readonly EncodedRow[]) => {
      runs.push(rows.length);
      return Promise.resolve(rows.map((row) => [(row.numbers[0] ?? NaN) * 2]));
    },
  };
}

test('requests of one turn share a run and get their own answers in order', async () => {
  const scorer = doubling();
  const batcher = createBatcher(scorer);
  const answers = await Promise.all([batcher.submit(rowsOf(1, 2)), batcher.submit(rowsOf(3)), batcher.submit([])]);
  expect(answers).toEqual([[[2], [4]], [[6]], []]);
  expect(scorer.runs).toEqual([3]);
  await batcher.idle();
  expect(batcher.queuedRows).toBe(0);
});

test('a run is capped, and a job may span several', async () => {
  const scorer = doubling();
  const batcher = createBatcher(scorer, { rowsPerRunMax: 4 });
  const values = Array.from({ length: 10 }, (_, index) => index);
  const [first, second] = await Promise.all([batcher.submit(rowsOf(...values)), batcher.submit(rowsOf(100))]);
  expect(first).toEqual(values.map((value) => [value * 2]));
  expect(second).toEqual([[200]]);
  expect(scorer.runs).toEqual([4, 4, 3]);
});

test('what arrives during a run goes into the next one', async () => {
  const scorer = doubling();
  let late: Promise<unknown> | undefined;
  const batcher = createBatcher({
    score: (rows) => {
      late ??= batcher.submit(rowsOf(7));
      return scorer.score(rows);
    },
  });
  await batcher.submit(rowsOf(1));
  expect(await late).toEqual([[14]]);
  expect(scorer.runs).toEqual([1, 1]);
});

test('a full queue refuses the whole request and keeps the others', async () => {
  const batcher = createBatcher(doubling(), { queuedRowsMax: 3 });
  const kept = batcher.submit(rowsOf(1, 2));
  await expect(batcher.submit(rowsOf(3, 4))).rejects.toMatchObject({ code: 'overloaded' });
  expect(await kept).toEqual([[2], [4]]);
  expect(await batcher.submit(rowsOf(3, 4))).toEqual([[6], [8]]);
});

test('one bad row does not fail its neighbours', async () => {
  const errors: unknown[] = [];
  const scorer = doubling();
  const batcher = createBatcher(
    {
      score: (rows) =>
        rows.some((row) => row.numbers[0] === 13) ? Promise.reject(new Error('bad luck')) : scorer.score(rows),
    },
    { onError: (error) => errors.push(error) },
  );
  expect(await Promise.all([batcher.submit(rowsOf(1, 13)), batcher.submit(rowsOf(2))])).toEqual([[[2], null], [[4]]]);
  expect(errors).toHaveLength(1);
});
