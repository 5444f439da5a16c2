import { sql } from 'drizzle-orm';
import type { AlertKind, LagUnit } from '../../domain/record/closed-sets.ts';
import type { Database, Db } from '../base/connect.ts';
import type { OnlineKey } from './online-build.ts';

/** A revision whose values are served, and is due to be looked at. */
export interface DueView extends OnlineKey {
  readonly failures: number;
}

/** Whether any view was ever declared. */
export async function hasViews({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query<{ has: boolean }>('select exists (select from feature_view) as has');
  return rows[0]?.has === true;
}

/** How long a store stays that nobody asks for any more. */
const unwantedDays = 2;

/**
 * Parts of a WITH: `pins (model, view, digest)`, every revision that a current definition or a version that answers
 * takes features from, or that its rules ask. Law: reads the definitions of the models that there are, once each,
 * whatever their age.
 */
const pinsInUse = `used (model, revision) as (
    select name, spec_revision from model
    union
    select r.model, (arm ->> 'specRevision')::int from routing r,
      lateral (values (r.entry -> 'champion'), (r.entry -> 'challenger')) as arms (arm)
      where jsonb_typeof(arm) = 'object'
    union
    select r.model, (a -> 'version' ->> 'specRevision')::int from routing r,
      lateral jsonb_array_elements(case when jsonb_typeof(r.entry -> 'abTest') = 'object'
        then r.entry -> 'abTest' -> 'arms' else '[]' end) as a
  ), pins (model, view, digest) as (
    select distinct u.model, p.pin ->> 'view', p.pin ->> 'digest'
    from used u join spec_revision s on s.model = u.model and s.revision = u.revision
      cross join lateral (
        select f -> 'from' from jsonb_array_elements(s.spec -> 'features') f
        union all
        select r from jsonb_array_elements(coalesce(s.spec #> '{contract,rules}', '[]')) r
          where r ->> 'rule' = 'references'
      ) as p (pin)
    where p.pin ->> 'digest' is not null
  )`;

/** Notes every revision that is in use. */
export async function wantOnlineViews({ pool }: Pick<Database, 'pool'>): Promise<void> {
  await pool.query(`
    with ${pinsInUse}
    insert into online_view (view, digest, look_at)
    select distinct view, digest, now() - interval '1 second' from pins order by 1, 2
    on conflict (view, digest) do update set wanted_at = now()
      where online_view.wanted_at < now() - interval '10 minutes'`);
}

/** The models that use this revision, by name; at most `limit`. */
export async function modelsServedBy(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  limit: number,
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ model: string }>(
    `with ${pinsInUse} select model from pins where view = $1 and digest = $2 order by model limit $3`,
    [view, digest, limit],
  );
  return rows.map(({ model }) => model);
}

/** Answered in one step; the next one goes on. */
const mendedMax = 100;

/**
 * Models that are told of the source of a view, for which that is over: it could not be read, and no revision of it
 * that they use fails so often any more, by whomever it was read; or nothing new came of it, and they use none any
 * more. At most 100. Law: reads definitions only where such an alert is open.
 */
export async function mendedViews(
  { pool }: Pick<Database, 'pool'>,
  failuresMin: number,
): Promise<readonly { readonly model: string; readonly view: string; readonly kind: AlertKind }[]> {
  const { rows } = await pool.query<{ model: string; view: string; kind: AlertKind }>(
    `with ${pinsInUse}
     select a.model, substr(a.subject, 6) as view, a.kind from alert a
     where a.kind in ('source-unreadable', 'source-behind') and a.closed_at is null and a.subject like 'view/%'
       and not exists (select from pins p left join online_view o on o.view = p.view and o.digest = p.digest
         where p.model = a.model and 'view/' || p.view = a.subject
           and (a.kind = 'source-behind' or o.failures >= $1))
     order by a.model, a.subject, a.kind limit $2`,
    [failuresMin, mendedMax],
  );
  return rows;
}

/** Revisions that are due, the longest waiting first; at most `limit`. */
export async function dueOnlineViews({ pool }: Pick<Database, 'pool'>, limit: number): Promise<readonly DueView[]> {
  const { rows } = await pool.query<DueView>(
    `select view, digest, failures from online_view
     where look_at <= now() and wanted_at > now() - make_interval(days => $2)
     order by look_at, view, digest limit $1`,
    [limit, unwantedDays],
  );
  return rows;
}

/** When it is looked at next, and how the last look went; `problem` null is well: its source was read to its end. */
export async function noteOnlineLook(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  { againMs, problem }: { readonly againMs: number; readonly problem: string | null },
): Promise<void> {
  await pool.query(
    `update online_view set look_at = now() + $3 * interval '1 millisecond', problem = $4,
       failures = case when $4::text is null then 0 else failures + 1 end,
       looked_at = case when $4::text is null then now() else looked_at end
     where view = $1 and digest = $2`,
    [view, digest, Math.round(againMs), problem],
  );
}

