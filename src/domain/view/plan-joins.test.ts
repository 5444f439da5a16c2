import { expect, test } from 'vitest';
import { createRandom } from '../../statistics/numeric/random.ts';
import { joinedAtOnce, joinedRowsMax, lineMax, nextJoin, type JoinablePart } from './plan-joins.ts';

interface Written extends JoinablePart {
  /** How often the oldest row of it was written anew. */
  readonly written: number;
}

/** A line as it is after so many looks, joined after each one, and the longest that it ever was. */
function aged(looks: number, rowsOf: (look: number) => number): { line: readonly Written[]; longest: number } {
  let line: readonly Written[] = [];
  let order = 0;
  let longest = 0;
  for (let look = 0; look < looks; look++) {
    const rows = rowsOf(look);
    line = [
      ...line,
      { digest: String(look), level: 0, looks: 1, rows, orderMin: order, orderMax: order + rows - 1, written: 0 },
    ];
    order += rows;
    for (let next = nextJoin(line); next !== null; next = nextJoin(line)) {
      const from = line.findIndex(({ digest }) => digest === next.parts[0]?.digest);
      const of = line.slice(from, from + next.parts.length);
      expect(of.map(({ digest }) => digest)).toEqual(next.parts.map(({ digest }) => digest));
      const joined: Written = {
        digest: `${of[0]?.digest}-${of.at(-1)?.digest}`,
        level: next.level,
        looks: next.looks,
        rows: of.reduce((sum, part) => sum + part.rows, 0),
        orderMin: of[0]?.orderMin ?? 0,
        orderMax: of.at(-1)?.orderMax ?? 0,
        written: 1 + Math.max(...of.map(({ written }) => written)),
      };
      expect(joined.rows).toBeLessThanOrEqual(joinedRowsMax);
      line = line.toSpliced(from, of.length, joined);
    }
    longest = Math.max(longest, line.length - lineMax(look + 1, order));
  }
  return { line, longest };
}

test('a line of 20,000 looks is as short as promised all the time, and its rows are written anew a few times', () => {
  const { line, longest } = aged(20_000, () => 3);
  expect(longest).toBeLessThanOrEqual(0);
  expect(line.length).toBeLessThanOrEqual(62);
  expect(line.reduce((sum, { looks }) => sum + looks, 0)).toBe(20_000);
  expect(Math.max(...line.map(({ written }) => written))).toBeLessThanOrEqual(
    Math.ceil(Math.log(20_000) / Math.log(joinedAtOnce)),
  );
});

test('large batches among small ones, and batches without rows, break no promise', () => {
  const random = createRandom('joins');
  const sizes = [0, 1, 40, 3_000, 90_000, joinedRowsMax / 2, 3 * joinedRowsMax];
  const { line, longest } = aged(3_000, () => sizes[random.integer(60)] ?? 2);
  expect(longest).toBeLessThanOrEqual(0);
  expect(Math.max(...line.map(({ written }) => written))).toBeLessThanOrEqual(8);
  expect(line.filter(({ level, written }) => level === 0 && written > 0)).toEqual([]);
});

test('the newest is never joined, nor what begins again at earlier places', () => {
  const part = (at: number, orderMin = at): JoinablePart => ({
    digest: String(at),
    level: 0,
    looks: 1,
    rows: 1,
    orderMin,
    orderMax: orderMin,
  });
  const line = Array.from({ length: joinedAtOnce }, (_, at) => part(at));
  expect(nextJoin(line)).toBeNull();
  expect(nextJoin([...line, part(16)])?.parts).toEqual(line);
  const again = Array.from({ length: joinedAtOnce }, (_, at) => part(100 + at, at));
  const found = nextJoin([...line.slice(0, 5), ...again, part(200)]);
  expect(found?.parts).toEqual(line.slice(0, 5));
});
