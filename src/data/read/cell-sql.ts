import type { CellRole } from '../../domain/cells/cell-role.ts';
import { plainNumberPattern } from '../../domain/contract/compile-condition.ts';
import { msPerUnit } from '../../domain/cells/read-instant.ts';
import type { DeclaredWords } from '../../domain/spec/declared-words.ts';
import type { TimeReading } from '../../domain/spec/spec.ts';
import { literal } from '../duck/sql.ts';
import { typedCell } from './cells.ts';
import { epochOf, isLocalDate, wordsOf } from './instants.ts';
import { nativeCell } from './native-cell.ts';
import { finiteOf, numberOf } from './numbers.ts';
import { cellText, hasCleanEnds, isNested } from './read-lossless.ts';
import type { OpenTable } from './table-file.ts';

/** A declared column of a table. */
export interface CellColumn {
  readonly name: string;
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  readonly reading: TimeReading;
}

/** The SQL of one column on its way from a table to a typed value, in three layers of one SELECT. */
export interface CellSql {
  /** Items of the innermost layer, over `baseOf`. */
  readonly base: readonly string[];
  /** Items of the middle layer: what the outer one asks for more than once and is not to be worked out twice. */
  readonly cast: readonly string[];
  /** Over both: its text, whether there is none, whether it is a list or an object, and its typed value. */
  readonly text: string;
  readonly missing: string;
  readonly nested: string;
  readonly value: string;
  /** Over both: what its text looks like, where that is asked of a time. */
  readonly localDate: string;
  readonly plainNumber: string;
  /** Over both: what orders rows, as a DOUBLE, and whether that is epoch milliseconds whatever the others are. */
  readonly key: string;
  readonly instant: string;
}

/** Cells whose file says their type are taken as they are; all others are read as text and cast. */
export function cellSql(table: OpenTable, column: CellColumn, place: number): CellSql {
  const native = nativeCell(table, column);
  if (native === null) return textCell(table, column, place);
  const { name, role, declared } = column;
  return { ...native, text: cellText(table, name, role, declared), nested: isNested(table, name) };
}

/** The way by the text of a cell. */
export function textCell(table: OpenTable, { name, role, declared, reading }: CellColumn, place: number): CellSql {
  const [cell, cast] = [`t${place}`, `d${place}`];
  const known = {
    base: [`${cellText(table, name, role, declared)} AS ${cell}`, `${isNested(table, name)} AS m${place}`],
    text: cell,
    missing: `${cell} IS NULL`,
    nested: `m${place}`,
    localDate: isLocalDate(cell),
    plainNumber: `regexp_full_match(${cell}, ${literal(plainNumberPattern)})`,
  };
  if (role === 'number') {
    const value = finiteOf(cell, cast, hasCleanEnds(table, name));
    const keyed = keyOf(wordsOf(cell, reading), value, reading);
    return { ...known, cast: [`TRY_CAST(${cell} AS DOUBLE) AS ${cast}`], value, ...keyed };
  }
  if (role === 'time') {
    const value = `coalesce(${cast}, ${epochOf(cell, reading)})`;
    const keyed = keyOf(cast, numberOf(cell), reading);
    return { ...known, cast: [`${wordsOf(cell, reading)} AS ${cast}`], value, ...keyed };
  }
  const value = typedCell(role, cell, { words: declared.words, reading });
  return { ...known, cast: [], value, ...keyOf(wordsOf(cell, reading), numberOf(cell), reading) };
}

/** As `orderKeyOf` and `isInstant` say it of a text, from its instant in words and its number. */
function keyOf(words: string, number: string, { epochUnit }: TimeReading): Pick<CellSql, 'key' | 'instant'> {
  const scaled =
    epochUnit === undefined ? number : `${number} * CAST(${literal(String(msPerUnit[epochUnit]))} AS DOUBLE)`;
  return {
    key: `coalesce(CAST(${words} AS DOUBLE), ${scaled})`,
    // What is an instant in words is no number, and is not looked at as one.
    instant: epochUnit === undefined ? `(${words} IS NOT NULL OR ${number} IS NULL)` : 'true',
  };
}
