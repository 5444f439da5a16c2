import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { columnsOfRepair } from '../../domain/repairs/columns-of-repair.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import { cut } from '../../domain/words/cut.ts';
import type { Duck, DuckDbSettings } from '../duck/connect.ts';
import { withTable } from '../read/open-table.ts';
import { changed } from '../repairs/repair-table.ts';
import { judgeAgain, type JudgedBy } from './judge-again.ts';

export interface RepairChecked {
  /** Rows that the repair changed or took out. */
  readonly changed: number;
  /** Rows that break no rule behind the repairs. */
  readonly mended: number;
  /** Rows that this repair, or one before or behind it, takes out. */
  readonly takenOut: number;
  readonly broken: number;
  /** Of the rows that are still broken, by how many; the most frequent first. */
  readonly rules: readonly { readonly ruleId: string; readonly rows: number }[];
  /** The first rows that it changed, by line. */
  readonly first: readonly RepairedCell[];
}

/** A cell of a quarantined row before and after the repair; texts are cut. Null for no value. */
export interface RepairedCell {
  readonly line: number;
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Rules that its row breaks behind all repairs; null where it is taken out. */
  readonly breaks: readonly string[] | null;
}

const firstMax = 10;
const rulesMax = 20;
const charactersMax = 200;

/**
 * What the repair at one place of a definition makes of quarantined rows, as they came; nothing is stored. Repairs that
 * look at other rows see these alone. Law: one scan of the rows.
 */
export async function checkRepair(
  input: JudgedBy & {
    readonly rows: readonly { readonly line: number; readonly json: string }[];
    /** The place of the repair among those of the definition. */
    readonly at: number;
    readonly workDir: string;
    readonly settings?: DuckDbSettings;
  },
): Promise<RepairChecked> {
  const { rows, workDir, at, spec } = input;
  if (rows.length === 0) return { changed: 0, mended: 0, takenOut: 0, broken: 0, rules: [], first: [] };
  await mkdir(workDir, { recursive: true });
  const settings = { memoryMb: 512, ...input.settings, tempDir: workDir };
  const path = join(workDir, 'repaired.ndjson');
  try {
    await writeFile(path, rows.map(({ json }) => `${json}\n`).join(''));
    const options = { expected: 'ndjson', encoding: 'utf-8', name: 'the quarantine', settings } as const;
    return await withTable(path, options, async (table, duck) => {
      const { repaired } = await judgeAgain(duck, table, input);
      const [count] = await duck.rows(`SELECT CAST(count(*) FILTER (WHERE NOT bad) AS DOUBLE) AS mended,
          CAST(count(*) FILTER (WHERE bad) AS DOUBLE) AS broken FROM checked`);
      const rules = await duck.rows(`SELECT id, CAST(count(*) AS DOUBLE) AS rows FROM (
          SELECT unnest(ids) AS id FROM checked WHERE bad) GROUP BY id ORDER BY rows DESC, id LIMIT ${rulesMax}`);
      const step = repaired?.steps.find(({ index }) => index === at);
      const isChanged = step === undefined ? 'false' : changed(at, step.cell);
      const [moved] = await duck.rows(
        repaired === null
          ? 'SELECT 0.0 AS rows'
          : `SELECT CAST(count(*) FILTER (WHERE ${isChanged}) AS DOUBLE) AS rows FROM repaired`,
      );
      return {
        changed: Number(moved?.['rows'] ?? 0),
        mended: Number(count?.['mended'] ?? 0),
        takenOut: repaired?.removed ?? 0,
        broken: Number(count?.['broken'] ?? 0),
        rules: rules.map(({ id, rows: broken }) => ({ ruleId: String(id), rows: Number(broken) })),
        first: step === undefined ? [] : await firstCells(duck, spec, step.cell, isChanged, input),
      };
    });
  } finally {
    await rm(path, { force: true });
  }
}

async function firstCells(
  duck: Duck,
  { repairs = [] }: RowsSpec,
  cell: { readonly before: string; readonly after: string } | null,
  isChanged: string,
  { rows, at }: { readonly rows: readonly { readonly line: number }[]; readonly at: number },
): Promise<readonly RepairedCell[]> {
  const [before, after] = cell === null ? ['NULL', 'NULL'] : [cell.before, cell.after];
  const found = await duck.rows(`SELECT CAST(r.n AS DOUBLE) AS n, r.before, r.after, c.ids
    FROM (SELECT n, CAST(${before} AS VARCHAR) AS before, CAST(${after} AS VARCHAR) AS after FROM repaired
      WHERE ${isChanged} ORDER BY n LIMIT ${firstMax}) r LEFT JOIN checked c ON c.n = r.n ORDER BY r.n`);
  const repair = repairs[at];
  const column = repair === undefined ? '' : columnsOfRepair(repair).join(', ');
  return found.map((row) => ({
    line: rows[Number(row['n']) - 1]?.line ?? 0,
    column,
    before: textOf(row['before']),
    after: textOf(row['after']),
    breaks: Array.isArray(row['ids']) ? row['ids'].map(String) : null,
  }));
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? cut(value, charactersMax) : null;
}
