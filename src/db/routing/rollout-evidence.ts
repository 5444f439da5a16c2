import { and, eq, sql } from 'drizzle-orm';
import type { RolloutKey } from '../../domain/words/ids.ts';
import { fullWeight } from '../../domain/rollout/routing.ts';
import type { Db } from '../base/connect.ts';
import { rollout } from '../schema/index.ts';

export interface FailuresAtWeight {
  /** Share of entities that the challenger answered when the failure happened, 0..1. */
  readonly weight: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
}

/**
 * Labels that became known up to `throughSeq` turn into first failures of their entities (`wrong`: decision differs
 * from label).
 */
export async function recordWrongDecisions(tx: Db, key: RolloutKey, throughSeq: number): Promise<void> {
  await tx.execute(sql`
    with matured as (
      select distinct on (coalesce(p.entity_hash, 'request:' || p.prediction_id))
        coalesce(p.entity_hash, 'request:' || p.prediction_id) as entity, p.arm, p.challenger_weight, l.known_seq
      from rollout r
      join label l on l.model = r.model and l.known_seq > r.started_seq and l.known_seq <= ${throughSeq}
      join prediction p on p.model = l.model and p.prediction_id = l.prediction_id
      where r.model = ${key.model} and r.version = ${key.version} and r.attempt = ${key.attempt}
        and p.seq > r.started_seq and p.routing_revision >= r.first_revision and p.stage = 'canary'
        and p.decision is not null and p.decision <> l.label
      order by 1, l.known_seq, l.label_seq
    )
    update rollout_entity e
    set failed_seq = m.known_seq, failed_arm = m.arm, failed_weight = m.challenger_weight, failure_kind = 'wrong'
    from matured m
    where e.model = ${key.model} and e.version = ${key.version} and e.attempt = ${key.attempt}
      and e.entity = m.entity and e.failed_seq is null`);
}

export async function failuresByWeight(
  db: Db,
  key: RolloutKey,
  throughSeq: number,
): Promise<readonly FailuresAtWeight[]> {
  const result = await db.execute<{ weight: string; champion: number; challenger: number }>(sql`
    select failed_weight::text as weight,
      count(*) filter (where failed_arm = 'champion')::int as champion,
      count(*) filter (where failed_arm = 'challenger')::int as challenger
    from rollout_entity
    where model = ${key.model} and version = ${key.version} and attempt = ${key.attempt} and failed_seq <= ${throughSeq}
    group by failed_weight order by failed_weight`);
  return result.rows.map((row) => ({
    weight: Number(row.weight) / fullWeight,
    championFailures: row.champion,
    challengerFailures: row.challenger,
  }));
}

export interface Exposure {
  readonly challengerRows: number;
  readonly challengerErrors: number;
  readonly championRows: number;
  readonly entities: number;
}

/** Rows of this rollout up to `throughSeq`, by arm: only those that carry its routing revisions. */
export async function exposureOf(db: Db, key: RolloutKey, throughSeq: number): Promise<Exposure> {
  const result = await db.execute<{
    challenger_rows: number;
    challenger_errors: number;
    champion_rows: number;
    entities: number;
  }>(sql`
    select count(*) filter (where p.arm = 'challenger')::int as challenger_rows,
      count(*) filter (where p.arm = 'challenger' and p.failed)::int as challenger_errors,
      count(*) filter (where p.arm = 'champion')::int as champion_rows,
      (select count(*)::int from rollout_entity e where e.model = r.model and e.version = r.version and e.attempt =
      r.attempt) as entities
    from rollout r left join prediction p on p.model = r.model and p.seq > r.started_seq and p.seq <= ${throughSeq}
    and p.routing_revision >= r.first_revision
    where r.model = ${key.model} and r.version = ${key.version} and r.attempt = ${key.attempt}
    group by r.model, r.version, r.attempt`);
  const row = result.rows[0];
  return {
    challengerRows: row?.challenger_rows ?? 0,
    challengerErrors: row?.challenger_errors ?? 0,
    championRows: row?.champion_rows ?? 0,
    entities: row?.entities ?? 0,
  };
}

