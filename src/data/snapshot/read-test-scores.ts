import { withDuck } from '../duck/connect.ts';
import { judgedRowsMax } from '../../domain/spec/split/check-split.ts';
import type { Baseline } from '../../domain/spec/closed-sets.ts';
import { pathLiteral } from '../duck/sql.ts';

/** Hold-out scores as the trainer wrote them, oldest row first; one element per test row. */
export interface TestScores {
  readonly order: readonly number[];
  readonly labels: readonly number[];
  readonly candidate: readonly (readonly number[])[];
  /** Null without a champion. */
  readonly champion: readonly (readonly number[])[] | null;
  /** Those that were asked for and that the file holds: files of earlier releases hold none. */
  readonly baselines: { readonly [Name in Baseline]?: readonly (readonly number[])[] };
  /** 0 or 1 for each of `gatedSlices`; null in files without any. */
  readonly slices: readonly (readonly number[])[] | null;
  readonly gains: { readonly yes: readonly number[]; readonly no: readonly number[] } | null;
  /** When each row happened; null in files without times, as of models without a season. */
  readonly eventTimesMs: readonly (number | null)[] | null;
}

/** Of more than a gate reads, the youngest: by how many they are, those are found that a champion has not seen. */
export async function readTestScores(path: string, baselines: readonly Baseline[]): Promise<TestScores> {
  const names = [
    '_order',
    'label',
    'candidate',
    'champion',
    'gainYes',
    'gainNo',
    'slices',
    'eventTimeMs',
    ...baselines,
  ];
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    const rows = await duck.rows(
      `SELECT * FROM (SELECT COLUMNS('^(${names.join('|')})$') FROM read_parquet(${pathLiteral(path)}) ` +
        `ORDER BY _order DESC LIMIT ${judgedRowsMax}) ORDER BY _order`,
    );
    const gainYes = rows.map((row) => row['gainYes']);
    return {
      order: rows.map((row) => Number(row['_order'])),
      labels: rows.map((row) => Number(row['label'])),
      candidate: rows.map((row) => numbersOf(row['candidate'])),
      champion: listsIn(rows, 'champion'),
      baselines: Object.fromEntries(
        baselines.flatMap((name) => {
          const scores = listsIn(rows, name);
          return scores === null ? [] : [[name, scores]];
        }),
      ),
      slices: listsIn(rows, 'slices'),
      gains:
        rows.length > 0 && gainYes.every((cell) => typeof cell === 'number')
          ? { yes: gainYes.map(Number), no: rows.map((row) => Number(row['gainNo'])) }
          : null,
      eventTimesMs:
        rows.length > 0 && rows.every((row) => 'eventTimeMs' in row)
          ? rows.map(({ eventTimeMs }) => (typeof eventTimeMs === 'number' ? eventTimeMs : null))
          : null,
    };
  });
}

function listsIn(rows: readonly Record<string, unknown>[], name: string): readonly (readonly number[])[] | null {
  const cells = rows.map((row) => row[name]);
  return cells.length > 0 && cells.every((cell) => Array.isArray(cell)) ? cells.map(numbersOf) : null;
}

function numbersOf(cell: unknown): readonly number[] {
  return Array.isArray(cell) ? cell.map(Number) : [];
}