/** Whether the source of a revision that is served was ever read to its end, whatever it held. */
export async function wasLookedAt(db: Db, { view, digest }: OnlineKey): Promise<boolean> {
  const { rowCount } = await db.execute(
    sql`select from online_view where view = ${view} and digest = ${digest} and looked_at is not null`,
  );
  return rowCount !== 0;
}

/** Counting what is unread may cost a listing, or a query: it is done so often at most. */
const countEveryMinutes = 5;

/** Whether what is unread of its source is to be counted again. */
export async function isCountDue({ pool }: Pick<Database, 'pool'>, { view, digest }: OnlineKey): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from online_view where view = $1 and digest = $2
       and coalesce(counted_at, '-infinity') < now() - make_interval(mins => $3)`,
    [view, digest, countEveryMinutes],
  );
  return rowCount !== 0;
}

/** What was unread of its source when it was counted; null where nobody can say. */
export async function noteUnread(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  lag: { readonly unread: number; readonly unit: LagUnit; readonly isAtLeast?: boolean } | null,
): Promise<void> {
  await pool.query(
    `update online_view set lag_unread = $3, lag_unit = $4, is_lag_at_least = $5, counted_at = now()
     where view = $1 and digest = $2`,
    [view, digest, lag?.unread ?? null, lag?.unit ?? null, lag?.isAtLeast === true],
  );
}

/** Rows removed in one step. */
const removedMax = 5_000;

/**
 * Removes entities whose last event lies `reachMs` before the newest of the view, so that every answer about them is
 * that of an unknown one. Whole days are compared, so an entity may stay two days longer. The clock of the events
 * counts: a view of last year is as good for requests of last year. What is being brought in just now is passed over:
 * it waits for nobody, and nobody in another order for it. Bounded; true when there is more. Law: reads what it
 * removes, and rows that wait for a moment to come.
 */
export async function removeEndedEntities(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
  reachMs: number,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with gone as materialized (
       select e.generation, e.entity from online_entity e
       where e.view = $1 and e.digest = $2 and e.waiting = '[]'::jsonb and e.event_day < (
         select max(n.event_day) from online_entity n where n.view = $1 and n.digest = $2) - $3::bigint
       order by e.event_day limit $4 for update of e skip locked)
     delete from online_entity o using gone
     where o.view = $1 and o.digest = $2 and o.generation = gone.generation and o.entity = gone.entity`,
    // Both days are cut to whole ones, hence one more.
    [view, digest, Math.ceil(reachMs / dayMs) + 1, removedMax],
  );
  return rowCount === removedMax;
}

const dayMs = 86_400_000;

/**
 * Removes what generations of a store left behind that are neither read nor built. Bounded; true when there is more.
 * Law: reads what it removes: generations stand in order, and those that stay are stepped over.
 */
export async function removeLeftGenerations(
  { pool }: Pick<Database, 'pool'>,
  { view, digest }: OnlineKey,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with kept as (
       select view, digest, generation as low,
         greatest(generation, coalesce((building ->> 'generation')::int, 0)) as high
       from online_view where view = $1 and digest = $2),
     over as (
       select e.view, e.digest, e.generation, e.entity from kept k join online_entity e
         on e.view = k.view and e.digest = k.digest and e.generation < k.low
       union all
       select e.view, e.digest, e.generation, e.entity from kept k join online_entity e
         on e.view = k.view and e.digest = k.digest and e.generation > k.low and e.generation < k.high
       union all
       select e.view, e.digest, e.generation, e.entity from kept k join online_entity e
         on e.view = k.view and e.digest = k.digest and e.generation > k.high
       limit $3)
     delete from online_entity where (view, digest, generation, entity) in (select * from over)`,
    [view, digest, removedMax],
  );
  return rowCount === removedMax;
}

/** Removes a store that nobody has asked for since days, in bounded steps; true when there is more. */
export async function removeUnwanted({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query<OnlineKey>(
    `select view, digest from online_view where wanted_at < now() - make_interval(days => $1)
     order by view, digest limit 1`,
    [unwantedDays],
  );
  const [key] = rows;
  if (key === undefined) return false;
  const { rowCount } = await pool.query(
    `delete from online_entity where (view, digest, generation, entity) in (
       select view, digest, generation, entity from online_entity where view = $1 and digest = $2 limit $3)`,
    [key.view, key.digest, removedMax],
  );
  if (rowCount === removedMax) return true;
  await pool.query(
    `delete from online_view where view = $1 and digest = $2 and wanted_at < now() - make_interval(days => $3)`,
    [key.view, key.digest, unwantedDays],
  );
  return true;
}
