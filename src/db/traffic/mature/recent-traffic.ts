import { labelPlanOf } from '../../../domain/watch/mature-through.ts';
import { sql } from 'drizzle-orm';
import type { RecentTraffic } from '../../../domain/rollout/preflight/traffic-ahead.ts';
import type { ModelSpec } from '../../../domain/spec/spec.ts';
import type { Db } from '../../base/connect.ts';
import { leftJoinCurrentLabel } from '../read/current-label.ts';
import { readMaturity } from './read-maturity.ts';

/** What a forecast is made from, and of how many of the latest rows. */
export interface SeenTraffic extends RecentTraffic {
  readonly rows: number;
}

/** Rows that say how the champion does now. */
const rowsMax = 2_000;
/** Nights and weekends count: the pace is that of the windows which closed in a week, until now. */
const paceDays = 7;

/**
 * What the traffic of the last windows lets a forecast expect: pace, entities, how often the champion fails in a way
 * that the plan counts, and when labels come; which decisions were wrong is asked of mature rows. The pace goes until
 * now, so that a burst of rows is not taken for all there is, and is that of positions: a row that was erased since has
 * come all the same. Law: one window, `rowsMax` rows, as many mature ones with
 * their labels, and what `readMaturity` reads.
 */
export async function recentTraffic(
  db: Db,
  model: string,
  spec: Pick<ModelSpec, 'target' | 'rollout' | 'watch'>,
): Promise<SeenTraffic> {
  const { failures, slowMs } = spec.rollout;
  const result = await db.execute<Counted>(sql`
    with recent as (
      select p.model, p.part, p.seq, p.prediction_id, p.entity_hash, p.requested_at, p.decision, p.arm, p.failed,
        p.latency_us from prediction p where p.model = ${model} order by p.seq desc limit ${rowsMax}
    ), first as (
      select first_seq, opened_at from "window"
      where model = ${model} and closed_at > now() - make_interval(days => ${paceDays}::int)
      order by closed_at limit 1
    )
    select count(*)::int as rows, coalesce(max(p.seq), 0)::float8 as "lastSeq",
      count(distinct p.entity_hash)::int as entities,
      coalesce((select first_seq from first), min(p.seq), 1)::float8 as "firstSeq",
      extract(epoch from now() - coalesce((select opened_at from first), min(p.requested_at)))::float8
        as seconds,
      count(*) filter (where p.arm = 'champion')::int as champion,
      count(*) filter (where p.arm = 'champion' and (
        (${failures.includes('error')} and p.failed)
        or (${failures.includes('slow')} and p.latency_us > ${slowMs * 1_000})
      ))::int as failed
    from recent p`);
  const [row] = result.rows;
  if (row === undefined || row.rows === 0)
    return { rowsPerHour: 0, rows: 0, entities: null, failureRate: 0, wrongRate: 0, labels: null };
  const labels = await labelsOf(db, model, spec, row.lastSeq);
  const wrongRate = failures.includes('wrong') ? (labels?.wrongRate ?? 0) : 0;
  return {
    rowsPerHour: row.seconds > 0 ? ((row.lastSeq - row.firstSeq + 1) / row.seconds) * 3_600 : 0,
    rows: row.rows,
    entities: row.entities === 0 ? null : row.entities,
    failureRate: Math.min(1, (row.champion === 0 ? 0 : row.failed / row.champion) + wrongRate),
    wrongRate,
    labels: labels === null ? null : { share: labels.share, delayRows: labels.delayRows },
  };
}

interface Counted extends Record<string, unknown> {
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly seconds: number;
  readonly entities: number;
  readonly champion: number;
  readonly failed: number;
}

async function labelsOf(
  db: Db,
  model: string,
  spec: Pick<ModelSpec, 'target' | 'watch'>,
  lastSeq: number,
): Promise<(NonNullable<RecentTraffic['labels']> & { readonly wrongRate: number }) | null> {
  const { throughSeq, basis } = await readMaturity(db, model, labelPlanOf(spec), { throughSeq: lastSeq });
  if (basis === 'none') return null;
  const result = await db.execute<{ rows: number; labelled: number; decided: number; wrong: number }>(sql`
    select count(*)::int as rows, count(current.label)::int as labelled,
      count(current.label) filter (where p.arm = 'champion' and p.decision is not null)::int as decided,
      count(*) filter (where p.arm = 'champion' and current.label <> p.decision)::int as wrong
    from (
      select * from prediction where model = ${model} and seq <= ${throughSeq} order by seq desc limit ${rowsMax}
    ) p ${leftJoinCurrentLabel({ seq: lastSeq })}`);
  const [row] = result.rows;
  if (row === undefined || row.rows === 0) return null;
  return {
    share: row.labelled / row.rows,
    delayRows: Math.max(0, lastSeq - throughSeq),
    wrongRate: row.decided === 0 ? 0 : row.wrong / row.decided,
  };
}
