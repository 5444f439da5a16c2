import { expect, test } from 'vitest';
import { createRandom } from '../numeric/random.ts';
import type { Columns } from './expanded-rows.ts';
import { tellApart } from './tell-apart.ts';

const [stretches, stretchRows] = [20, 200];

function draw(seed: string, rows: number, correlation = 0): Columns {
  const random = createRandom(seed);
  const first = Float64Array.from({ length: rows }, () => random.normal());
  const second = first.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * random.normal());
  return [first, second, Float64Array.from({ length: rows }, () => random.normal())];
}

const reference = { columns: draw('reference', stretches * stretchRows), stretches, stretchRows };

test('rows whose columns go together otherwise are told apart, by the product of these two', () => {
  const told = tellApart(reference, draw('window', stretchRows, 0.8));
  expect(told.auroc).toBeGreaterThan(told.expectedHigh);
  expect(told.pValue).toBeLessThan(1e-4);
  expect(told.used[0]).toMatchObject({ first: 0, second: 1 });
});

test('rows like those of the reference are not: the area is one that its stretches have', () => {
  const told = Array.from({ length: 40 }, (_, seed) => tellApart(reference, draw(`same ${seed}`, stretchRows)));
  expect(told.filter(({ pValue }) => pValue <= 0.01).length).toBeLessThanOrEqual(2);
  for (const { expected } of told) expect(Math.abs(expected - 0.5)).toBeLessThan(0.03);
});

test('a window that is shorter than a stretch is held against as many rows of each', () => {
  const short = draw('window', 120, 0.8);
  expect(tellApart(reference, short)).toEqual(
    tellApart(
      {
        columns: reference.columns.map((column) =>
          Float64Array.from({ length: stretches * 120 }, (_, row) => {
            const stretch = Math.floor(row / 120);
            return column[stretch * stretchRows + (row % 120)] ?? Number.NaN;
          }),
        ),
        stretches,
        stretchRows: 120,
      },
      short,
    ),
  );
});

test('columns that never change tell nothing', () => {
  const same = (rows: number): Columns => [new Float64Array(rows), new Float64Array(rows)];
  const told = tellApart({ columns: same(stretches * stretchRows), stretches, stretchRows }, same(stretchRows));
  expect(told).toMatchObject({ auroc: 0.5, pValue: 1, used: [] });
});
