import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import type { RepairCount } from '../../domain/training/snapshot.ts';
import { readsMarks } from '../../domain/repairs/cast-cell.ts';
import { columnsOfRepair } from '../../domain/repairs/columns-of-repair.ts';
import type { Duck } from '../duck/connect.ts';
import { pathLiteral, rowsOfFiles } from '../duck/sql.ts';
import { baseOf, cellText, isNested } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';
import { isKept, layersOf, type RepairStep } from './layers.ts';
import type { RepairedColumn } from './repaired-column.ts';

export interface RepairedTable {
  /**
   * Rows that are still there, with texts and flags by the names of the columns that were given: all, or those of a
   * part that was written by itself.
   */
  readonly rowsOf: (part?: number) => string;
  readonly counts: readonly RepairCount[];
  /** Rows that repairs took out. */
  readonly removed: number;
  readonly steps: readonly RepairStep[];
  /** SQL name, in the table `repaired`, of the text of a column behind all repairs. */
  readonly textOf: (column: string) => string;
}

/**
 * Runs the declared repairs over a table into DuckDB's temporary table `repaired`, which spills to disk. `partsOf`
 * writes the answer of a statement for each part to a file, or says null where all are repaired as one. Null where no
 * repair is declared: then nothing is read twice.
 */
export async function repairTable(
  duck: Duck,
  table: OpenTable,
  { repairs = [], eventTime }: Pick<RowsSpec, 'repairs' | 'eventTime'>,
  columns: readonly RepairedColumn[],
  partsOf: (repaired: (part: number) => string) => Promise<readonly string[]> | null = () => null,
): Promise<RepairedTable | null> {
  if (repairs.length === 0) return null;
  const plain = withoutGuesses(table, repairs);
  const read = columns.map(
    ({ name, role, declared, text, nested }) =>
      `${cellText(plain, name, role, declared)} AS ${text}, ${isNested(table, name)} AS ${nested}`,
  );
  const layers = (part?: number) => {
    const base = baseOf(table, part === undefined ? {} : { part });
    const rows = `(SELECT n, line, unreadable, ${read.join(', ')} FROM ${base})`;
    return layersOf(rows, columns, repairs, eventTime?.column ?? null);
  };
  const { steps, textOf } = layers();
  const seen = steps.flatMap(({ cell }) => (cell === null ? [] : [cell.before, cell.after]));
  const kept = new Set([...columns.flatMap(({ name, text, nested }) => [text, nested, textOf(name)]), ...seen]);
  // By place again: what looks at other rows leaves them in an order of its own.
  const order = repairs.every(isRowwise) ? '' : ' ORDER BY n';
  const repaired = (part?: number) =>
    `SELECT n, line, unreadable, removed, ${[...kept].join(', ')} FROM (${layers(part).sql})${order}`;
  const files = await partsOf(repaired);
  await duck.run(`CREATE OR REPLACE TEMP TABLE repaired AS ${files === null ? repaired() : rowsOfFiles(files)}`);
  const { counts, removed } = await count(duck, steps);
  const last = columns.map(({ name, text, nested }) => `${textOf(name)} AS ${text}, ${nested}`);
  const rowsOf = (part?: number): string => {
    const file = part === undefined ? undefined : files?.[part];
    const from = file === undefined ? 'repaired' : `read_parquet(${pathLiteral(file)})`;
    return `(SELECT n, line, unreadable, ${last.join(', ')} FROM ${from} WHERE ${isKept})`;
  };
  return { rowsOf, counts, removed, steps, textOf };
}

/** Whether a repair asks for no other row than the one that it repairs. */
export function isRowwise({ repair }: RepairSpec): boolean {
  return repair !== 'dedupe' && repair !== 'fillLast';
}

/** A column whose numbers are read as it is declared is not read first by a guess about its commas. */
function withoutGuesses(table: OpenTable, repairs: readonly RepairSpec[]): OpenTable {
  if (table.csv === null) return table;
  const cast = new Set(
    repairs.flatMap((repair) => (repair.repair === 'cast' && readsMarks[repair.to] ? [repair.column] : [])),
  );
  const { columns, commas } = table.csv;
  return {
    ...table,
    csv: { ...table.csv, commas: commas.map((comma, index) => (cast.has(columns[index] ?? '') ? null : comma)) },
  };
}

async function count(duck: Duck, steps: readonly RepairStep[]) {
  const figures = steps.map(({ index, cell }) => {
    const isChanged = changed(index, cell);
    return `CAST(count(*) FILTER (WHERE ${isChanged}) AS DOUBLE) AS c${index},
      CAST(min(line) FILTER (WHERE ${isChanged}) AS DOUBLE) AS l${index}`;
  });
  const [row] = await duck.rows(
    `SELECT CAST(count(removed) AS DOUBLE) AS removed, ${figures.join(', ')} FROM repaired`,
  );
  const counts = steps.map(({ index, repair, cell }): RepairCount => {
    const line = row?.[`l${index}`];
    return {
      repair: repair.repair,
      columns: columnsOfRepair(repair),
      of: cell === null ? 'rows' : 'cells',
      count: Number(row?.[`c${index}`] ?? 0),
      line: typeof line === 'number' ? line : null,
    };
  });
  return { counts, removed: Number(row?.['removed'] ?? 0) };
}

/** Whether a row of `repaired` was changed, or taken out, by a step. */
export function changed(index: number, cell: RepairStep['cell']): string {
  return cell === null ? `removed = ${index}` : `${cell.before} IS DISTINCT FROM ${cell.after}`;
}
