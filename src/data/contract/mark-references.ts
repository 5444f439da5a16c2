import { columnNamed } from '../../domain/contract/contract-columns.ts';
import { isAboutView } from '../../domain/spec/columns/rule-subject.ts';
import type { RowsSpec } from '../../domain/spec/columns/rows-spec.ts';
import type { ReferencesRule } from '../../domain/spec/spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { Duck } from '../duck/connect.ts';
import { identifier, literal } from '../duck/sql.ts';
import type { NamedColumn } from './checked-columns.ts';
import { refuseEnded } from './refuse-ended.ts';

/** The keys of a view, and since when each of them is there. */
export interface ViewKeys {
  /**
   * SELECT of the keys as text (`k0` …), of `known` (epoch milliseconds from which on the view says it) and of `event`;
   * at most one row per key and `known`. Null for a view without rows.
   */
  readonly sql: string | null;
  /** The age of an event from which its key counts as none; null: never. */
  readonly ttlMs: number | null;
  /** Rows that were known up to then have ended; null or absent where none have. */
  readonly endedMs?: number | null;
}

/** What rules that ask views are asked with; by the name of the view. */
export type KeysOfViews = ReadonlyMap<string, ViewKeys>;

/**
 * Marks the rows of `checked` whose key the view does not have: as known at their event time, or at `nowMs` where they
 * have none. A row that lacks a part of the key refers to nothing and keeps the rule. Throws `unavailable` where a view
 * is not at hand: a rule that is not asked is never a pass.
 */
export async function markReferences(
  duck: Duck,
  spec: RowsSpec,
  columns: readonly NamedColumn[],
  { keys, nowMs }: { readonly keys: KeysOfViews | undefined; readonly nowMs: number },
): Promise<void> {
  for (const [index, rule] of spec.contract.rules.entries()) {
    if (!isAboutView(rule)) continue;
    const found = keys?.get(rule.view);
    if (found === undefined) throw notAsked(rule);
    const { endedMs = null, ttlMs } = found;
    const looks = askedSql(rule, columns, nowMs);
    await refuseEnded(duck, looks, { view: rule.view, endedMs, backMs: (ttlMs ?? 0) + 1 });
    const isBad = rule.severity === 'warn' ? 'bad' : 'true';
    await duck.run(`UPDATE checked SET ids = list_append(ids, ${literal(rule.id)}), bad = ${isBad}
      WHERE n IN (${unknownSql(rule, columns, found, { nowMs, table: `asked_${index}` })})`);
  }
}

/** The rows that have a key, each with its moment. */
function askedSql(rule: ReferencesRule, columns: readonly NamedColumn[], nowMs: number): string {
  const parts = rule.columns.map((name) => columnNamed(columns, name).value);
  return `SELECT n, CAST(coalesce(event_key, ${nowMs}) AS DOUBLE) AS t,
    ${parts.map((part, at) => `${part} AS k${at}`).join(', ')} FROM checked
    WHERE ${parts.map((part) => `${part} IS NOT NULL`).join(' AND ')}`;
}

function unknownSql(
  rule: ReferencesRule,
  columns: readonly NamedColumn[],
  { sql, ttlMs }: ViewKeys,
  { nowMs, table }: { readonly nowMs: number; readonly table: string },
): string {
  const asked = `(${askedSql(rule, columns, nowMs)})`;
  const name = identifier(table);
  if (sql === null) return `SELECT n FROM ${asked} AS ${name}`;
  const same = rule.columns.map((_, at) => `${name}.k${at} = held.k${at}`);
  const isStale = ttlMs === null || ttlMs === 0 ? '' : ` OR ${name}.t - held.event > ${ttlMs}`;
  // Equal keys and one inequality are all that the condition may hold: more has given wrong rows.
  return `SELECT n FROM ${asked} AS ${name} ASOF LEFT JOIN (${sql}) AS held
    ON ${same.join(' AND ')} AND ${name}.t >= CAST(held.known AS DOUBLE) WHERE held.known IS NULL${isStale}`;
}

function notAsked({ id, view }: ReferencesRule): PerennialError {
  return new PerennialError('unavailable', `Rule ${id} could not be asked: the keys of view ${view} are not at hand.`, {
    path: id,
    hint: 'Only the platform has them. `perennial contract check --without-views` leaves the rule out, and says so.',
  });
}
