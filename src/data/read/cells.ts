import type { TaskName } from '../../domain/spec/spec.ts';
import type { CellRole } from './read-lossless.ts';
import { isOneOf } from '../duck/sql.ts';

/** Plain decimal notation; DuckDB's own cast would also take `1_000`, `inf` and blanks. */
const numberPattern = "'[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?'";
/** ISO 8601 date, or date and time with an optional zone; `/` for `-` is common in exports and as unambiguous. */
const isoPattern =
  "'\\d{4}[-/]\\d{2}[-/]\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}([.,]\\d{1,9})?)?\\s?(Z|[+-]\\d{2}(:?\\d{2})?)?)?'";

export const trueTexts = ['true', 't', 'yes', 'y', '1', '1.0'] as const;
export const falseTexts = ['false', 'f', 'no', 'n', '0', '0.0'] as const;

/** DOUBLE, or NULL when the text is not a finite decimal number. */
export function numberOf(text: string): string {
  return (
    `CASE WHEN regexp_full_match(${text}, ${numberPattern}) AND isfinite(TRY_CAST(${text} AS DOUBLE)) THEN ` +
    `TRY_CAST(${text} AS DOUBLE) END`
  );
}

/** BOOLEAN, or NULL when the text is no known word for it. */
export function booleanOf(text: string): string {
  return (
    `CASE WHEN ${isOneOf(`lower(${text})`, trueTexts)} THEN true WHEN ${isOneOf(`lower(${text})`, falseTexts)} ` +
    `THEN false END`
  );
}

/** BIGINT epoch milliseconds of ISO 8601 text (UTC when it names no zone), or NULL. */
export function isoMsOf(text: string): string {
  // The engine wants seconds before a zone, and has no `/`, `,` or blank before the zone.
  const plain =
    `regexp_replace(regexp_replace(replace(replace(${text}, '/', '-'), ',', '.'), '([T ` +
    `]\\d{2}:\\d{2})(\\s?(Z|[+-]\\d{2}(:?\\d{2})?))?$', '\\1:00\\2'), '\\s(Z|[+-])', '\\1')`;
  // The length is asked first because the pattern costs fifteen times as much and most cells are no times.
  return (
    `CASE WHEN strlen(${text}) >= 10 AND regexp_full_match(${text}, ${isoPattern}) THEN ` +
    `epoch_ms(TRY_CAST(${plain} AS TIMESTAMPTZ)) END`
  );
}

/** BIGINT epoch milliseconds of ISO text or of a whole number of milliseconds, or NULL. */
export function timeOf(text: string): string {
  return (
    `coalesce(${isoMsOf(text)}, CASE WHEN regexp_full_match(${text}, '-?\\d{1,16}(\\.0+)?') THEN ` +
    `CAST(TRY_CAST(${text} AS DOUBLE) AS BIGINT) END)`
  );
}

/** DOUBLE that orders rows: epoch milliseconds of ISO text, or any number as it is. */
export function orderKeyOf(text: string): string {
  return `coalesce(CAST(${isoMsOf(text)} AS DOUBLE), ${numberOf(text)})`;
}

/**
 * A class label in the words of the business; `1.0` (an integer that passed through a float column) is `1`, unless
 * `1.0` is one of the declared classes.
 */
export function labelOf(text: string, classes: readonly string[] = []): string {
  const whole = `regexp_replace(${text}, '^(-?\\d+)\\.0+$', '\\1')`;
  const pointed = classes.filter((word) => /^-?\d+\.0+$/.test(word));
  return pointed.length === 0 ? whole : `CASE WHEN ${isOneOf(text, pointed)} THEN ${text} ELSE ${whole} END`;
}

const typedCells: Record<CellRole, (text: string, words: readonly string[]) => string> = {
  number: numberOf,
  category: (text) => text,
  boolean: booleanOf,
  time: timeOf,
  label: labelOf,
  key: (text) => text,
};

/** The typed value of a cell by its role and its declared words; NULL when the text does not fit. */
export function typedCell(role: CellRole, text: string, words: readonly string[]): string {
  return typedCells[role](text, words);
}

/** As what the target column is read. */
export const targetRoles: Record<TaskName, CellRole> = { binary: 'label', multiclass: 'label', regression: 'number' };
