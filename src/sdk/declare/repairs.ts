import type {
  CastType,
  ComparisonSign,
  DecimalMark,
  KeptRow,
  LetterCase,
  RepairKind,
} from '../../domain/spec/closed-sets.ts';
import type { RepairSpec } from '../../domain/spec/spec.ts';
import { written } from './written.ts';

// The words of `repairs: [...]`, each under `repair.`: `repair.trim('name')`.

type Repair<Kind extends RepairKind> = Extract<RepairSpec, { readonly repair: Kind }>;

/** Takes white space of any script away from both ends of a cell. */
export function trim(column: string): Repair<'trim'> {
  return { repair: 'trim', column };
}

/** `toCase('country', 'upper')`: letters of text, character by character. */
export function toCase(column: string, to: LetterCase): Repair<'case'> {
  return { repair: 'case', column, to };
}

/**
 * `castTo('age', 'integer')` makes 4 of 3.7, and of a text column `5` of `5.0`; `'number'` reads `1,234.50 €`, or
 * `1.234,50` with `{ decimal: ',' }`; `'boolean'` reads `on`, `off` and any number.
 */
export function castTo(column: string, to: CastType, options: { readonly decimal?: DecimalMark } = {}): Repair<'cast'> {
  return { repair: 'cast', column, to, ...written(options, 'repair.castTo') };
}

/**
 * Every number of the column is of one unit and becomes one of the other: `unit('weight', { from: 'lb', to: 'kg' })`.
 */
export function unit(column: string, units: { readonly from: string; readonly to: string }): Repair<'unit'> {
  return { repair: 'unit', column, ...written(units, 'repair.unit') };
}

/** Whole texts for whole texts, null for none: `map('status', { ok: 'OK', '-': null })`. Case counts. */
export function map(column: string, values: Readonly<Record<string, string | null>>): Repair<'map'> {
  return { repair: 'map', column, values: Object.entries(values).map(([from, to]) => ({ from, to })) };
}

/** A number beyond a bound becomes the bound. */
export function clip(column: string, bounds: { readonly min?: number; readonly max?: number }): Repair<'clip'> {
  return { repair: 'clip', column, ...written(bounds, 'repair.clip') };
}

/**
 * A cell without a value gets a constant, or, in files and pushed rows, that of the row before it in its batch with the
 * same `lastKnownBy`.
 */
export function fill(
  column: string,
  by: { readonly constant: number | string | boolean } | { readonly lastKnownBy: string },
): Repair<'fill'> | Repair<'fillLast'> {
  return 'constant' in by
    ? { repair: 'fill', column, constant: by.constant }
    : { repair: 'fillLast', column, by: by.lastKnownBy };
}

/** Of the rows of a batch that agree in all of these columns one is kept; `newest` goes by the event time. */
export function dedupe(options: {
  readonly by: readonly [string, ...string[]];
  readonly keep: KeptRow;
}): Repair<'dedupe'> {
  return { repair: 'dedupe', ...written(options, 'repair.dedupe') };
}

/** Leaves rows of files and pushed rows out that have no value there. */
export function dropMissing(column: string): Repair<'drop'> {
  return { repair: 'drop', column, when: { is: 'missing' } };
}

/** Leaves rows of files and pushed rows out for which this holds: `dropRows('channel', '=', 'test')`. */
export function dropRows(column: string, op: ComparisonSign, value: number | string | boolean): Repair<'drop'> {
  return { repair: 'drop', column, when: { op, value } };
}
