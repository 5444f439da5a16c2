import { PerennialError } from '../../domain/words/errors.ts';
import type { Duck } from '../duck/connect.ts';

/**
 * Throws invalid_data where rows look back to what a view does not keep any more: they would be told that there was
 * nothing, where earlier trainings saw values. `looks` is a SELECT of their moments `t`; a look at `t` needs what was
 * known behind `t - backMs`.
 */
export async function refuseEnded(
  duck: Duck,
  looks: string,
  { view, endedMs, backMs }: { readonly view: string; readonly endedMs: number | null; readonly backMs: number },
): Promise<void> {
  if (endedMs === null) return;
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(min(t) AS DOUBLE) AS first
    FROM (${looks}) WHERE t - ${backMs} < ${endedMs}`);
  const rows = Number(row?.['rows'] ?? 0);
  if (rows === 0) return;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  throw new PerennialError(
    'invalid_data',
    `View ${view} keeps no rows that were known before ${day(endedMs)}, and ${rows} rows look back further ` +
      `(the first at ${day(Number(row?.['first']))})`,
    {
      path: `view ${view}`,
      hint: `Leave rows from before ${day(endedMs + backMs)} out of the source, or let the view keep its rows longer.`,
    },
  );
}
