import { servedComparisons } from '../../domain/spec/served-rules.ts';
import type { CompareRule, FeatureKind, ModelSpec } from '../../domain/spec/spec.ts';
import { isText } from '../../domain/features/kind-of.ts';
import type { SignatureColumn } from '../../domain/spec/signature.ts';
import { parseInstant } from './instant.ts';
import { refusedAt } from './refused-at.ts';
import type { EdgeRow } from './edge-row.ts';

/** One declared comparison, ready to be asked of a row. */
export interface RowCheck {
  readonly rule: CompareRule;
  readonly left: (row: EdgeRow) => Cell;
  readonly right: (row: EdgeRow) => Cell;
}

type Cell = number | string | null;

/** The comparisons by which the API refuses a row of this model, over the columns that a request can have. */
export function rowChecksOf(
  spec: Pick<ModelSpec, 'contract' | 'entity' | 'eventTime'>,
  columns: readonly SignatureColumn[],
): readonly RowCheck[] {
  const cellOf = (name: string): RowCheck['left'] => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column !== undefined)
      return isText(column)
        ? (row) => row.texts[column.index] ?? null
        : (row) => numberOrNull(row.numbers[column.index]);
    if (name === spec.entity?.column) return (row) => row.entity;
    if (name === spec.eventTime?.column) return (row) => row.eventTimeMs;
    // The target is not known yet: as in a file, a missing side keeps the row.
    return () => null;
  };
  return servedComparisons(spec).map((rule) => {
    const left = cellOf(rule.left);
    if ('column' in rule.right) return { rule, left, right: cellOf(rule.right.column) };
    const kind = columns.find(({ name }) => name === rule.left)?.kind;
    const constant = constants[kind ?? (rule.left === spec.eventTime?.column ? 'time' : 'category')](rule.right.value);
    return { rule, left, right: () => constant };
  });
}

type Constant = (value: number | string | boolean) => Cell;

/** The constant takes the type of the column, as it does when a file is checked. */
const constants: Record<FeatureKind, Constant> = {
  number: (value) => numberOrNull(typeof value === 'number' ? value : Number(value)),
  category: String,
  boolean: (value) => (String(value) === 'true' ? 1 : 0),
  time: (value) => (typeof value === 'boolean' ? null : parseInstant(value)),
};

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Throws `invalid_request` for the first comparison that the row breaks. */
export function refuseByRules(checks: readonly RowCheck[], row: EdgeRow, path: string): void {
  for (const { rule, left, right } of checks) {
    const cells = [left(row), right(row)] as const;
    if (isKept(cells[0], rule.op, cells[1])) continue;
    const other = 'column' in rule.right ? `${rule.right.column} (${cells[1]})` : JSON.stringify(rule.right.value);
    throw refusedAt(
      `${path}.${rule.left}`,
      `${path}.${rule.left} is ${cells[0]}, and the contract asks for ${rule.left} ${rule.op} ${other} (${rule.id})`,
    );
  }
}

function isKept(left: Cell, op: CompareRule['op'], right: Cell): boolean {
  if (left === null || right === null || typeof left !== typeof right) return true;
  const order =
    typeof left === 'string' && typeof right === 'string' ? byBytes(left, right) : Number(left) - Number(right);
  return holds[op](order);
}

const holds: Record<CompareRule['op'], (order: number) => boolean> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
};

/** The engine that checks files compares UTF-8; JavaScript would compare UTF-16. */
function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
