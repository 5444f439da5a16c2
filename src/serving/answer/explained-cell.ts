import { derive } from '../../domain/features/expressions/evaluate.ts';
import { isText } from '../../domain/features/kind-of.ts';
import type { EncodedRow, Signature } from '../../domain/spec/signature.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import { cut } from '../../domain/words/cut.ts';

type Cell = number | string | boolean | null;

/** A longer text is cut where it is shown in a sentence. */
const charsInSentence = 60;

/** The value of a feature in a row: an input as it came, a derived feature as it is computed. Null is missing. */
export function cellOf(signature: Signature, row: EncodedRow, feature: string): Cell {
  const read = (name: string): number | string | null => {
    const column = signature.columns.find((one) => one.name === name);
    if (column === undefined) return null;
    return isText(column) ? (row.texts[column.index] ?? null) : (row.numbers[column.index] ?? null);
  };
  const derived = signature.derived?.find(({ name }) => name === feature);
  const kind = derived?.kind ?? signature.columns.find(({ name }) => name === feature)?.kind ?? 'number';
  const cell = derived === undefined ? read(feature) : derive(derived.expression, read);
  return cell === null || (typeof cell === 'number' && Number.isNaN(cell)) ? null : shown[kind](cell);
}

const shown: Record<FeatureKind, (cell: number | string) => Cell> = {
  number: (cell) => cell,
  category: (cell) => cell,
  boolean: (cell) => cell === 1,
  // Beyond what a date can be it stays a number.
  time: (cell) => (Math.abs(Number(cell)) <= 8.64e15 ? new Date(Number(cell)).toISOString() : cell),
};

export function sayCell(feature: string, value: Cell): string {
  if (value === null) return `${feature} is missing, which`;
  return `${feature} = ${cut(String(value), charsInSentence)}`;
}
