import type { PinnedFeature } from '../../domain/spec/columns/pins.ts';
import type { FeatureKind } from '../../domain/spec/spec.ts';
import type { SnapshotColumn } from '../../domain/training/snapshot.ts';
import { latestOf, windowedOf, type ViewFeatureSpec, type ViewSpec } from '../../domain/view/view-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { refuseEnded } from '../../data/contract/refuse-ended.ts';
import type { Duck } from '../../data/duck/connect.ts';
import { identifier, literal, numeric, pathLiteral } from '../../data/duck/sql.ts';
import { tileMsOf } from '../windows/tile.ts';
import { effectiveRows, latestList } from './latest-values.ts';
import { columnsUsed, endedOf, keyAt, viewRows, type ViewFile } from './view-rows.ts';
import { currentRows, distinctSql, edgeOf, windowList } from './window-values.ts';

/** One view as it is joined: its rows, and the features that are taken of it. */
export interface ViewToJoin {
  readonly view: ViewSpec;
  readonly files: readonly ViewFile[];
  readonly features: readonly PinnedFeature[];
}

export interface JoinInput {
  /** Parquet of rows in the order of their `_order`. */
  readonly path: string;
  readonly schema: readonly SnapshotColumn[];
  /** BIGINT column of epoch milliseconds: the moment at which each row looks at the views. */
  readonly atColumn: string;
  readonly views: readonly ViewToJoin[];
  /** Names of all columns in the order in which they are to stand. */
  readonly order: readonly string[];
  /** Where the joined rows are written. */
  readonly out: string;
  readonly parquetOptions: string;
}

/**
 * Writes the rows of `path` with the features that views had for them at their moment, one view at a time: as many
 * rows, in the same order. Answers the columns that were written. The same rows give the same bytes. Law: each view is
 * sorted once; windows cost labels times rows of their entity within the longest window; memory is the engine's bound,
 * since all of it spills.
 */
export async function joinViews(duck: Duck, input: JoinInput): Promise<readonly SnapshotColumn[]> {
  const added: SnapshotColumn[] = [];
  for (const [at, one] of input.views.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- one view at a time bounds the memory
    await joinView(duck, input, one, `joined_${at}`);
    added.push(...one.features.map(({ name, kind }) => ({ name, type: typeOfKind[kind] })));
  }
  const types = new Map([...input.schema, ...added].map((column) => [column.name, column]));
  const order = [...input.order.filter((name) => name !== '_order'), '_order'];
  const schema = order.flatMap((name) => types.get(name) ?? []);
  const from = new Map(
    input.views.flatMap(({ features }, view) =>
      features.map(({ name }, at) => [name, `joined_${view}.f${at}`] as const),
    ),
  );
  const list = schema.map(({ name }) => `${from.get(name) ?? `labels.${identifier(name)}`} AS ${identifier(name)}`);
  const tables = input.views.map((_, at) => ` POSITIONAL JOIN joined_${at}`).join('');
  await duck.run(
    `COPY (SELECT ${list.join(', ')} FROM ${rowsOf(input.path)} AS labels${tables})
      TO ${literal(input.out)} ${input.parquetOptions}`,
  );
  for (const at of input.views.keys())
    // oxlint-disable-next-line no-await-in-loop -- cheap, and one connection
    await duck.run(`DROP TABLE joined_${at}`);
  return schema;
}

export const typeOfKind: Record<FeatureKind, SnapshotColumn['type']> = {
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'BIGINT',
  category: 'VARCHAR',
};

