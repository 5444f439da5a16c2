import { expect, test } from 'vitest';
import { cellSigns, placeStretches, readCells, stretchReferenceRowsMin, writeCells } from './reference-stretches.ts';

test('stretches lie inside the reference, one after another, and not at equal distances', () => {
  for (const rows of [stretchReferenceRowsMin, 15_000, 1_000_000]) {
    const placed = placeStretches(rows);
    if (placed === null) throw new Error('no stretches');
    const { starts, stretchRows } = placed;
    const gaps = starts.slice(1).map((start, i) => start - (starts[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(stretchRows);
    expect((starts.at(-1) ?? 0) + stretchRows).toBeLessThanOrEqual(rows);
    expect(new Set(gaps).size).toBeGreaterThan(20);
    expect(placeStretches(rows)).toEqual(placed);
  }
  expect(placeStretches(stretchReferenceRowsMin)?.stretchRows).toBe(100);
  expect(placeStretches(1_000_000)?.stretchRows).toBe(500);
  expect(placeStretches(stretchReferenceRowsMin - 1)).toBeNull();
});

test('cells are read as they were written', () => {
  const placed = { starts: [2, 70], stretchRows: 3 };
  expect([...readCells(writeCells(placed, (row) => row % cellSigns.length))]).toEqual([2, 3, 4, 4, 5, 6]);
  expect(new Set(cellSigns).size).toBe(66);
});
