import type { DeclaredWords } from '../spec/declared-words.ts';
import type { TimeReading } from '../spec/spec.ts';
import type { CellRole } from './cell-role.ts';
import { isMissingToken, isMissingWord } from './missing-words.ts';
import { readInstant } from './read-instant.ts';
import { readLabel } from './read-label.ts';
import { readNumber } from './read-number.ts';
import { readTruth } from './read-truth.ts';

/** What a definition says of the cells of one column. */
interface DeclaredCells {
  readonly role: CellRole;
  readonly declared: DeclaredWords;
  /** How its instants are written. */
  readonly reading: TimeReading;
}

export type CellValue = number | string | boolean;

/** One cell as rules see it. */
export interface Cell {
  /** Null where there is no value. */
  readonly text: string | null;
  /** By the role of its column; null where the text does not fit, or is missing. */
  readonly value: CellValue | null;
  /** A list or an object, which no role accepts. */
  readonly isNested: boolean;
}

/** Reads what a JSON row holds in one column, as the scan reads a line of NDJSON that says the same. */
export function cellReader(column: DeclaredCells): (given: unknown) => Cell {
  const present = presentTexts[column.role];
  const typed = typedTexts[column.role];
  return (given) => {
    if (given === null || given === undefined) return noCell;
    const text = present(textOf(given), column.declared);
    if (text === null) return noCell;
    return { text, value: typed(text, column), isNested: typeof given === 'object' };
  };
}

/** What of a text is the text of a cell; null where it says that there is no value. */
export function presentText(role: CellRole, text: string, declared: DeclaredWords): string | null {
  return presentTexts[role](text, declared);
}

const noCell: Cell = { text: null, value: null, isNested: false };

/** Text as the engine writes a JSON value: `1e21` has no plus, and -0 is 0. */
function textOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (typeof given === 'number') return Number.isFinite(given) ? numberText(given) : wordsOfNoNumber(given);
  if (typeof given === 'object') return JSON.stringify(given);
  return String(given);
}

function numberText(given: number): string {
  const text = String(given);
  return text.includes('e+') ? text.replace('e+', 'e') : text;
}

/** A number that JSON can say and a double cannot hold was 1e400, or the like. */
function wordsOfNoNumber(given: number): string {
  if (Number.isNaN(given)) return 'NaN';
  return given > 0 ? '1e999' : '-1e999';
}

type PresentText = (text: string, declared: DeclaredWords) => string | null;

const noWord: PresentText = (text) => {
  const trimmed = trimBlanks(text);
  return isMissingWord(trimmed) ? null : trimmed;
};
/** Any word is a value of an open set: a country may be NA. What no closed list has is a value in no format. */
const openWord: PresentText = (text, { words, isClosed }) => {
  if (isClosed) return isMissingToken(text, words) ? null : text;
  return text === '' ? null : text;
};

/** What of a text is missing in a column of a role; blanks around it are part of an open word. */
const presentTexts: Record<CellRole, PresentText> = {
  number: noWord,
  category: openWord,
  boolean: noWord,
  time: noWord,
  label(text, { words }) {
    // A label that was declared with blanks around it was taken in with them.
    const kept = words.includes(text) ? text : trimBlanks(text);
    return isMissingToken(kept, words) ? null : kept;
  },
  key: openWord,
};

const typedTexts: Record<CellRole, (text: string, column: DeclaredCells) => CellValue | null> = {
  number: readNumber,
  category: (text) => text,
  boolean: readTruth,
  time: (text, { reading }) => readInstant(text, reading),
  label: (text, { declared }) => readLabel(text, declared.words),
  key: (text) => text,
};

const blankEnds = /^[ \t\r]+|[ \t\r]+$/g;

/** Without blanks, tabs and carriage returns around it. */
function trimBlanks(text: string): string {
  return isBlank(text.charCodeAt(0)) || isBlank(text.charCodeAt(text.length - 1))
    ? text.replaceAll(blankEnds, '')
    : text;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d;
}
