import type { CellRole } from '../../domain/cells/cell-role.ts';
import { cellReader, type CellValue } from '../../domain/cells/read-cell.ts';
import { columnNamed, contractColumns } from '../../domain/contract/contract-columns.ts';
import { compileRowRepairs } from '../../domain/contract/repair-row.ts';
import { isText } from '../../domain/features/kind-of.ts';
import { isCellRepair } from '../../domain/repairs/repair-cell.ts';
import { ownRowsOf } from '../../domain/spec/columns/pins.ts';
import type { FeatureKind, ModelSpec, RepairSpec } from '../../domain/spec/spec.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { SignatureColumn } from '../../domain/spec/signature.ts';
import { parseInstant } from './instant.ts';

type Row = Readonly<Record<string, unknown>>;

/** The repairs of one definition, as they run on a request: those of single cells, of all columns but the target. */
export interface RequestRepairs {
  /** Columns that they speak of. */
  readonly columns: ReadonlySet<string>;
  repair(row: Row): RepairedRequest;
}

interface RepairedRequest {
  /** Its repaired cells are of the type that the door asks for, wherever they can be read. */
  readonly row: Row;
  /** Columns whose cell is another one by now. */
  readonly repaired: readonly string[];
}

/** What a request holds as a value of its type; the others come as text, and times as either. */
const isTyped: Record<CellRole, boolean> = {
  number: true,
  boolean: true,
  category: false,
  time: false,
  label: false,
  key: false,
};

const finite = (value: unknown): number => {
  const isNumber = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  return isNumber ? Number(value) : NaN;
};

/** The float64 of a cell as it can be read, NaN where it cannot; `category` stands for completeness. */
const numbersOf: Record<FeatureKind, (value: unknown) => number> = {
  number: finite,
  boolean: finite,
  category: finite,
  time: (value) => parseInstant(value) ?? NaN,
};

/** Null for a definition without any, which pays nothing. */
export function requestRepairs(spec: ModelSpec): RequestRepairs | null {
  const repairs = repairsOfRequests(spec);
  const own = ownRowsOf({ ...spec, repairs });
  const repair = compileRowRepairs(own);
  if (repair === null) return null;
  const names = new Set(repairs.flatMap((one) => ('column' in one ? [one.column] : [])));
  const declared = contractColumns(own);
  const readers = [...names].map((name) => {
    const column = columnNamed(declared, name);
    return { name, isTyped: isTyped[column.role], read: cellReader(column) };
  });
  return {
    columns: names,
    repair(given) {
      const { row, repaired } = repair(given);
      // Text that reads as a number is one here as it is in files: the column was declared to hold what needs repair.
      const typed = readers.flatMap(({ name, isTyped: mayBeTyped, read }): [string, CellValue | null][] => {
        if (!mayBeTyped || !Object.hasOwn(row, name) || typeof row[name] !== 'string') return [];
        const { text, value } = read(row[name]);
        return text === null || value !== null ? [[name, value]] : [];
      });
      return {
        row: typed.length === 0 ? row : Object.fromEntries([...Object.entries(row), ...typed]),
        repaired,
      };
    },
  };
}

/** A label is no part of a request, and rows of a request are neither dropped nor compared. */
function repairsOfRequests({ repairs = [], target }: Pick<ModelSpec, 'repairs' | 'target'>): readonly RepairSpec[] {
  return repairs.filter((repair) => isCellRepair(repair) && repair.column !== target.column);
}

/** Names what a request is repaired by: versions of one name see the same row. */
export function repairsKey(spec: Pick<ModelSpec, 'repairs' | 'target'>): string {
  return canonicalJson(repairsOfRequests(spec));
}

/** Cells as a version sees them that was trained behind other repairs than the newest ones. */
export type OtherCells = ReadonlyMap<string, number | string | null>;

/**
 * The repaired cells of a row, as far as they can be read: nothing is refused here, since the row was let in by what
 * the newest definition makes of it.
 */
export function otherCells(repairs: RequestRepairs | null, row: Row, columns: readonly SignatureColumn[]): OtherCells {
  const made = repairs?.repair(row).row ?? row;
  return new Map(
    columns.map((column): [string, number | string | null] => {
      const value = Object.hasOwn(made, column.name) ? made[column.name] : null;
      if (isText(column)) return [column.name, typeof value === 'string' && value !== '' ? value : null];
      return [column.name, numbersOf[column.kind](value)];
    }),
  );
}
