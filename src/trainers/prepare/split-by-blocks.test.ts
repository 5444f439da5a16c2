import { describe, expect, it } from 'vitest';
import { defaultSplit } from '../../domain/spec/default-spec.ts';
import { isPerennialError } from '../../domain/words/errors.ts';
import type { Extent } from '../../domain/words/extent.ts';
import type { RowRange } from '../interface.ts';
import type { Fold, Split } from './folder.ts';
import { splitByBlocks } from './split-by-blocks.ts';

interface Case {
  readonly rows: number;
  readonly folds: number;
  readonly delay: Extent;
  readonly rowsMax: number;
  readonly eventTimeMs: Float64Array | null;
}

const linesOf = ({ from, to }: RowRange): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
const linesIn = (ranges: readonly RowRange[]): number[] => ranges.flatMap(linesOf);

/** The same cases every time: times stand still, jump and are missing; delays reach from nothing to most of it. */
function casesOf(count: number): readonly Case[] {
  let state = 20_261_130;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, at): Case => {
    const rows = 60 + below(300);
    let nowMs = 0;
    const eventTimeMs = Float64Array.from({ length: rows }, () => {
      nowMs += random() < 0.3 ? 0 : below(random() < 0.05 ? 900 : 20);
      return random() < 0.06 ? Number.NaN : nowMs;
    });
    return {
      rows,
      folds: 3 + below(8),
      delay: at % 2 === 0 ? { rows: below(25) } : { ms: below(300) },
      rowsMax: random() < 0.5 ? rows : 40 + below(rows),
      eventTimeMs: at % 4 === 0 ? null : eventTimeMs,
    };
  });
}

function cut({ rows, folds, delay, rowsMax, eventTimeMs }: Case): Split | null {
  try {
    return splitByBlocks({ rows, eventTimeMs }, { ...defaultSplit, testRowsMax: rowsMax }, folds, delay);
  } catch (error) {
    expect(isPerennialError(error) && error.path).toBe('split.blocks');
    return null;
  }
}

/** Whether the label of the earlier of two rows was known when the later one came; missing times are of no row. */
function isApart({ delay, eventTimeMs }: Case, a: number, b: number): boolean {
  const [early, late] = [Math.min(a, b), Math.max(a, b)];
  if ('rows' in delay) return late - early > delay.rows;
  if (eventTimeMs === null) return true;
  const [earlyMs = Number.NaN, lateMs = Number.NaN] = [eventTimeMs[early], eventTimeMs[late]];
  return Number.isNaN(earlyMs) || Number.isNaN(lateMs) || earlyMs + delay.ms <= lateMs;
}

function mustBeApart(given: Case, some: readonly number[], others: readonly number[]): void {
  const near = some.flatMap((a) => others.filter((b) => a === b || !isApart(given, a, b)).map((b) => `${a} and ${b}`));
  expect(near, JSON.stringify({ ...given, eventTimeMs: null })).toEqual([]);
}

describe('splitByBlocks', () => {
  const cases = casesOf(160).map((given) => ({ given, split: cut(given) }));
  const whole = cases.flatMap(({ given, split }) => (split === null ? [] : [{ given, split }]));
  const each = (look: (given: Case, fold: Fold) => void): void => {
    for (const { given, split } of whole) for (const fold of split.folds ?? []) look(given, fold);
  };

  it('finds enough of the cases possible for the rest to mean something', () => {
    expect(whole.length).toBeGreaterThan(80);
    expect(whole.length).toBeLessThan(cases.length);
  });

  it('judges each of the youngest rows once, in the order of time', () => {
    for (const { given, split } of whole) {
      const blocks = (split.folds ?? []).map(({ block }) => block);
      expect(blocks).toHaveLength(given.folds);
      expect(linesIn(blocks)).toEqual(linesOf(split.test));
      expect(split.test).toEqual({ from: Math.max(0, given.rows - given.rowsMax), to: given.rows });
    }
  });

  it('lets no row answer for a block that it lies in or within the label delay of', () => {
    each((given, { block, outside }) => mustBeApart(given, linesIn(outside), linesOf(block)));
  });

  it('leaves out no row but those, and rows without a time beside them', () => {
    each((given, { block, outside }) => {
      const kept = new Set([...linesIn(outside), ...linesOf(block)]);
      const timeless = (line: number): boolean => Number.isNaN(given.eventTimeMs?.[line] ?? 0);
      const apart = linesOf({ from: 0, to: given.rows }).filter(
        (line) => !kept.has(line) && linesOf(block).every((other) => isApart(given, line, other)),
      );
      if ('rows' in given.delay) expect(apart).toEqual([]);
      else expect(apart.every((line) => timeless(line) || hasTimelessEdge(given, block))).toBe(true);
    });
  });

  it('chooses trees on rows that are apart from those that they grow on, and both lie outside', () => {
    each((given, { outside, training, validation }) => {
      const lines = new Set(linesIn(outside));
      expect([...linesIn(training), ...linesOf(validation)].every((line) => lines.has(line))).toBe(true);
      mustBeApart(given, linesIn(training), linesOf(validation));
    });
  });
});

/** A block that ends in rows of unknown time is held against the nearest one that has a time. */
function hasTimelessEdge({ eventTimeMs }: Case, { from, to }: RowRange): boolean {
  return [from, to - 1].some((line) => Number.isNaN(eventTimeMs?.[line] ?? 0));
}
