import { expect, test } from 'vitest';
import { labelMeans } from '../../bench/label-averages/label-means.ts';
import { createRandom } from '../../src/statistics/numeric/random.ts';

const labels = Float64Array.of(1, 0, Number.NaN, 1, 1, 0);

test('without delay a row sees the labels of all rows before it, the newest first', () => {
  const [two] = labelMeans(labels, { windows: [2], delayRows: 0, togetherRows: 1 });
  expect([...(two ?? [])]).toEqual([Number.NaN, 1, 0.5, 0.5, 0.5, 1]);
});

test('rows that are answered together see what the first of them sees, and a delay takes the newest away', () => {
  const [together] = labelMeans(labels, { windows: [2], delayRows: 0, togetherRows: 3 });
  expect([...(together ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN, 0.5, 0.5, 0.5]);
  const [late] = labelMeans(labels, { windows: [2], delayRows: 2, togetherRows: 1 });
  expect([...(late ?? [])]).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 0.5, 0.5]);
});

test('no mean knows a label that had not come', () => {
  const random = createRandom('means');
  const drawn = Float64Array.from({ length: 200 }, () => (random.next() < 0.2 ? Number.NaN : random.next()));
  for (const [delayRows, togetherRows] of [
    [0, 1],
    [7, 1],
    [0, 10],
    [13, 4],
  ] as const) {
    const options = { windows: [1, 20], delayRows, togetherRows };
    const means = labelMeans(drawn, options);
    for (const row of [20, 57, 199]) {
      const end = row - (row % togetherRows) - delayRows;
      const changed = labelMeans(
        drawn.map((label, at) => (at >= end ? 9 : label)),
        options,
      );
      const before = labelMeans(
        drawn.map((label, at) => (at === newest(drawn, end) ? 9 : label)),
        options,
      );
      means.forEach((mean, at) => {
        expect(changed[at]?.[row]).toBe(mean[row]);
        expect(before[at]?.[row]).not.toBe(mean[row]);
      });
    }
  }
});

function newest(drawn: Float64Array, end: number): number {
  return drawn.findLastIndex((label, at) => at < end && !Number.isNaN(label));
}
