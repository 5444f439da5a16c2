import { sql, type SQL } from 'drizzle-orm';
import { erasedNamesDays, pushKeyDays, runEventDays } from '../../domain/record/ends.ts';
import { withTransaction, type Database } from '../base/connect.ts';
import { deliveryAttemptsMax } from '../watching/alerts.ts';
import { removeRows, type Removed } from './remove-rows.ts';

/** How long what belongs to no model in particular is kept; whole days. */
export interface KeptDays {
  /** Ids of stored segments: a segment that is shipped again within this time stores nothing twice. */
  readonly segments: number;
  /** Commands, and with them the answers under their idempotency keys. */
  readonly commands: number;
}

/** Deliveries that are over, and how full the disks were. */
const deliveryDays = 30;
const sampleDays = 90;
/** How values of views stood when a prediction was made: asked about while people still know of the prediction. */
const viewUseDays = 30;
/** Tokens that proved nothing for this long are nobody's question any more; the audit keeps who made and ended them. */
const tokenDays = 400;
/** Trials are compared while their training is talked about; what was chosen stands in its version for good. */
export const trialDays = 400;
/** So are experiments; which candidate was the best stands in their runs. */
const experimentDays = 400;

interface AgedRule {
  readonly table: string;
  /** Of the row `t`, by the clock of the database. */
  readonly isOver: SQL;
}

/** Rows that grow with use and belong to no model, each with its end. */
export function agedRules(kept: KeptDays): readonly AgedRule[] {
  return [
    { table: 'push_key', isOver: sql`t.stored_at < ${dayBefore(pushKeyDays)}` },
    { table: 'segment', isOver: sql`t.stored_at < ${dayBefore(kept.segments)}` },
    {
      table: 'webhook_delivery',
      isOver: sql`t.next_attempt_at < ${dayBefore(deliveryDays)}
        and (t.delivered_at is not null or t.attempts >= ${deliveryAttemptsMax})`,
    },
    {
      // A command that was not performed is still to be done, and a move of the champion rests on its command for good.
      table: 'command',
      isOver: sql`t.created_at < ${dayBefore(kept.commands)}
        and (t.kind = 'request' or t.performed_at is not null or t.status = 'refused')
        and not exists (select from alias_move m where m.command_id = t.command_id)`,
    },
    { table: 'session', isOver: sql`t.expires_at < ${dayBefore(1)}` },
    {
      // The newest one stays: that there was a token keeps anybody from making first ones again.
      table: 'token',
      isOver: sql`(t.revoked_at < ${dayBefore(tokenDays)} or t.expires_at < ${dayBefore(tokenDays)})
        and not exists (select from session s where s.token_id = t.token_id)
        and t.token_id <> (select n.token_id from token n order by n.created_at desc limit 1)`,
    },
    { table: 'serving_member', isOver: sql`t.lease_until < ${dayBefore(1)}` },
    {
      table: 'routing_ack',
      isOver: sql`t.acked_at < ${dayBefore(1)}
        and not exists (select from serving_member p where p.process_id = t.process_id)`,
    },
    { table: 'run_event', isOver: sql`t.at < ${dayBefore(runEventDays)}` },
    { table: 'view_use', isOver: sql`t.stored_at < ${dayBefore(viewUseDays)}` },
    {
      table: 'view_use_day',
      isOver: sql`t.day < to_char(${dayBefore(sampleDays)} at time zone 'utc', 'YYYY-MM-DD')`,
    },
    // A day is long enough to be compared in; what was not is no evidence any more.
    { table: 'view_sample', isOver: sql`t.sampled_at < ${dayBefore(1)}` },
    { table: 'erasure_hash', isOver: sql`t.erased_at < ${dayBefore(erasedNamesDays)}` },
    { table: 'erasure_ack', isOver: sql`t.acked_at < ${dayBefore(erasedNamesDays)}` },
    { table: 'spool_place', isOver: sql`t.seen_at < ${dayBefore(erasedNamesDays)}` },
    { table: 'training_access', isOver: sql`t.expires_at < ${dayBefore(1)}` },
    // What a training shares goes with its end (activities/train); this is for those that were cut off.
    { table: 'training_share', isOver: sql`t.shared_at < ${dayBefore(1)} and ${hasEnded}` },
    { table: 'training_fit', isOver: sql`t.asked_at < ${dayBefore(1)} and ${hasEnded}` },
    { table: 'trial', isOver: sql`t.done_at < ${dayBefore(trialDays)}` },
    { table: 'experiment', isOver: sql`t.created_at < ${dayBefore(experimentDays)}` },
    { table: 'experiment_candidate', isOver: sql`t.created_at < ${dayBefore(experimentDays)}` },
    { table: 'trainer_worker', isOver: sql`t.seen_at < ${dayBefore(1)}` },
    { table: 'storage_sample', isOver: sql`t.sampled_at < ${dayBefore(sampleDays)}` },
  ];
}

/** That the run of row `t` ended before yesterday, or is not known. */
const hasEnded = sql`not exists (select from run r where r.run_id = t.run_id
  and (r.status = 'running' or r.ended_at > ${dayBefore(1)}))`;

/**
 * Removes at most `rowsMax` rows of one rule and counts them in the same transaction, so that an attempt that was told
 * to have failed neither removes nor counts anything twice.
 */
export async function removeAgedRows(
  database: Pick<Database, 'pool'>,
  { table, isOver }: AgedRule,
  rowsMax: number,
): Promise<Removed> {
  return withTransaction(database, (tx) => removeRows(tx, { model: '*', table, isOver, rowsMax }));
}

/**
 * The beginning of a day, in UTC, so many days ago. What has an end ends with its day: one tick after midnight removes
 * a day, those after it find nothing, and the audit gets one row a day.
 */
export function dayBefore(days: number): SQL {
  return sql`(date_trunc('day', now() at time zone 'utc') at time zone 'utc' - ${days} * interval '1 day')`;
}
