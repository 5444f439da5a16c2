const numberPattern = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const datePattern = /^\d{4}-\d{2}-\d{2}([T ]|$)/;

/**
 * Why the first record looks like data rather than names, or null. A table read with its first row as names loses that
 * row and gets names that nobody can type, so the question is worth asking before anything else.
 */
export function findMissingHeader(first: readonly string[], rest: readonly (readonly string[])[]): string | null {
  const filled = first.map((cell, index) => ({ cell: cell.trim(), index })).filter(({ cell }) => cell !== '');
  if (filled.length === 0) return 'is empty';
  const body = rest.slice(0, 1_000);
  const numbers = filled.filter(({ cell }) => numberPattern.test(cell));
  // Names 0, 1, 2, … or 1990, 1991, … are a common header of exported matrices and time tables.
  const isCounting =
    numbers.length >= 2 &&
    (numbers.every(({ cell }, place) => place === 0 || Number(cell) === Number(numbers[place - 1]?.cell) + 1) ||
      (areYears(numbers) && !numbers.some(({ index }) => isMostly(body, index, yearPattern))));
  const numericBelow = numbers.filter(({ index }) => isMostly(body, index, numberPattern));
  if (
    !isCounting &&
    numericBelow.length > 0 &&
    (numericBelow.length === filled.length ||
      numericBelow.some(({ cell }) => !isSmallName(cell)) ||
      numericBelow.length * 2 >= filled.length)
  ) {
    return 'holds numbers where names should be';
  }
  if (filled.some(({ cell, index }) => datePattern.test(cell) && isMostly(body, index, datePattern)))
    return 'holds a date where a name should be';
  const shaped = filled.filter(({ cell, index }) => isOfShape(cell, body, index));
  if (shaped.length >= 2 || (shaped.length === 1 && filled.length === 1)) return 'is written like the values below it';
  // A name hardly ever occurs among the values of its own column; a value usually does.
  const recurring = filled.filter(({ cell, index }) => body.some((record) => record[index]?.trim() === cell));
  if (recurring.length * 2 >= filled.length && body.length >= 20) return 'occurs again among the values below it';
  return null;
}

const yearPattern = /^(19|20)\d\d$/;

/** 1990, 1995, 2000, …: names of a table by years, where the values below are none. */
function areYears(numbers: readonly { readonly cell: string }[]): boolean {
  return numbers.every(
    ({ cell }, place) => yearPattern.test(cell) && (place === 0 || Number(cell) > Number(numbers[place - 1]?.cell)),
  );
}

/** Rows below which a common way of writing means nothing. */
const shapedRowsMin = 10;

/**
 * Whether a cell is written as nearly all of its column are, where that is a way of writing with digits and signs:
 * `28/01/2018`, `00:15`, `$74.69`, `MG-8769`. Plain words and plain numbers are judged elsewhere.
 */
function isOfShape(cell: string, body: readonly (readonly string[])[], index: number): boolean {
  const shape = shapeOf(cell);
  if (!/9/.test(shape) || !/[^9A]/.test(shape)) return false;
  const cells = body.map((record) => record[index]?.trim() ?? '').filter((text) => text !== '');
  return cells.length >= shapedRowsMin && cells.filter((text) => shapeOf(text) === shape).length >= cells.length * 0.9;
}

function shapeOf(cell: string): string {
  return cell.replaceAll(/\d+/g, '9').replaceAll(/\p{L}+/gu, 'A');
}

/** A bare year or small count can be a name (`2020`, `7`); 0.056 or -3 cannot. */
function isSmallName(cell: string): boolean {
  return /^\d{1,4}$/.test(cell);
}

function isMostly(records: readonly (readonly string[])[], index: number, pattern: RegExp): boolean {
  const cells = records.map((record) => record[index]?.trim() ?? '').filter((cell) => cell !== '');
  return cells.length > 0 && cells.filter((cell) => pattern.test(cell)).length >= cells.length * 0.8;
}
