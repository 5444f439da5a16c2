import { withDuck } from '../duck/connect.ts';
import { pathLiteral } from '../duck/sql.ts';

/** Hold-out scores as the trainer wrote them, oldest row first; one element per test row. */
export interface TestScores {
  readonly order: readonly number[];
  readonly labels: readonly number[];
  readonly candidate: readonly (readonly number[])[];
  /** Null without a champion. */
  readonly champion: readonly (readonly number[])[] | null;
  readonly gains: { readonly yes: readonly number[]; readonly no: readonly number[] } | null;
}

const rowsMax = 100_000;

export async function readTestScores(path: string): Promise<TestScores> {
  return withDuck({ threads: 1, memoryMb: 256 }, async (duck) => {
    const rows = await duck.rows(`SELECT * FROM read_parquet(${pathLiteral(path)}) ORDER BY _order LIMIT ${rowsMax}`);
    const champion = rows.map((row) => row['champion']);
    const gainYes = rows.map((row) => row['gainYes']);
    return {
      order: rows.map((row) => Number(row['_order'])),
      labels: rows.map((row) => Number(row['label'])),
      candidate: rows.map((row) => numbersOf(row['candidate'])),
      champion: champion.every((cell) => Array.isArray(cell)) && rows.length > 0 ? champion.map(numbersOf) : null,
      gains:
        rows.length > 0 && gainYes.every((cell) => typeof cell === 'number')
          ? { yes: gainYes.map(Number), no: rows.map((row) => Number(row['gainNo'])) }
          : null,
    };
  });
}

function numbersOf(cell: unknown): readonly number[] {
  return Array.isArray(cell) ? cell.map(Number) : [];
}
