import { latestOf, type ViewSpec } from '../../domain/view/view-spec.ts';
import { keyAt, valueAt } from './view-rows.ts';

/**
 * SELECT of the effective rows among `rows` (the name of a table of `viewRows`): those that were the last by (event,
 * available, place) of all that were known when they became known, and of several that became known at once the last.
 * So `known` and the keys name one row at most, and no tie is left to the engine.
 */
export function effectiveRows(rows: string, keys: number): string {
  const key = Array.from({ length: keys }, (_, at) => keyAt(at)).join(', ');
  return `SELECT * EXCLUDE (place, before, next) FROM (
    SELECT *, lead(known) OVER (PARTITION BY ${key} ORDER BY known, place) AS next FROM (
      SELECT *, max(place) OVER (PARTITION BY ${key} ORDER BY known, place
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (
        SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY event, available, seq) AS place FROM ${rows})
    ) WHERE before IS NULL OR place > before
  ) WHERE next IS NULL OR next > known`;
}

/** Each value of the latest row, beside the label that it was found for: nothing where the row is stale. */
export function latestList(
  view: ViewSpec,
  used: readonly string[],
): readonly (readonly [feature: string, sql: string])[] {
  const { ttlMs } = view;
  return latestOf(view)
    .filter(({ name }) => used.includes(name))
    .map(({ name }) => {
      const value = `e.${valueAt(used.indexOf(name))}`;
      // An age of exactly the ttl is fresh, as in `statusOf`.
      const fresh = ttlMs === null || ttlMs === 0 ? value : `CASE WHEN l.t - e.event <= ${ttlMs} THEN ${value} END`;
      return [name, fresh] as const;
    });
}
