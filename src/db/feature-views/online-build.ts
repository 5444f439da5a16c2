import { sql } from 'drizzle-orm';
import type pg from 'pg';
import type { SnapshotManifest } from '../../domain/training/snapshot.ts';
import type { OnlineBuild } from '../../domain/view/online-build.ts';
import type { EntityState } from '../../views/online/entity-state.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { arrayText, stateColumns, stateIn, stateTypes, type FoundState } from './online-row.ts';

export interface OnlineKey {
  readonly view: string;
  readonly digest: string;
}

/** What an online store says of itself. */
export interface OnlineHead {
  readonly generation: number;
  readonly snapshot: string | null;
  readonly building: OnlineBuild | null;
}

/** Channel of `{view, digest, sequence}`: what is read of this revision may have changed. */
export const onlineChannel = 'perennial_views';

/** The head of a store; null before it was wanted. */
export async function readOnlineHead(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
): Promise<OnlineHead | null> {
  const { rows } = await pool.query<OnlineHead>(
    'select generation, snapshot, building from online_view where view = $1 and digest = $2',
    [view, digest],
  );
  return rows[0] ?? null;
}

/**
 * Begins to bring a snapshot in, or finds that this has begun: what was begun goes on where it was. `isAnew`: it
 * does not continue what is there, and is built beside it. `generation`: of the head that was there before anybody
 * looked for what comes next. Answers the build; null when somebody else has begun another one, or emptied the store
 * since.
 */
export async function beginBuild(
  database: Pick<Database, 'pool'>,
  key: OnlineKey,
  {
    snapshot,
    after,
    generation: found,
    isAnew,
  }: {
    readonly snapshot: string;
    readonly after: string | null;
    readonly generation: number;
    readonly isAnew: boolean;
  },
): Promise<OnlineBuild | null> {
  return withTransaction(database, async (_, client) => {
    const head = await lockHead(client, key);
    if (head === null || head.generation !== found) return null;
    if (head.building !== null) return head.building.snapshot === snapshot ? head.building : null;
    if (head.snapshot !== after && !isAnew) return null;
    const isBeside = isAnew && head.snapshot !== null;
    const generation = isBeside ? await nextGeneration(client, key) : head.generation;
    const build = { snapshot, generation, throughSeq: -1 };
    await saveBuild(client, key, build, 0);
    return build;
  });
}

/**
 * Goes on with a build in another snapshot, which holds the rows that come next; null when it stands elsewhere by now.
 * Of a store that is filled for the first time processes look at once for what is in so far.
 */
export async function moveBuild(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  build: OnlineBuild,
  to: Pick<OnlineBuild, 'snapshot' | 'throughSeq'>,
): Promise<OnlineBuild | null> {
  const moved = { ...build, ...to };
  const { rowCount } = await pool.query(
    `update online_view set building = $5, sequence = sequence + case when generation = $6 then 1 else 0 end
     where view = $1 and digest = $2 and building ->> 'snapshot' = $3
       and building -> 'throughSeq' = to_jsonb($4::bigint)`,
    [view, digest, build.snapshot, build.throughSeq, JSON.stringify(moved), build.generation],
  );
  return rowCount === 0 ? null : moved;
}

/** Forgets a build that nobody can go on with: its generation is dropped, and what is there stands. */
export async function giveUpBuild(database: Pick<Database, 'pool'>, key: OnlineKey): Promise<void> {
  await withTransaction(database, async (_, client) => {
    const head = await lockHead(client, key);
    if (head?.building == null) return;
    // Rows that went into what is read cannot be taken out of it: all of it is built anew beside it.
    const isInPlace = head.building.generation === head.generation;
    await client.query(
      `update online_view set building = null, snapshot = case when $3 then null else snapshot end,
         generation = case when $3 then generation_max + 1 else generation end,
         generation_max = generation_max + case when $3 then 1 else 0 end, sequence = sequence + 1
       where view = $1 and digest = $2`,
      [key.view, key.digest, isInPlace],
    );
  });
}

/** From now on the store says nothing, and is built anew; what it held is removed by and by. */
export async function emptyOnline(tx: Db, { view, digest }: OnlineKey): Promise<void> {
  await tx.execute(sql`update online_view set building = null, snapshot = null, generation = generation_max + 1,
    generation_max = generation_max + 1, sequence = sequence + 1 where view = ${view} and digest = ${digest}`);
}

/**
 * Brings rows of some entities into a build, once: `fold` makes the new states of what is there, and the place moves on
 * in the same transaction. `count` rows of `files` are in through `throughSeq`. False when the build stands elsewhere
 * by now, or its snapshot has other files, since an entity was erased from it; then nothing was changed. Snapshot,
 * store and entities, in the order of their keys, are locked one after the other.
 */
export async function applyRows(
  database: Pick<Database, 'pool'>,
  key: OnlineKey,
  build: OnlineBuild,
  rows: {
    readonly entities: readonly string[];
    /** What was read; null for rows of no snapshot. */
    readonly files: SnapshotManifest['files'] | null;
    readonly count: number;
    readonly throughSeq: number;
    readonly fold: (states: ReadonlyMap<string, EntityState>) => ReadonlyMap<string, EntityState>;
  },
): Promise<boolean> {
  return withTransaction(database, async (_, client) => {
    if (rows.files !== null && !(await holdsFiles(client, build.snapshot, rows.files))) return false;
    const head = await lockHead(client, key);
    const now = head?.building ?? null;
    if (now === null || now.snapshot !== build.snapshot || now.throughSeq !== build.throughSeq) return false;
    const place = [key.view, key.digest, build.generation];
    const entities = [...new Set(rows.entities)].sort();
    const { rows: found } = await client.query<FoundState & { entity: string }>({
      // Planned each time: a plan that was made for an empty table would read all of a large one.
      text: `select e.entity, ${stateColumns} from online_entity e
          where e.view = $1 and e.digest = $2 and e.generation = $3 and e.entity = any($4::text[])
          order by e.entity for update`,
      values: [...place, entities],
      types: stateTypes,
    });
    const states = rows.fold(new Map(found.map((row) => [row.entity, stateIn(row)])));
    await putStates(client, place, states);
    await saveBuild(client, key, { ...build, throughSeq: rows.throughSeq }, rows.count);
    return true;
  });
}

