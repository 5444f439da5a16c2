import type { ViewKeys } from '../../data/contract/mark-references.ts';
import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { effectiveRows } from './latest-values.ts';
import { endedOf, keyAt, viewRows, type ViewFile } from './view-rows.ts';

/**
 * The keys that a view has, from its rows: since the first row of a key became known; with a ttl its effective rows,
 * of which one that is older counts as none.
 */
export function keysOfView(view: ViewSpec, files: readonly ViewFile[]): ViewKeys {
  const { ttlMs } = view;
  const endedMs = endedOf(files);
  if (files.length === 0) return { sql: null, ttlMs, endedMs };
  const rows = `(${viewRows(view, files, [], { fromMs: null, throughMs: Number.MAX_SAFE_INTEGER })})`;
  const keys = view.entity.map((_, at) => keyAt(at));
  const sql =
    ttlMs === null || ttlMs === 0
      ? `SELECT ${keys.join(', ')}, min(known) AS known, min(event) AS event FROM ${rows} GROUP BY ${keys.join(', ')}`
      : `SELECT ${keys.join(', ')}, known, event FROM (${effectiveRows(rows, keys.length)})`;
  return { sql, ttlMs, endedMs };
}
