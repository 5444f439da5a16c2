import { expect, test } from 'vitest';
import type { TargetSpec } from '../spec/spec.ts';
import { arrivalCurves } from './arrival-curves.ts';

const came = (label: string, delayRows: number) => ({ label, delayRows, knownSeq: 1_000, receivedAtMs: 0 });
const binary: TargetSpec = { task: 'binary', column: 'y', positive: 'yes', negative: 'no', labelDelay: { rows: 1 } };

test('one curve for each class that came, over the same delays, each from its share at once to all', () => {
  const curves = arrivalCurves(binary, [
    ...[0, 0, 10, 20].map((delay) => came('yes', delay)),
    ...[40, 240].map((delay) => came('no', delay)),
    came('perhaps', 9_000),
  ]);
  expect(curves.map(({ kind, labels }) => [kind, labels])).toEqual([
    ['no', 2],
    ['yes', 4],
  ]);
  const [no, yes] = curves;
  expect(yes?.points[0]).toEqual({ delayRows: 0, share: 0.5 });
  expect(yes?.points[1]).toEqual({ delayRows: 10, share: 0.75 });
  expect(no?.points.map(({ delayRows }) => delayRows)).toEqual(yes?.points.map(({ delayRows }) => delayRows));
  expect(no?.points.at(-1)).toEqual({ delayRows: 240, share: 1 });
});

test('values are drawn by their quarters, and no labels are no curves', () => {
  const value: TargetSpec = { task: 'regression', column: 'y', labelDelay: { rows: 1 } };
  const labels = Array.from({ length: 8 }, (_, i) => came(String(i), i));
  expect(arrivalCurves(value, labels).map(({ kind, labels: count }) => [kind, count])).toEqual([
    ['lowest quarter', 2],
    ['second quarter', 2],
    ['third quarter', 2],
    ['highest quarter', 2],
  ]);
  expect(arrivalCurves(binary, [])).toEqual([]);
});
