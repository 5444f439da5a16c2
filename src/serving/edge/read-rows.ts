import { PerennialError } from '../../domain/words/errors.ts';
import { rowsMax } from './bodies.ts';
import type { EdgeSignature } from './edge-signature.ts';
import { readRow } from './read-row.ts';
import type { EdgeRow } from './edge-row.ts';
import { refusedAt } from './refused-at.ts';

/** Rows of one request, and what the caller calls their predictions. */
export interface GivenRows {
  readonly rows: readonly unknown[];
  /** One per row; absent lets this process name them. */
  readonly predictionIds?: readonly string[] | undefined;
}

/** Every row in the cells of the edge signature. Throws for the first one that is not as declared. */
export function readRows(edge: EdgeSignature, { rows, predictionIds }: GivenRows): readonly EdgeRow[] {
  if (rows.length > rowsMax)
    throw new PerennialError('too_large', `rows has ${rows.length} rows; at most ${rowsMax} are answered at once`, {
      path: 'rows',
    });
  if (predictionIds !== undefined) checkIds(predictionIds, rows.length);
  return rows.map((row, index) => readRow(edge, row, `rows[${index}]`));
}

function checkIds(ids: readonly string[], rowCount: number): void {
  if (ids.length !== rowCount) {
    throw refusedAt('predictionIds', `predictionIds has ${ids.length} ids for ${rowCount} rows; send one per row`);
  }
  if (new Set(ids).size !== ids.length) throw refusedAt('predictionIds', 'predictionIds has the same id twice');
}
