import { sql, type SQL } from 'drizzle-orm';
import { thawedSuffix, windowPrefix } from '../../domain/record/occasion.ts';

/**
 * Keys of occasions inside a query: what `formatOccasion` gives, where the parts are columns. They are written as
 * literals, since the index `decision_by_window` is found by its condition.
 */
const literal = (text: string): SQL => sql.raw(`'${text}'`);

/** True of the decisions about windows, those after a thaw included. */
export function isOfWindow(key: SQL): SQL {
  return sql`${key} like ${literal(`${windowPrefix}%`)}`;
}

/** The key under which what stood under `key` is decided again after a thaw. */
export function thawedKey(key: SQL): SQL {
  return sql`${key} || ${literal(thawedSuffix)}`;
}
