import { sayMany } from '../../../domain/words/say.ts';
import type { Tally } from './column-scan.ts';

/** `312 cells have`, `1 cell has`. */
export function sayCells({ rows }: Pick<Tally, 'rows'>, one = '', many = one): string {
  return `${sayMany(rows, 'cell')} ${rows === 1 ? one : many}`.trimEnd();
}

/** Where to look: `, first on line 4`. */
export function sayWhere({ rows, line }: Tally): string {
  if (line === null) return '';
  return rows === 1 ? `, on line ${line}` : `, first on line ${line}`;
}
