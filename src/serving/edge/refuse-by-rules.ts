import type { Cell } from '../../domain/cells/read-cell.ts';
import { compileCondition, type ReadRow, type RowTest } from '../../domain/contract/compile-condition.ts';
import { contractColumns } from '../../domain/contract/contract-columns.ts';
import { declaredRowRule } from '../../domain/contract/rules/declared-rules.ts';
import { columnsNamedBy } from '../../domain/spec/columns/columns-named-by.ts';
import { servedRowRules } from '../../domain/spec/served-rules.ts';
import type { FeatureKind, ModelSpec, RowContractRule } from '../../domain/spec/spec.ts';
import type { SignatureColumn } from '../../domain/spec/signature.ts';
import { refusedAt } from './refused-at.ts';
import type { EdgeRow } from './edge-row.ts';

/** The declared rules by which the API refuses a row, ready to be asked. */
export interface RowChecks {
  readonly rules: readonly RowCheck[];
  readonly read: (row: EdgeRow) => ReadRow;
  /** Of a column in `read`. */
  readonly cellIn: (row: ReadRow, name: string) => Cell;
}

interface RowCheck {
  readonly rule: RowContractRule;
  readonly about: string;
  readonly isBroken: RowTest;
}

/** Null where a definition has no rule by which the API refuses a row: then nothing is read for them. */
export function rowChecksOf(
  spec: Pick<ModelSpec, 'name' | 'contract' | 'features' | 'target' | 'entity' | 'eventTime'>,
  columns: readonly SignatureColumn[],
): RowChecks | null {
  const served = servedRowRules(spec);
  if (served.length === 0) return null;
  const known = contractColumns(spec);
  const named = new Set(served.flatMap(columnsNamedBy));
  const readers = known.map(({ name }) => (named.has(name) ? cellReaderOf(spec, columns, name) : () => noCell));
  const indexes = new Map(known.map(({ name }, index) => [name, index]));
  return {
    rules: served.flatMap((rule): RowCheck[] => {
      const declared = declaredRowRule(spec, rule);
      if (declared === null) return [];
      return [{ rule, about: declared.about, isBroken: compileCondition(declared.broken, known) }];
    }),
    read: (row) => ({ cells: readers.map((read) => read(row)), eventKey: row.eventTimeMs, isInstant: true }),
    cellIn: ({ cells }, name) => cells[indexes.get(name) ?? -1] ?? noCell,
  };
}

const noCell: Cell = { text: null, value: null, isNested: false };

/** A cell of a row that has been read: as in a file, what is missing breaks no declared rule. */
function cellReaderOf(
  { entity, eventTime }: Pick<ModelSpec, 'entity' | 'eventTime'>,
  columns: readonly SignatureColumn[],
  name: string,
): (row: EdgeRow) => Cell {
  const column = columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    if (name === entity?.column) return (row) => cellOf(row.entity);
    return name === eventTime?.column ? (row) => cellOf(row.eventTimeMs) : () => noCell;
  }
  const { kind, index } = column;
  return (row) => cellOf(values[kind](row, index));
}

const values: Record<FeatureKind, (row: EdgeRow, index: number) => Cell['value']> = {
  category: ({ texts }, index) => texts[index] ?? null,
  boolean({ numbers }, index) {
    const value = numberOrNull(numbers[index]);
    return value === null ? null : value === 1;
  },
  number: ({ numbers }, index) => numberOrNull(numbers[index]),
  time: ({ numbers }, index) => numberOrNull(numbers[index]),
};

function cellOf(value: Cell['value']): Cell {
  return value === null ? noCell : { text: String(value), value, isNested: false };
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Throws `invalid_request` for the first rule that the row breaks. */
export function refuseByRules(checks: RowChecks, given: EdgeRow, path: string): void {
  const row = checks.read(given);
  for (const { rule, about, isBroken } of checks.rules) {
    if (!isBroken(row)) continue;
    const shown = (name: string): string => said(checks.cellIn(row, name));
    if (rule.rule === 'compare') {
      const right = 'column' in rule.right ? ` (${shown(rule.right.column)})` : '';
      const asked = `and the contract asks for ${about}${right} (${rule.id})`;
      throw refusedAt(`${path}.${rule.left}`, `${path}.${rule.left} is ${shown(rule.left)}, ${asked}`);
    }
    if (rule.rule === 'expression')
      throw refusedAt(path, `${path} breaks what the contract asks, ${about} (${rule.id})`);
    const at = `${path}.${rule.column}`;
    throw refusedAt(at, `${at} is ${shown(rule.column)}, and the contract asks that ${about} (${rule.id})`);
  }
}

/** A value for a message: short, whatever was sent. */
function said({ value }: Cell): string {
  const text = String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
