import { exactMax, numberPattern, wholePattern } from '../../../domain/cells/read-number.ts';
import { literal } from '../../duck/sql.ts';

/** DOUBLE, or NULL when the text is not a finite decimal number. */
export function numberOf(text: string): string {
  return (
    `CASE WHEN regexp_full_match(${text}, ${literal(numberPattern)}) AND isfinite(TRY_CAST(${text} AS DOUBLE)) THEN ` +
    `TRY_CAST(${text} AS DOUBLE) END`
  );
}

/**
 * The same from `cast`, the engine's own cast of the text, which also takes `1_000`, `+-1` and blanks around a number.
 * A text without these whose first byte is a digit, a minus or a point and that the engine can cast is a decimal number
 * or an infinity: the pattern, which costs more than the cast, is asked of the others alone. `hasCleanEnds`: the text
 * is known to begin and end without blanks and control characters.
 */
export function finiteOf(text: string, cast: string, hasCleanEnds: boolean): string {
  const matched = `WHEN regexp_full_match(${text}, ${literal(numberPattern)}) AND isfinite(${cast}) THEN ${cast}`;
  if (!hasCleanEnds) return `CASE ${matched} END`;
  const isPlain = `${text} >= '-' AND ${text} < ':' AND NOT contains(${text}, '_')`;
  return `CASE WHEN ${isPlain} THEN CASE WHEN isfinite(${cast}) THEN ${cast} END ${matched} END`;
}

/** Whether a cell is a whole number that its double, `value`, does not tell from its neighbours. */
export function isBeyondExact(text: string, value: string): string {
  return `(abs(${value}) >= ${exactMax} AND regexp_full_match(${text}, ${literal(wholePattern)}))`;
}

/** VARCHAR that is the same for cells of the same number and no others: all digits count, and 5.0 is 5. */
export function exactKeyOf(text: string, value: string): string {
  const digits = `regexp_replace(regexp_replace(${text}, '^\\+', ''), '^(-?)0+(\\d)', '\\1\\2')`;
  return (
    `CASE WHEN ${isBeyondExact(text, value)} THEN ${digits} WHEN ${value} = floor(${value}) AND abs(${value}) < 1e38 ` +
    `THEN CAST(CAST(${value} AS HUGEINT) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END`
  );
}
