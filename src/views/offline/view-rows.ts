import type { ViewSpec } from '../../domain/view/view-spec.ts';
import { isWindowed } from '../../domain/view/view-spec.ts';
import { usedBy } from '../../domain/view/rows-of-view.ts';
import { identifier, literal, pathLiteral } from '../../data/duck/sql.ts';

/** Accepted rows of one snapshot of a view. */
export interface ViewFile {
  readonly path: string;
  /** When they were received, epoch milliseconds; null where they count from their event time, or declare their own. */
  readonly receivedMs: number | null;
  /** The rows of several snapshots: each says by itself when it was received. */
  readonly isJoined: boolean;
  /** The last place that counts; null where all do. */
  readonly throughSeq: number | null;
  /** Its rows that were known up to then, epoch milliseconds, have ended; absent means none. */
  readonly endedMs?: number;
}

/** Names in SQL that no column of a source can take, since they stand behind a number. */
export const keyAt = (at: number) => `k${at}`;
export const valueAt = (at: number) => `c${at}`;

/** The columns that these features of a view look at, each once. */
export function columnsUsed(view: ViewSpec, names: ReadonlySet<string>): readonly string[] {
  const used = view.features
    .filter(({ name }) => names.has(name))
    .flatMap((feature) => (isWindowed(feature) ? usedBy(feature) : [feature.name]));
  return [...new Set(used)];
}

/**
 * SELECT of the rows of a view: keys as text (`k0` …), `event`, `available`, `known`, `seq`, `id` where rows have one,
 * and the columns that are used (`c0` …). Only events behind `fromMs` (null: all) up to `throughMs`.
 */
export function viewRows(
  view: ViewSpec,
  files: readonly ViewFile[],
  used: readonly string[],
  reach: { readonly fromMs: number | null; readonly throughMs: number },
): string {
  const received = view.availableTime === null ? receivedOf(files) : nothingReceived;
  const { event, available } = timesOf(view, received.ms);
  const columns = [
    ...view.entity.map((name, at) => `CAST(${column(name)} AS VARCHAR) AS ${keyAt(at)}`),
    ...(view.rowId === null ? [] : [`CAST(${column(view.rowId)} AS VARCHAR) AS id`]),
    ...used.map((name, at) => `${column(name)} AS ${valueAt(at)}`),
    `${event} AS event`,
    `${available} AS available`,
    `greatest(${event}, ${available}) AS known`,
    'source._order AS seq',
  ];
  // Filters stand here and never in the condition of a join, where the engine has given wrong rows for them.
  const filters = [
    `${event} <= ${reach.throughMs}`,
    ...(reach.fromMs === null ? [] : [`${event} > ${reach.fromMs}`]),
    ...view.entity.map((name) => `${column(name)} IS NOT NULL`),
    ...files.flatMap(({ path, throughSeq }) =>
      throughSeq === null ? [] : [`(${column(fileColumn)} <> ${literal(path)} OR source._order <= ${throughSeq})`],
    ),
  ];
  return `SELECT ${columns.join(', ')} FROM ${sourceOf(files)}${received.join} WHERE ${filters.join(' AND ')}`;
}

const column = (name: string) => `source.${identifier(name)}`;

/** When the event of a row of `source` was and from when on others could know it, as SQL. */
export function timesOf(
  view: ViewSpec,
  receivedMs: string | null,
): { readonly event: string; readonly available: string } {
  const event = column(view.eventTime.column);
  if (view.availableTime !== null) return { event, available: column(view.availableTime.column) };
  return { event, available: receivedMs === null ? event : `coalesce(greatest(${receivedMs}, ${event}), ${event})` };
}

/** Up to when rows of these files have ended; null where all are there. */
export function endedOf(files: readonly ViewFile[]): number | null {
  const ended = files.flatMap(({ endedMs }) => endedMs ?? []);
  return ended.length === 0 ? null : Math.max(...ended);
}

/** No column of a table is called so: control characters are refused in names. */
const fileColumn = '\u0001file';
/** Of a joined file: when each row was received, epoch milliseconds; null as of a file. */
export const receivedColumn = '\u0001received';

/** The rows of all files, as `source`. */
export function sourceOf(files: readonly ViewFile[]): string {
  const list = `[${files.map(({ path }) => pathLiteral(path)).join(', ')}]`;
  const isNamed = files.some(({ receivedMs, throughSeq }) => receivedMs !== null || throughSeq !== null);
  const named = isNamed ? `, filename = ${literal(fileColumn)}` : '';
  return `read_parquet(${list}, union_by_name = true, hive_partitioning = false${named}) AS source`;
}

const nothingReceived = { ms: null, join: '' };

/** When a row of `source` was received, as SQL, and what `source` is joined with for that; null where none says it. */
export function receivedOf(files: readonly ViewFile[]): { readonly ms: string | null; readonly join: string } {
  const own = files.some(({ isJoined }) => isJoined) ? [`source.${identifier(receivedColumn)}`] : [];
  if (files.every(({ receivedMs }) => receivedMs === null)) return { ms: own[0] ?? null, join: '' };
  const rows = files.map(({ path, receivedMs }) => `(${literal(path)}, CAST(${receivedMs ?? 'NULL'} AS BIGINT))`);
  const join = ` JOIN (VALUES ${rows.join(', ')}) AS received (path, ms)
    ON source.${identifier(fileColumn)} = received.path`;
  return { ms: own[0] === undefined ? 'received.ms' : `coalesce(${own[0]}, received.ms)`, join };
}
