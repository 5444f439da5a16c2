import { sql, type SQL } from 'drizzle-orm';

/** Through which position or closed window of the traffic labels are known; `now`: whatever has come. */
export type KnownThrough = { readonly seq: number } | { readonly window: number } | 'now';

/**
 * Joins to each row of `p` its current label, as `current.label`: of those known by then the one that came last. Rows
 * without a label stay away.
 */
export function joinCurrentLabel(known: KnownThrough): SQL {
  return sql`join lateral (${currentLabel(known)}) current on true`;
}

/** The same with `current.label` null for rows without a label. */
export function leftJoinCurrentLabel(known: KnownThrough): SQL {
  return sql`left join lateral (${currentLabel(known)}) current on true`;
}

/**
 * By arrival at the door, not at the table: segments of several processes are stored in any order, some of them twice.
 */
export const newestLabelFirst = 'order by l.received_at desc, l.label_seq desc';

/**
 * A label that came later does not exist for this cut-off: the same events give the same rows at any speed. A label
 * stands in the part of its prediction or in a later one, so older partitions are not looked at.
 */
function currentLabel(known: KnownThrough): SQL {
  return sql`select l.label from label l where l.model = p.model and l.prediction_id = p.prediction_id
    and l.part >= p.part ${knownBy(known)}
    ${sql.raw(newestLabelFirst)} limit 1`;
}

function knownBy(known: KnownThrough): SQL {
  if (known === 'now') return sql.empty();
  return 'seq' in known ? sql`and l.known_seq <= ${known.seq}` : sql`and l.known_window <= ${known.window}`;
}
