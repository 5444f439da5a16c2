import { PerennialError } from '../../domain/words/errors.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import { checkedSelect } from '../contract/check-rows.ts';
import type { Duck } from '../duck/connect.ts';
import type { OpenTable } from '../read/table-file.ts';
import { usableRowsMin } from './usable-rows.ts';

/**
 * The default budget, or as much more as this table is seen to need (with a note): refusing it would help nobody here.
 */
export async function quarantineBudget(
  duck: Duck,
  table: OpenTable,
  spec: ModelSpec,
  { historyRows, rejected }: { readonly historyRows: number; readonly rejected: number },
): Promise<{ readonly shareMax: number; readonly notes: readonly string[] }> {
  const { sql } = checkedSelect(table, spec, { unlabelled: 'refuse' });
  const [row] = await duck.rows(
    `SELECT CAST(count_if(bad) AS DOUBLE) AS bad, CAST(count(*) AS DOUBLE) AS rows, CAST(count_if(bad AND n <=
      ${historyRows}) AS DOUBLE) AS early FROM (${sql})`,
  );
  const usable = historyRows - Number(row?.['early'] ?? 0);
  if (usable < usableRowsMin / 10)
    throw new PerennialError(
      'invalid_data',
      `only ${usable} of the first ${historyRows} rows, which are the history, can be used`,
      { path: table.path },
    );
  // Rejected rows could all lie in the history; the budget must not fail then.
  const share = Math.max(
    (Number(row?.['bad'] ?? 0) + rejected) / (Number(row?.['rows'] ?? 0) + rejected),
    (Number(row?.['early'] ?? 0) + rejected) / (historyRows + rejected),
  );
  if (share <= spec.contract.quarantineShareMax / 2) return { shareMax: spec.contract.quarantineShareMax, notes: [] };
  const shareMax = Math.min(0.95, Math.ceil((share * 1.5 + 0.02) * 100) / 100);
  return {
    shareMax,
    notes: [
      `${(100 * share).toFixed(1)} % of the rows cannot be used (no label, or a value of another type); the contract ` +
        `allows ${Math.round(100 * shareMax)} %.`,
    ],
  };
}
