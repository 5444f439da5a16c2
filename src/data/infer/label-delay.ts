import { PerennialError } from '../../domain/words/errors.ts';

/**
 * A twentieth of the table, a tenth of its history, and at most this: labels that come later leave a small table
 * without any, and a split of its history, which leaves the delay out twice, without rows to train on.
 */
const delayRowsUsual = 500;

/** Rows by which labels come late: what was asked for, or what fits the table. Throws when no label would arrive. */
export function labelDelayOf(asked: number | undefined, rows: number, historyRows: number): number {
  const delayRows = asked ?? Math.max(1, Math.min(delayRowsUsual, Math.floor(rows / 20), Math.floor(historyRows / 10)));
  if (Number.isSafeInteger(delayRows) && delayRows >= 1 && delayRows < rows - historyRows) return delayRows;
  throw new PerennialError(
    'invalid_data',
    `--label-delay ${delayRows} must be a whole number from 1 to ${rows - historyRows - 1}, or no label ` +
      `would arrive before the table ends`,
    { path: '--label-delay', hint: 'Name a shorter delay.' },
  );
}

/** Says so where the delay was chosen and is not the usual one. */
export function labelDelayNotes(asked: number | undefined, delayRows: number): readonly string[] {
  if (asked !== undefined || delayRows >= delayRowsUsual) return [];
  return [`Labels are taken to come ${delayRows} rows late, as the table is small; --label-delay says otherwise.`];
}
