/**
 * Plain decimal notation; the engine's own cast would also take `1_000`, `inf` and blanks. No digit can be read in two
 * ways: or a text of many digits and a letter would take the square of its length.
 */
export const numberPattern = String.raw`[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?`;
/** A whole number as it is written. */
export const wholePattern = String.raw`[+-]?\d+`;

/** From here on a double skips whole numbers: two keys can become one. */
export const exactMax = 2 ** 53;

const isNumber = new RegExp(`^(?:${numberPattern})$`);
const isWhole = new RegExp(`^(?:${wholePattern})$`);

/** The double of a text; null when it is not a finite decimal number. */
export function readNumber(text: string): number | null {
  if (!isNumber.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Whether a cell is a whole number that its double, `value`, does not tell from its neighbours. */
export function isBeyondExact(text: string, value: number): boolean {
  return Math.abs(value) >= exactMax && isWhole.test(text);
}
