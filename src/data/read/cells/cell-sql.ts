import { plainNumberPattern } from '../../../domain/contract/compile-condition.ts';
import { msPerUnit } from '../../../domain/cells/read-instant.ts';
import type { CellRole } from '../../../domain/cells/cell-role.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { literal } from '../../duck/sql.ts';
import type { CellColumn, CellSql } from './cell-layers.ts';
import { typedCell } from './cells.ts';
import { epochOf, isLocalDate, wordsOf } from './instants.ts';
import { nativeCell } from './native-cell.ts';
import { finiteOf, numberOf } from './numbers.ts';
import { cellText, hasCleanEnds, isNested, wordsAsTheyAre } from '../read-lossless.ts';
import type { OpenTable } from '../table-file.ts';

/** Cells whose file says their type are taken as they are; all others are read as text and cast. */
export function cellSql(table: OpenTable, column: CellColumn, place: number): CellSql {
  const native = nativeCell(table, column);
  if (native === null) return textCell(table, column, place);
  const { name, role, declared } = column;
  return { ...native, text: cellText(table, name, role, declared), nested: isNested(table, name), known: null };
}

/** The way by the text of a cell. */
export function textCell(table: OpenTable, column: CellColumn, place: number): CellSql {
  const { name, role, declared } = column;
  const { text } = textNames(place);
  const nested = isNested(table, name);
  const said = `${cellText(table, name, role, declared)} AS ${text}`;
  const words = wordsAsTheyAre(table, column);
  if (words === null || nested !== no) {
    const flag = nested === no ? [] : [`${nested} AS ${textNames(place).nested}`];
    return {
      ...typedText([said, ...flag], column, place, hasCleanEnds(table, name)),
      ...(nested === no ? { nested } : {}),
    };
  }
  // A cell that is one of its words to the letter is asked no further, and nearly all are.
  const known = `k${place}`;
  const { value, ...rest } = typedText([words.cell, `${words.isWord} AS ${known}`], column, place, false);
  const read = `CASE WHEN ${known} THEN ${words.cell} ELSE ${cellText(table, name, role, declared)} END AS ${text}`;
  return { ...rest, nested, known, cast: [read], value: `CASE WHEN ${known} THEN ${text} ELSE ${value} END` };
}

const no = 'false';

/** Of rows that have the text and the flag by these names: what a repair made of a cell may end in anything. */
export function repairedCell(column: CellColumn, place: number): CellSql {
  const { text, nested } = textNames(place);
  return typedText([text, nested], column, place, false);
}

/** SQL names of the text of a cell, and of the flag of lists and objects. */
export function textNames(place: number): Pick<CellSql, 'text' | 'nested'> {
  return { text: `t${place}`, nested: `m${place}` };
}

function typedText(
  base: readonly string[],
  { role, declared, reading }: CellColumn,
  place: number,
  isCleanEnded: boolean,
): CellSql {
  const { text: cell, nested } = textNames(place);
  const cast = `d${place}`;
  const known = {
    base,
    text: cell,
    missing: `${cell} IS NULL`,
    nested,
    localDate: isLocalDate(cell),
    plainNumber: `regexp_full_match(${cell}, ${literal(plainNumberPattern)})`,
    known: null,
    comparable: null,
  };
  return { ...known, ...casts[role]({ role, declared, reading, cell, cast, isCleanEnded }) };
}

interface TextToCast extends Pick<CellColumn, 'role' | 'declared' | 'reading'> {
  /** SQL name of the text. */
  readonly cell: string;
  /** A name for what the text is cast to first. */
  readonly cast: string;
  readonly isCleanEnded: boolean;
}

type CastText = (of: TextToCast) => Pick<CellSql, 'cast' | 'value' | 'key' | 'instant'>;

/** Whatever is asked more than once of a text is worked out once. */
const casts: Readonly<Record<CellRole, CastText>> = {
  number({ reading, cell, cast, isCleanEnded }) {
    const value = finiteOf(cell, cast, isCleanEnded);
    const keyed = keyOf(wordsOf(cell, reading), value, reading);
    return { cast: [`TRY_CAST(${cell} AS DOUBLE) AS ${cast}`], value, ...keyed };
  },
  time({ reading, cell, cast }) {
    const value = `coalesce(${cast}, ${epochOf(cell, reading)})`;
    return { cast: [`${wordsOf(cell, reading)} AS ${cast}`], value, ...keyOf(cast, numberOf(cell), reading) };
  },
  category: castOnce,
  boolean: castOnce,
  label: castOnce,
  key: castOnce,
};

function castOnce({ role, declared, reading, cell }: TextToCast): ReturnType<CastText> {
  const value = typedCell(role, cell, { words: declared.words, reading });
  return { cast: [], value, ...keyOf(wordsOf(cell, reading), numberOf(cell), reading) };
}

/** As `orderKeyOf` says it of a text, from its instant in words and its number; any other number may be a counter. */
function keyOf(words: string, number: string, { epochUnit }: TimeReading): Pick<CellSql, 'key' | 'instant'> {
  const scaled =
    epochUnit === undefined ? number : `${number} * CAST(${literal(String(msPerUnit[epochUnit]))} AS DOUBLE)`;
  return {
    key: `coalesce(CAST(${words} AS DOUBLE), ${scaled})`,
    // What is an instant in words is no number, and is not looked at as one.
    instant: epochUnit === undefined ? `(${words} IS NOT NULL OR ${number} IS NULL)` : 'true',
  };
}