export interface PairedRow {
  readonly seq: number;
  readonly label: string;
  readonly championScores: readonly number[];
  readonly challengerScores: readonly number[];
  /** Before their corrections. */
  readonly championRaw: readonly number[];
  readonly challengerRaw: readonly number[];
  readonly numbers: readonly number[];
  readonly specRevision: number;
}

export const pairedRowsMax = 20_000;

/**
 * Rows that both versions have scored and whose label is known by `throughSeq`; the most recent 20,000, oldest first.
 */
export async function pairedRows(db: Db, key: RolloutKey, throughSeq: number): Promise<readonly PairedRow[]> {
  const [row] = await db
    .select()
    .from(rollout)
    .where(and(eq(rollout.model, key.model), eq(rollout.version, key.version), eq(rollout.attempt, key.attempt)));
  if (row === undefined || row.firstRevision === null) return [];
  const result = await db.execute<{
    seq: string;
    label: string;
    arm: string;
    scores: number[];
    other_scores: number[];
    raw_scores: number[] | null;
    other_raw_scores: number[] | null;
    numbers: number[];
    spec_revision: number;
  }>(sql`
    select * from (
      select p.seq::text as seq, current.label, p.arm, p.scores, p.other_scores, p.raw_scores, p.other_raw_scores,
      p.numbers, p.spec_revision
      from prediction p
      join lateral (
        select l.label from label l
        where l.model = p.model and l.prediction_id = p.prediction_id and l.known_seq <= ${throughSeq}
        order by l.label_seq desc limit 1
      ) current on true
      where p.model = ${key.model} and p.seq > ${row.startedSeq} and p.seq <= ${throughSeq}
        and p.routing_revision >= ${row.firstRevision} and p.other_scores is not null and not p.failed
      order by p.seq desc limit ${pairedRowsMax}
    ) recent order by seq::bigint`);
  return result.rows.map((r) => ({
    seq: Number(r.seq),
    label: r.label,
    ...(r.arm === 'champion'
      ? { championScores: r.scores, challengerScores: r.other_scores }
      : { championScores: r.other_scores, challengerScores: r.scores }),
    ...(r.arm === 'champion'
      ? { championRaw: own(r), challengerRaw: other(r) }
      : { championRaw: other(r), challengerRaw: own(r) }),
    numbers: r.numbers,
    specRevision: r.spec_revision,
  }));
}

function own(row: { readonly scores: number[]; readonly raw_scores: number[] | null }): readonly number[] {
  return row.raw_scores ?? row.scores;
}

function other(row: {
  readonly other_scores: number[];
  readonly other_raw_scores: number[] | null;
}): readonly number[] {
  return row.other_raw_scores ?? row.other_scores;
}

/**
 * Recent traffic of a model as a forecast needs it: pace, entities, and how often the champion's decisions turn out
 * wrong.
 */
export async function trafficFacts(
  db: Db,
  model: string,
): Promise<{ readonly rowsPerHour: number; readonly entities: number | null; readonly failureRate: number }> {
  const result = await db.execute<{
    rows: number;
    entities: number;
    seconds: number;
    labelled: number;
    wrong: number;
  }>(sql`
    with recent as (
      select p.prediction_id, p.entity_hash, p.requested_at, p.decision, p.failed from prediction p where p.model =
      ${model} order by p.seq desc limit 2000
    )
    select count(*)::int as rows, count(distinct r.entity_hash)::int as entities,
      coalesce(extract(epoch from max(r.requested_at) - min(r.requested_at)), 0)::float8 as seconds,
      count(l.label)::int as labelled, count(*) filter (where l.label <> r.decision)::int as wrong
    from recent r left join lateral (
      select label from label where label.model = ${model} and label.prediction_id = r.prediction_id order by
      label_seq desc limit 1
    ) l on true`);
  const row = result.rows[0];
  if (row === undefined || row.rows === 0) return { rowsPerHour: 0, entities: null, failureRate: 0 };
  return {
    rowsPerHour: row.seconds > 0 ? (row.rows / row.seconds) * 3_600 : 0,
    entities: row.entities === 0 ? null : row.entities,
    failureRate: row.labelled === 0 ? 0.01 : Math.max(row.wrong / row.labelled, 0.0005),
  };
}
