import type { Aggregate } from '../../domain/view/closed-sets.ts';
import { windowedOf, type ViewSpec, type WindowFeature } from '../../domain/view/view-spec.ts';
import { rankBits, registerBits, registers } from '../windows/distinct.ts';
import { tileMsOf } from '../windows/tile.ts';
import { keyAt, valueAt } from './view-rows.ts';

/** SQL of the far edge of a window that ends at `t`, as `firstTileOf` has it; the window begins behind it. */
export function edgeOf(windowMs: number, t: string): string {
  const tileMs = tileMsOf(windowMs);
  return `(CAST(floor((${t} - ${windowMs}) / ${tileMs}) AS BIGINT) * ${tileMs})`;
}

/**
 * SELECT of the rows among `rows` (the name of a table of `viewRows`) with `until`, the moment from which a correction
 * counts instead of them; NULL for ever. Of the rows of one id the one that was available last counts, wherever it puts
 * the event.
 */
export function currentRows(rows: string, { entity, rowId }: ViewSpec): string {
  if (rowId === null) return `SELECT *, CAST(NULL AS BIGINT) AS until FROM ${rows}`;
  const event = [...entity.map((_, at) => keyAt(at)), 'id'].join(', ');
  return `SELECT * EXCLUDE (place, before) FROM (
    SELECT *, lead(known) OVER (PARTITION BY ${event} ORDER BY known, place) AS until FROM (
      SELECT *, max(place) OVER (PARTITION BY ${event} ORDER BY known, place
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (
        SELECT *, row_number() OVER (PARTITION BY ${event} ORDER BY available, seq) AS place FROM ${rows})
    ) WHERE before IS NULL OR place > before
  ) WHERE until IS NULL OR until > known`;
}

/** What a windowed feature comes to over the rows of a label, and what it comes to where there are none. */
interface WindowValue {
  readonly name: string;
  readonly sql: string;
  readonly empty: string;
}

export function windowList(
  view: ViewSpec,
  used: readonly string[],
  names: ReadonlySet<string>,
): readonly WindowValue[] {
  return windowedOf(view)
    .filter(({ name }) => names.has(name))
    .map((feature) => ({
      name: feature.name,
      sql: valueSql[feature.aggregate](columnOf(feature.column, used), columnOf(feature.over, used), isIn(feature)),
      empty: emptyOf[feature.aggregate],
    }));
}

function columnOf(name: string | null, used: readonly string[]): string {
  return name === null ? '1' : valueAt(used.indexOf(name));
}

function isIn({ windowMs }: WindowFeature): string {
  return `event > ${edgeOf(windowMs, 't')}`;
}

/** A sum of nothing is 0, as is a count; nothing else is something. */
const emptyOf: Record<Aggregate, string> = {
  count: '0',
  sum: '0',
  distinct: '0',
  mean: 'NULL',
  min: 'NULL',
  max: 'NULL',
  last: 'NULL',
  ratio: 'NULL',
};

type ValueSql = (column: string, over: string, isIn: string) => string;

const valueSql: Record<Aggregate, ValueSql> = {
  count: (column, _, isIn) => `CAST(count(${column}) FILTER (${isIn}) AS DOUBLE)`,
  // Compensated, as the tiles are.
  sum: (column, _, isIn) => `coalesce(fsum(${column}) FILTER (${isIn}), 0)`,
  mean: (column, _, isIn) => `fsum(${column}) FILTER (${isIn}) / count(${column}) FILTER (${isIn})`,
  min: (column, _, isIn) => `min(${column}) FILTER (${isIn})`,
  max: (column, _, isIn) => `max(${column}) FILTER (${isIn})`,
  last: (column, _, isIn) => `arg_max(${column}, (event, available, seq)) FILTER (${isIn} AND ${column} IS NOT NULL)`,
  // Of a sketch: see `distinctSql`.
  distinct: () => 'NULL',
  ratio: (column, over, isIn) =>
    `coalesce(fsum(${column}) FILTER (${isIn}), 0) / nullif(fsum(${over}) FILTER (${isIn}), 0)`,
};

/**
 * SELECT of the number of different values of a column by label (`rn`), over `hits` (SQL with `rn`, `event`, `t` and
 * the columns): the same sketch as src/views/windows/distinct.ts.
 */
export function distinctSql({ column, windowMs }: WindowFeature, used: readonly string[], hits: string): string {
  const value = columnOf(column, used);
  const rest = `(hash >> ${registerBits})`;
  const rank = `CASE WHEN ${rest} = 0 THEN ${rankBits + 1} ELSE ${rankBits + 1} - length(bin(${rest})) END`;
  const alpha = `(0.7213e0 / (1e0 + 1.079e0 / ${registers}e0))`;
  const raw = `(${alpha} * ${registers}e0 * ${registers}e0 / (harmonic + (${registers} - used)))`;
  return `SELECT rn, round(CASE WHEN ${raw} <= ${2.5 * registers} AND used < ${registers}
      THEN ${registers} * ln(${registers}e0 / (${registers} - used)) ELSE ${raw} END) AS value FROM (
    SELECT rn, count(*) AS used, sum(1e0 / (1::UBIGINT << rank::UBIGINT)) AS harmonic FROM (
      SELECT rn, register, max(rank) AS rank FROM (
        SELECT rn, hash & ${registers - 1} AS register, ${rank} AS rank FROM (
          SELECT rn, md5_number_lower(${value}) AS hash FROM ${hits}
          WHERE event > ${edgeOf(windowMs, 't')} AND ${value} IS NOT NULL)
      ) GROUP BY rn, register
    ) GROUP BY rn)`;
}