/** Makes the table `into`: a row per row of `path`, in their order, with `rn` and a column per feature (`f0` …). */
async function joinView(duck: Duck, input: JoinInput, one: ViewToJoin, into: string): Promise<void> {
  const { view, features } = one;
  const [first] = features;
  if (first === undefined) throw new TypeError(`no feature is taken of view ${view.name}`);
  const keys = first.from.on.map((name, at) => `CAST(${identifier(name)} AS VARCHAR) AS ${keyAt(at)}`);
  await duck.run(`CREATE TEMP TABLE looks AS SELECT _order AS rn, ${identifier(input.atColumn)} AS t, ${keys.join(', ')}
    FROM ${rowsOf(input.path)}`);
  const names = new Set(features.map(({ from }) => from.feature));
  const used = columnsUsed(view, names);
  const reach = await reachOf(duck, view, names);
  if (reach !== null) {
    const ended = { view: view.name, endedMs: endedOf(one.files), backMs: reach.backMs };
    await refuseEnded(duck, `SELECT t FROM looks${lookedUp(view)}`, ended);
  }
  if (one.files.length === 0 || reach === null) await nothing(duck, into, one);
  else {
    // Sums of fractions depend on the order of their rows: it must not be that of the files which hold them.
    await duck.run(`CREATE TEMP TABLE seen AS ${viewRows(view, one.files, used, reach)} ORDER BY seq`);
    const values = new Map([...(await latest(duck, view, used, names)), ...(await windows(duck, view, used, names))]);
    const list = features.map((feature, at) => `${valueOf(view, feature, values)} AS f${at}`);
    await duck.run(`CREATE TEMP TABLE ${into} AS SELECT looks.rn, ${list.join(', ')} FROM looks
      LEFT JOIN latest ON latest.rn = looks.rn LEFT JOIN windowed ON windowed.rn = looks.rn ORDER BY looks.rn`);
    for (const table of ['latest', 'windowed', 'seen'])
      // oxlint-disable-next-line no-await-in-loop -- cheap, and one connection
      await duck.run(`DROP TABLE ${table}`);
  }
  await duck.run('DROP TABLE looks');
  await refuseMisplaced(duck, input.path, into);
}

/** Who has no key asks nothing. */
const lookedUp = ({ entity }: ViewSpec): string =>
  ` WHERE ${entity.map((_, at) => `${keyAt(at)} IS NOT NULL`).join(' AND ')}`;

/** Rows that no look can see are not read: those of the future, and those that every window and the ttl forget. */
async function reachOf(duck: Duck, view: ViewSpec, names: ReadonlySet<string>) {
  const [ends] = await duck.rows('SELECT CAST(min(t) AS DOUBLE) AS low, CAST(max(t) AS DOUBLE) AS high FROM looks');
  const [low, high] = [ends?.['low'], ends?.['high']];
  if (typeof low !== 'number' || typeof high !== 'number') return null;
  const isLatestTaken = latestOf(view).some(({ name }) => names.has(name));
  const ttlMs = view.ttlMs === 0 ? null : view.ttlMs;
  // Of an event that was corrected the later row may put it anywhere, so all of them are read.
  const isEverything = (isLatestTaken && ttlMs === null) || view.rowId !== null;
  const windowsMs = windowedOf(view).flatMap(({ name, windowMs }) =>
    names.has(name) ? [windowMs + tileMsOf(windowMs)] : [],
  );
  const backMs = Math.max(0, ...windowsMs, ...(isLatestTaken && ttlMs !== null ? [ttlMs + 1] : []));
  return { fromMs: isEverything ? null : low - backMs, throughMs: high, backMs };
}

type Values = readonly (readonly [feature: string, sql: string])[];

/** Makes the table `latest`, with a column per feature of the latest row. */
async function latest(
  duck: Duck,
  view: ViewSpec,
  used: readonly string[],
  names: ReadonlySet<string>,
): Promise<Values> {
  const found = latestList(view, used).filter(([name]) => names.has(name));
  if (found.length === 0) {
    await duck.run('CREATE TEMP TABLE latest AS SELECT CAST(NULL AS BIGINT) AS rn WHERE false');
    return [];
  }
  const list = found.map(([, sql], at) => `${sql} AS v${at}`);
  const same = view.entity.map((_, at) => `l.${keyAt(at)} = e.${keyAt(at)}`);
  // Equal keys and one inequality are all that the condition may hold: more has given wrong rows.
  await duck.run(`CREATE TEMP TABLE latest AS SELECT l.rn, ${list.join(', ')} FROM looks AS l ASOF LEFT JOIN
    (${effectiveRows('seen', view.entity.length)}) AS e ON ${same.join(' AND ')} AND l.t >= e.known`);
  return found.map(([name], at) => [name, `latest.v${at}`]);
}

