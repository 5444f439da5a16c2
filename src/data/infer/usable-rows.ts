import { PerennialError } from '../../domain/words/errors.ts';

/** Fewer labelled rows make no history, no window and no comparison. */
export const usableRowsMin = 300;

export function tooFew(path: string, rows: number, what: string): PerennialError {
  return new PerennialError('invalid_data', `${path} has ${rows} ${what}; at least ${usableRowsMin} are needed`, {
    path,
    hint: 'Use a longer table, or repair the rows.',
  });
}
