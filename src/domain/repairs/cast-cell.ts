import type { CellRole } from '../cells/cell-role.ts';
import { lowerCase } from '../cells/missing-words.ts';
import { exactMax, readNumber } from '../cells/read-number.ts';
import { readTruth } from '../cells/read-truth.ts';
import type { CastType, DecimalMark } from '../spec/closed-sets.ts';
import type { CastRepair } from '../spec/parts/repair-spec.ts';
import { numberText, rounded } from './number-text.ts';
import { whiteSpace } from './white-space.ts';

/** What may stand in and around the digits of an amount and says nothing of it. */
const ornaments = `${whiteSpace}'’$€£¥₹₽₩₺₫₴₪฿¢`;

/** What is taken out of the text of a number before it is looked at: a set of characters for a pattern. */
export const ornamentPattern = `[${ornaments}]+`;

/** How amounts are written, by the sign before a fraction; all of them keep to what RE2 and JavaScript mean alike. */
export const amountPatterns: Record<DecimalMark, string> = {
  '.': String.raw`[+-]?\d{1,3}(,\d{3})+(\.\d+)?`,
  ',': String.raw`[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?`,
};

/** Casts that read the marks between digits by what is declared, so that nobody may have guessed at them before. */
export const readsMarks: Record<CastType, boolean> = { number: true, integer: false, boolean: false };

export const onWords = ['on', 'enabled'] as const;
export const offWords = ['off', 'disabled'] as const;

type CastText = (text: string) => string | null;

/** The text that a cast makes of one; the same where there is nothing to do, or where it cannot be read. */
export function castOf({ to, decimal = '.' }: Pick<CastRepair, 'to' | 'decimal'>, role: CellRole): CastText {
  const casts: Record<CastType, CastText> = {
    number: (text) => plainNumber(text, decimal),
    integer: wholes[role],
    boolean: truthText,
  };
  return casts[to];
}

/** A column of numbers gets whole ones, and one of text gets the text of whole ones. */
const wholes: Record<CellRole, CastText> = {
  number: wholeNumber,
  category: wholeText,
  boolean: wholeText,
  time: wholeText,
  label: wholeText,
  key: wholeText,
};

const ornament = new RegExp(ornamentPattern, 'g');
const amounts: Record<DecimalMark, RegExp> = {
  '.': new RegExp(`^(?:${amountPatterns['.']})$`),
  ',': new RegExp(`^(?:${amountPatterns[',']})$`),
};

function plainNumber(text: string, decimal: DecimalMark): string {
  const bare = text.replaceAll(ornament, '');
  if (amounts[decimal].test(bare))
    return decimal === '.' ? bare.replaceAll(',', '') : bare.replaceAll('.', '').replace(',', '.');
  return decimal === '.' && readNumber(bare) !== null ? bare : text;
}

function wholeNumber(text: string): string | null {
  const value = readNumber(text);
  if (value === null) return text;
  const whole = rounded(value);
  return whole === value ? text : numberText(whole);
}

/** Of text that is no number, has a fraction, or has more digits than a number keeps, nothing is made. */
function wholeText(text: string): string {
  const value = readNumber(text);
  return value === null || Math.abs(value) >= exactMax || Math.trunc(value) !== value ? text : String(value + 0);
}

function truthText(text: string): string {
  if (readTruth(text) !== null) return text;
  const word = lowerCase(text);
  if (onWords.some((on) => on === word)) return 'true';
  if (offWords.some((off) => off === word)) return 'false';
  const value = readNumber(text);
  return value === null ? text : String(value !== 0);
}
