import type { FeatureKind } from '../../../domain/spec/spec.ts';
import type { ColumnScan, Tally } from './column-scan.ts';
import { sayCells, sayWhere } from './say-cells.ts';

/** Words for no value, which a kind without words reads as missing. */
export function absentNotes({ name, absent }: ColumnScan, kind: FeatureKind): readonly string[] {
  if (absent.rows === 0) return [];
  const said = `${sayCells(absent, 'says', 'say')} ${absent.word} or the like`;
  return [`${name} is a ${kind}: ${said} and ${isOrAre(absent)} read as missing${sayWhere(absent)}.`];
}

/** The same words where any word is a value. */
export function valueNotes({ name, absent, filled }: ColumnScan): readonly string[] {
  if (absent.rows === 0 || filled === 0) return [];
  return [
    `${absent.word} in ${name} is a value like the others: ${sayCells(absent, 'says', 'say')} it or its like` +
      `${sayWhere(absent)}; list the values without it where it means missing.`,
  ];
}

export function misfitNotes({ name, filled }: ColumnScan, kind: FeatureKind, misfits: Tally): readonly string[] {
  if (misfits.rows === 0) return [];
  const goes = misfits.rows === 1 ? 'goes' : 'go';
  return [
    `${name} is taken as a ${kind}; ${misfits.rows} of its ${filled} values ${isOrAre(misfits)} not one and ${goes} ` +
      `to quarantine${sayWhere(misfits)}.`,
  ];
}

/** Zones and sentinels of a column of times, however they are written. */
export function timeNotes({ name, naive, sentinels }: ColumnScan, timeZone: string | undefined): readonly string[] {
  const zone = `${name} names no time zone in ${sayCells(naive)}${sayWhere(naive)}; they are read as`;
  return [
    ...(naive.rows === 0
      ? []
      : [timeZone === undefined ? `${zone} UTC, and --time-zone says otherwise.` : `${zone} ${timeZone}.`]),
    ...(sentinels.rows === 0
      ? []
      : [`${name} has ${sayCells(sentinels)} before 1800 or after 2199, such as 9999-12-31${sayWhere(sentinels)}.`]),
  ];
}

export function isOrAre({ rows }: Tally): string {
  return rows === 1 ? 'is' : 'are';
}
