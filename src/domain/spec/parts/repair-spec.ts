import type { CastType, ComparisonSign, DecimalMark, KeptRow, LetterCase, RepairKind } from '../closed-sets.ts';

/** What is done to rows before the contract judges them. The order in which repairs are declared is kept. */
export type RepairSpec = CellRepair | BatchRepair;

/** A repair of one cell, by nothing but its own text: it runs on files, pushed rows and requests alike. */
export type CellRepair = TrimRepair | CaseRepair | CastRepair | UnitRepair | MapRepair | ClipRepair | FillRepair;

/** A repair that takes rows out, or looks at other rows: requests pass by it. */
export type BatchRepair = FillLastRepair | DedupeRepair | DropRepair;

interface RepairOf<Kind extends RepairKind> {
  readonly repair: Kind;
}

interface ColumnRepairOf<Kind extends RepairKind> extends RepairOf<Kind> {
  readonly column: string;
}

/** Takes white space of any script away from both ends. */
type TrimRepair = ColumnRepairOf<'trim'>;

export interface CaseRepair extends ColumnRepairOf<'case'> {
  readonly to: LetterCase;
}

/**
 * Reads what its column would not take: `1,234.50 €` as a number, 3.7 as a whole number (halves away from zero), `5.0`
 * of a text column as `5`, and `on`, `off` or any number as true or false.
 */
export interface CastRepair extends ColumnRepairOf<'cast'> {
  readonly to: CastType;
  /** Of `number`: the sign before a fraction (default `.`); the other one groups thousands. */
  readonly decimal?: DecimalMark;
}

/** Every number of the column is of one unit and becomes one of the other (src/domain/repairs/units.ts). */
export interface UnitRepair extends ColumnRepairOf<'unit'> {
  readonly from: string;
  readonly to: string;
}

/** Whole texts for whole texts; null is no value. */
export interface MapRepair extends ColumnRepairOf<'map'> {
  readonly values: readonly { readonly from: string; readonly to: string | null }[];
}

/** A number beyond a bound becomes the bound. */
export interface ClipRepair extends ColumnRepairOf<'clip'> {
  readonly min?: number;
  readonly max?: number;
}

/** A cell without a value gets this one. */
export interface FillRepair extends ColumnRepairOf<'fill'> {
  readonly constant: number | string | boolean;
}

/** A cell without a value gets that of the row before it, in its batch, of the same `by`. */
export interface FillLastRepair extends ColumnRepairOf<'fillLast'> {
  readonly by: string;
}

/** Of the rows of a batch that agree in all of these columns one is kept; `newest` goes by the event time. */
export interface DedupeRepair extends RepairOf<'dedupe'> {
  readonly by: readonly string[];
  readonly keep: KeptRow;
}

/** Rows for which this holds are left out. */
export interface DropRepair extends ColumnRepairOf<'drop'> {
  readonly when: DropWhen;
}

/** The column has no value, or compares so with a constant. */
export type DropWhen =
  | { readonly is: 'missing' }
  | { readonly op: ComparisonSign; readonly value: number | string | boolean };
