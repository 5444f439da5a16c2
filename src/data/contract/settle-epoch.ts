import { msPerUnit } from '../../domain/cells/read-instant.ts';
import type { EpochUnit } from '../../domain/spec/closed-sets.ts';
import type { Duck } from '../duck/connect.ts';
import { numeric, literal } from '../duck/sql.ts';
import { findEpoch, isEpochSentinel } from '../read/find-epoch.ts';
import { sentinelRuleId } from '../../domain/contract/rules/time-rules.ts';

/** What numbers of an event time were taken for. */
export interface EpochFound {
  readonly unit: EpochUnit;
  readonly rows: number;
}

/**
 * Looks at every number in `event_key` of `checked` that is not known to be an instant. Where all of them are one unit
 * since 1970 they become milliseconds, and those that stand for no time are set aside; null where they stay as they
 * are, or are milliseconds already.
 */
export async function settleEpoch(duck: Duck, column: string): Promise<EpochFound | null> {
  const found = await findEpoch(duck, 'SELECT event_key AS key FROM checked WHERE NOT bad AND NOT event_instant');
  if (found === null) return null;
  const { unit, rows, sentinels } = found;
  if (sentinels > 0)
    await duck.run(`UPDATE checked SET ids = list_append(ids, ${literal(sentinelRuleId(column))}), bad = true
      WHERE NOT bad AND NOT event_instant AND ${isEpochSentinel('event_key', unit)}`);
  await duck.run(`UPDATE checked SET event_key = event_key * ${numeric(msPerUnit[unit])}, event_instant = true
    WHERE NOT event_instant`);
  return msPerUnit[unit] === 1 ? null : { unit, rows };
}