/** Makes the table `windowed`, with a column per windowed feature. */
async function windows(
  duck: Duck,
  view: ViewSpec,
  used: readonly string[],
  names: ReadonlySet<string>,
): Promise<Values> {
  const found = windowList(view, used, names);
  if (found.length === 0) {
    await duck.run('CREATE TEMP TABLE windowed AS SELECT CAST(NULL AS BIGINT) AS rn WHERE false');
    return [];
  }
  const features = windowedOf(view).filter(({ name }) => names.has(name));
  const longest = features.reduce((one, other) => (other.windowMs > one ? other.windowMs : one), 0);
  // Tiles grow with windows, each a multiple of the ones before: no shorter window begins before the longest.
  const same = view.entity.map((_, at) => `looks.${keyAt(at)} = e.${keyAt(at)}`);
  const hits = `(SELECT looks.rn, looks.t, e.* FROM looks JOIN current AS e ON ${same.join(' AND ')}
    WHERE e.known <= looks.t AND (e.until IS NULL OR looks.t < e.until) AND e.event > ${edgeOf(longest, 'looks.t')})`;
  await duck.run(`CREATE TEMP TABLE current AS ${currentRows('seen', view)}`);
  const sums = found.map(({ sql }, at) => `${sql} AS v${at}`);
  const counted = features.flatMap((feature, at) => (feature.aggregate === 'distinct' ? [{ feature, at }] : []));
  for (const { feature, at } of counted)
    // oxlint-disable-next-line no-await-in-loop -- one sketch at a time bounds the memory
    await duck.run(`CREATE TEMP TABLE distinct_${at} AS ${distinctSql(feature, used, hits)}`);
  const list = found.map((_, at) =>
    counted.some((one) => one.at === at) ? `distinct_${at}.value AS v${at}` : `sums.v${at} AS v${at}`,
  );
  await duck.run(`CREATE TEMP TABLE windowed AS SELECT sums.rn, ${list.join(', ')} FROM
    (SELECT rn, ${sums.join(', ')} FROM ${hits} GROUP BY rn) AS sums
    ${counted.map(({ at }) => `LEFT JOIN distinct_${at} ON distinct_${at}.rn = sums.rn`).join(' ')}`);
  for (const table of ['current', ...counted.map(({ at }) => `distinct_${at}`)])
    // oxlint-disable-next-line no-await-in-loop -- cheap, and one connection
    await duck.run(`DROP TABLE ${table}`);
  return found.map(({ name, empty }, at) => [name, `coalesce(windowed.v${at}, ${empty})`]);
}

function valueOf(view: ViewSpec, { name, kind, from }: PinnedFeature, values: ReadonlyMap<string, string>): string {
  const feature = view.features.find((one) => one.name === from.feature);
  const value = values.get(from.feature);
  if (feature === undefined || value === undefined)
    throw new PerennialError('invalid_spec', `View ${view.name} has no feature ${from.feature}.`, {
      path: `features.${name}`,
      hint: 'Apply the definition again.',
    });
  const whole = `coalesce(${value}, ${defaultOf(feature)})`;
  return `CAST(${whole} AS ${typeOfKind[kind]})`;
}

function defaultOf({ onMissing }: ViewFeatureSpec): string {
  if (onMissing === undefined || onMissing === null) return 'NULL';
  if (typeof onMissing === 'number') return numeric(onMissing);
  return typeof onMissing === 'string' ? literal(onMissing) : String(onMissing);
}

/** Of a view without rows: what stands where there is no value. */
async function nothing(duck: Duck, into: string, { view, features }: ViewToJoin): Promise<void> {
  const empties = new Map(
    windowList(view, [], new Set(view.features.map(({ name }) => name))).map(({ name, empty }) => [name, empty]),
  );
  const values = new Map(view.features.map(({ name }) => [name, empties.get(name) ?? 'NULL']));
  const list = features.map((feature, at) => `${valueOf(view, feature, values)} AS f${at}`);
  await duck.run(`CREATE TEMP TABLE ${into} AS SELECT rn, ${list.join(', ')} FROM looks ORDER BY rn`);
}

/** Rows are put side by side by their place: each must stand at its own. */
async function refuseMisplaced(duck: Duck, path: string, into: string): Promise<void> {
  const [row] = await duck.rows(`SELECT CAST(count(*) AS DOUBLE) AS misplaced FROM
    (SELECT _order FROM ${rowsOf(path)}) AS labels POSITIONAL JOIN ${into}
    WHERE labels._order IS DISTINCT FROM ${into}.rn`);
  if (Number(row?.['misplaced']) !== 0)
    throw new PerennialError('internal', 'joined rows do not stand at their places');
}

function rowsOf(path: string): string {
  return `read_parquet(${pathLiteral(path)}, hive_partitioning = false)`;
}
