import { PerennialError } from '../../domain/words/errors.ts';
import { explainedRowsMax } from '../../domain/words/limits.ts';
import { refusedAt } from './refused-at.ts';

/** Features that are named where nobody says how many. */
const topUsual = 3;

/** How many features each explanation names; undefined asks for none. */
export function readExplain(
  asked: boolean | { readonly top: number } | undefined,
  rows: number,
  features: number,
): { readonly top: number } | undefined {
  if (asked === undefined || asked === false) return undefined;
  if (rows > explainedRowsMax)
    throw new PerennialError('too_large', `rows has ${rows} rows; at most ${explainedRowsMax} are explained at once`, {
      path: 'rows',
    });
  if (asked === true) return { top: Math.min(topUsual, features) };
  if (asked.top > features)
    throw refusedAt('explain.top', `explain.top is ${asked.top}; the model has ${features} features`);
  return asked;
}
