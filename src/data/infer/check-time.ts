import type { TimeReading } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Duck } from '../duck/connect.ts';
import { orderKeyOf } from '../read/cells/instants.ts';
import { baseOf, cellText } from '../read/read-lossless.ts';
import type { OpenTable } from '../read/table-file.ts';

/** True when the rows stand in order of time. Throws when the column holds no times. */
export async function checkTime(
  duck: Duck,
  table: OpenTable,
  name: string,
  reading: TimeReading = {},
): Promise<boolean> {
  const [row] = await duck.rows(`SELECT CAST(count(key) AS DOUBLE) AS timed, CAST(count(text) AS DOUBLE) AS present,
      any_value(text) AS example, count_if(key < previous) = 0 AS sorted FROM (
    SELECT key, text, lag(key) OVER (ORDER BY n) AS previous FROM (SELECT n, text,
    ${orderKeyOf('text', reading)} AS key FROM
    (SELECT n, ${cellText(table, name, 'time')} AS text FROM ${baseOf(table)})))`);
  if (Number(row?.['timed'] ?? 0) < Number(row?.['present'] ?? 0) * 0.9 || Number(row?.['timed'] ?? 0) === 0) {
    throw new PerennialError(
      'invalid_data',
      `--time ${name}: values like ${String(row?.['example'] ?? '(empty)')} are neither ISO 8601 times ` +
        `(2026-05-03T14:03:00Z) nor numbers`,
      {
        path: '--time',
        hint: 'Name another column with --time, or leave it out if the rows stand in order of time.',
      },
    );
  }
  return row?.['sorted'] === true;
}