/** Ends a build: what it brought in is what is read from now on, and processes hear of it. */
export async function endBuild(database: Pick<Database, 'pool'>, key: OnlineKey, build: OnlineBuild): Promise<boolean> {
  return withTransaction(database, async (_, client) => {
    const { rows } = await client.query<{ sequence: number }>(
      `update online_view set generation = $3, snapshot = $4, building = null, sequence = sequence + 1,
         built_at = now(), failures = 0, problem = null
       where view = $1 and digest = $2 and building ->> 'snapshot' = $4
       returning sequence::float8 as sequence`,
      [key.view, key.digest, build.generation, build.snapshot],
    );
    if (rows[0] === undefined) return false;
    await client.query('select pg_notify($1, $2)', [
      onlineChannel,
      JSON.stringify({ ...key, sequence: rows[0].sequence }),
    ]);
    return true;
  });
}

/** Until the end of the transaction nobody writes its files anew: an erasure looks into the store behind that. */
async function holdsFiles(client: pg.PoolClient, digest: string, files: SnapshotManifest['files']): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from snapshot where digest = $1 and manifest -> 'files' = $2::jsonb for share`,
    [digest, JSON.stringify(files)],
  );
  return rowCount !== 0;
}

async function lockHead(client: pg.PoolClient, { view, digest }: OnlineKey): Promise<OnlineHead | null> {
  const { rows } = await client.query<OnlineHead>(
    'select generation, snapshot, building from online_view where view = $1 and digest = $2 for update',
    [view, digest],
  );
  return rows[0] ?? null;
}

async function nextGeneration(client: pg.PoolClient, { view, digest }: OnlineKey): Promise<number> {
  const { rows } = await client.query<{ generation: number }>(
    `update online_view set generation_max = generation_max + 1 where view = $1 and digest = $2
     returning generation_max as generation`,
    [view, digest],
  );
  return rows[0]?.generation ?? 1;
}

async function saveBuild(client: pg.PoolClient, key: OnlineKey, build: OnlineBuild, rows: number): Promise<void> {
  await client.query('update online_view set building = $3, rows = rows + $4 where view = $1 and digest = $2', [
    key.view,
    key.digest,
    JSON.stringify(build),
    rows,
  ]);
}

/**
 * A column travels as one text and arrives typed: documents a line each, since JSON has no line breaks, and the rest as
 * arrays. One document of all, or arrays of documents, cost more to write and to take apart than all else together. An
 * older row never takes the place of a newer.
 */
async function putStates(
  client: pg.PoolClient,
  place: readonly (string | number)[],
  states: ReadonlyMap<string, EntityState>,
): Promise<void> {
  if (states.size === 0) return;
  const sorted = [...states].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const lines = (of: (state: EntityState) => string): string => sorted.map(([, state]) => of(state)).join('\n');
  const array = (of: (state: EntityState) => number | string | null): string =>
    arrayText(sorted.map(([, state]) => of(state)));
  await client.query({
    name: 'put-view-states',
    text: putText,
    values: [
      ...place,
      sorted.map(([entity]) => entity).join('\n'),
      array(({ row }) => row?.eventMs ?? null),
      array(({ row }) => row?.availableMs ?? null),
      array(({ row }) => row?.seq ?? null),
      lines(({ numbers }) => arrayText(numbers)),
      array(({ texts }) => arrayText(texts)),
      array(({ knownMs }) => knownMs),
      array(({ sinceMs }) => sinceMs),
      lines(({ waiting }) => JSON.stringify(waiting)),
      lines(({ tiles }) => JSON.stringify(tiles)),
    ],
  });
}

const putText = `insert into online_entity as held
    (view, digest, generation, entity, event_ms, available_ms, seq, numbers, texts, known_ms, since_ms,
     waiting, tiles)
  select $1, $2, $3, entity, event_ms, available_ms, seq, numbers::float8[], texts::text[], known_ms, since_ms,
    waiting::jsonb, nullif(tiles, 'null')::jsonb
  from rows from (string_to_table($4, e'\\n'), unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]),
    string_to_table($8, e'\\n'), unnest($9::text[]), unnest($10::bigint[]), unnest($11::bigint[]),
    string_to_table($12, e'\\n'), string_to_table($13, e'\\n'))
    as l (entity, event_ms, available_ms, seq, numbers, texts, known_ms, since_ms, waiting, tiles)
  on conflict (view, digest, generation, entity) do update set event_ms = excluded.event_ms,
    available_ms = excluded.available_ms, seq = excluded.seq, numbers = excluded.numbers, texts = excluded.texts,
    known_ms = excluded.known_ms, since_ms = excluded.since_ms, waiting = excluded.waiting, tiles = excluded.tiles
  where held.event_ms is null or (excluded.event_ms, excluded.available_ms, excluded.seq)
    >= (held.event_ms, held.available_ms, held.seq)`;
