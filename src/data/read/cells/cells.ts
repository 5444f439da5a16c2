import type { CellRole } from '../../../domain/cells/cell-role.ts';
import { pointedClasses, pointedPattern } from '../../../domain/cells/read-label.ts';
import { falseTexts, trueTexts } from '../../../domain/cells/read-truth.ts';
import type { TimeReading } from '../../../domain/spec/spec.ts';
import { isOneOf, literal } from '../../duck/sql.ts';
import { timeOf } from './instants.ts';
import { numberOf } from './numbers.ts';

/** BOOLEAN, or NULL when the text is no known word for it. */
export function booleanOf(text: string): string {
  return (
    `CASE WHEN ${isOneOf(`lower(${text})`, trueTexts)} THEN true WHEN ${isOneOf(`lower(${text})`, falseTexts)} ` +
    `THEN false END`
  );
}

/**
 * A class label in the words of the business; `1.0` (an integer that passed through a float column) is `1`, unless
 * `1.0` is one of the declared classes.
 */
export function labelOf(text: string, classes: readonly string[] = []): string {
  const whole = `CASE WHEN contains(${text}, '.') THEN regexp_replace(${text}, ${literal(pointedPattern)}, '\\1')
    ELSE ${text} END`;
  const pointed = pointedClasses(classes);
  return pointed.length === 0 ? whole : `CASE WHEN ${isOneOf(text, pointed)} THEN ${text} ELSE ${whole} END`;
}

/** What a definition says of the cells of one column. */
interface DeclaredCells {
  readonly words: readonly string[];
  readonly reading: TimeReading;
}

const typedCells: Record<CellRole, (text: string, declared: DeclaredCells) => string> = {
  number: numberOf,
  category: (text) => text,
  boolean: booleanOf,
  time: (text, { reading }) => timeOf(text, reading),
  label: (text, { words }) => labelOf(text, words),
  key: (text) => text,
};

/** The typed value of a cell by its role and what is declared of it; NULL when the text does not fit. */
export function typedCell(role: CellRole, text: string, declared: DeclaredCells): string {
  return typedCells[role](text, declared);
}
