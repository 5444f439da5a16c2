import { isCellRepair } from '../../domain/repairs/repair-cell.ts';
import type { BatchRepair, CellRepair, RepairSpec } from '../../domain/spec/spec.ts';
import { presentSql } from '../read/read-lossless.ts';
import { batchColumns } from './batch-steps.ts';
import { cellSteps } from './cell-steps.ts';
import type { RepairedColumn } from './repaired-column.ts';

/** One repair in the table `repaired`. */
export interface RepairStep {
  /** Its place in the definition. */
  readonly index: number;
  readonly repair: RepairSpec;
  /** SQL names of the text before and after it; null for one that takes rows out. */
  readonly cell: { readonly before: string; readonly after: string } | null;
}

export interface Layers {
  readonly sql: string;
  readonly steps: readonly RepairStep[];
  /** SQL name of the text of a column behind all repairs. */
  readonly textOf: (column: string) => string;
}

/** `removed`: the place in the definition of the repair that took a row out; NULL for one that is still there. */
export const isKept = 'removed IS NULL';

/**
 * The repairs over `rows` (`n`, `line`, `unreadable`, the texts and flags of all columns) as one SELECT, in which the
 * text of each cell before and after each repair is a column of its own.
 */
export function layersOf(
  rows: string,
  columns: readonly RepairedColumn[],
  repairs: readonly RepairSpec[],
  eventTime: string | null,
): Layers {
  const texts = new Map(columns.map(({ name, text }) => [name, text]));
  const steps: RepairStep[] = [];
  let sql = `SELECT *, CAST(NULL AS INTEGER) AS removed FROM ${rows}`;
  const textOf = (name: string): string => texts.get(name) ?? 'NULL';
  const columnOf = (name: string): RepairedColumn => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw new TypeError(`column ${name} is not declared`);
    return { ...column, text: textOf(name) };
  };
  const add = (list: readonly string[]): void => {
    if (list.length > 0) sql = `SELECT *, ${list.join(', ')} FROM (${sql})`;
  };
  for (const round of roundsOf(repairs)) {
    if (round.kind === 'batch') {
      const { index, repair } = round;
      const made = batchColumns(index, repair, columnOf, eventTime === null ? null : columnOf(eventTime));
      for (const layer of made.layers) add(layer);
      if (made.removed !== null)
        sql = `SELECT * EXCLUDE (removed), CASE WHEN ${isKept} AND NOT unreadable AND (${made.removed}) THEN ${index}
          ELSE removed END AS removed FROM (${sql})`;
      steps.push({ index, repair, cell: made.cell });
      if (made.cell !== null && repair.repair === 'fillLast') texts.set(repair.column, made.cell.after);
      continue;
    }
    const cells = round.repairs.map(({ index, repair }) => cellLayer(index, repair, columnOf(repair.column)));
    for (const part of ['value', 'computed', 'made', 'after'] as const) add(cells.flatMap((cell) => cell[part] ?? []));
    for (const { step, column } of cells) {
      steps.push(step);
      texts.set(column, step.cell.after);
    }
  }
  return { sql, steps: steps.toSorted((left, right) => left.index - right.index), textOf };
}

function cellLayer(index: number, repair: CellRepair, { name, role, declared, nested, text }: RepairedColumn) {
  const names = { text, value: `y${index}`, computed: `z${index}` };
  const { value, computed, made } = cellSteps(repair, role, names);
  const [from, after] = [`x${index}`, `s${index}`];
  // What is filled in was checked with the definition, and what stays is not read twice.
  const read = repair.repair === 'fill' ? from : presentSql(role, from, declared);
  const isLeft = `unreadable OR ${nested} OR NOT (${isKept}) OR ${from} IS NOT DISTINCT FROM ${text}`;
  return {
    column: name,
    value: value === undefined ? [] : [`${value} AS ${names.value}`],
    computed: computed === undefined ? [] : [`${computed} AS ${names.computed}`],
    made: [`${made} AS ${from}`],
    after: [`CASE WHEN ${isLeft} THEN ${text} ELSE ${read} END AS ${after}`],
    step: { index, repair, cell: { before: text, after } },
  };
}

type Round =
  | { readonly kind: 'cells'; readonly repairs: { readonly index: number; readonly repair: CellRepair }[] }
  | { readonly kind: 'batch'; readonly index: number; readonly repair: BatchRepair };

/** Repairs of cells of different columns do not meet: what stands side by side is done side by side. */
function roundsOf(repairs: readonly RepairSpec[]): readonly Round[] {
  const rounds: Round[] = [];
  /** The round behind which the next repair of a column has to stand. */
  let depths = new Map<string, number>();
  for (const [index, repair] of repairs.entries()) {
    if (!isCellRepair(repair)) {
      rounds.push({ kind: 'batch', index, repair });
      depths = new Map();
      continue;
    }
    const base = rounds.findLastIndex(({ kind }) => kind === 'batch') + 1;
    const at = depths.get(repair.column) ?? base;
    const round = rounds[at];
    if (round?.kind === 'cells') round.repairs.push({ index, repair });
    else rounds.push({ kind: 'cells', repairs: [{ index, repair }] });
    depths.set(repair.column, at + 1);
  }
  return rounds;
}
