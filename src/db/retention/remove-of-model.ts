import { sql, type SQL } from 'drizzle-orm';
import { daysKept } from '../../domain/spec/default-retention.ts';
import type { RetentionSpec } from '../../domain/spec/spec.ts';
import { withTransaction, type Database, type Db } from '../base/connect.ts';
import { readCurrentSpec } from '../models/specs.ts';
import type { sealedKinds } from '../schema/index.ts';
import { dayBefore } from './aged-rows.ts';
import { emptyEvidence } from './empty-evidence.ts';
import { giveUpFiles } from './give-up-files.ts';
import { isHeld } from './holds.ts';
import { seqOf, trafficNeeds } from './needs.ts';
import { removeRows } from './remove-rows.ts';

interface ModelRule {
  readonly table: string;
  readonly isOver: SQL;
}

/**
 * One batch of what a model declares to be over, at most `rowsMax` rows of each kind, in one transaction that nobody
 * can set a legal hold in between. True when there is more.
 */
export async function removeOfModel(
  database: Pick<Database, 'pool'>,
  model: string,
  rowsMax: number,
): Promise<boolean> {
  return withTransaction(database, async (tx) => {
    if (await isHeld(tx, model)) return false;
    const { retention } = (await readCurrentSpec(tx, model)).spec;
    const rules = [...(await trafficRules(tx, model, retention)), ...verdictRules(model, retention)];
    let hasMore = false;
    for (const { table, isOver } of rules) {
      // oxlint-disable-next-line no-await-in-loop -- one connection, one statement at a time
      const { rows } = await removeRows(tx, { model, table, isOver, rowsMax });
      hasMore ||= rows === rowsMax;
    }
    const emptied = await emptyEvidence(tx, model, retention, rowsMax);
    await giveUpFiles(tx, model, daysKept(retention.artifacts));
    return hasMore || emptied === rowsMax;
  });
}

/** Rows of traffic go by position: the windows say which were there before a day. */
async function trafficRules(tx: Db, model: string, retention: RetentionSpec): Promise<readonly ModelRule[]> {
  const needs = await trafficNeeds(tx, model);
  if (needs.isTraining) return [];
  const cutOf = async (days: number | null): Promise<number | null> => {
    const cut = days === null ? null : await seqOf(tx, model, days);
    return cut === null || needs.fromSeq === null ? cut : Math.min(cut, needs.fromSeq - 1);
  };
  const rules: ModelRule[] = [];
  const predictionDays = daysKept(retention.predictions);
  const predictions = await cutOf(predictionDays);
  if (predictions !== null && predictionDays !== null) {
    rules.push({
      table: 'prediction',
      isOver: sql`t.model = ${model} and t.seq <= ${predictions} and ${isNotSealing}`,
    });
    rules.push({
      table: 'sealed_stretch',
      isOver: ofSealed(model, 'predictions', sql`t.last_place <= ${predictions}`),
    });
    rules.push({ table: 'ab_test_entity', isOver: ofEndedAbTest(model, predictionDays) });
    rules.push({ table: 'rollout_entity', isOver: ofEndedRollout(model, predictionDays) });
  }
  const labels = await cutOf(daysKept(retention.labels));
  if (labels !== null) {
    rules.push({ table: 'proxy', isOver: sql`t.model = ${model} and t.known_seq <= ${labels}` });
    rules.push({ table: 'label', isOver: sql`t.model = ${model} and t.known_seq <= ${labels} and ${isNotSealing}` });
    const known = sql`t.last_window <= (select max(w.number) from "window" w where w.model = ${model}
      and w.last_seq <= ${labels})`;
    rules.push({ table: 'sealed_stretch', isOver: ofSealed(model, 'labels', known) });
  }
  return rules;
}

/** A part that is being sealed is held against its file row by row: nothing of it goes until the file stands for it. */
const isNotSealing = sql`t.part not in (select g.part from log_part g where g.frozen_at is not null
  and g.dropped_at is null)`;

/**
 * A stretch goes as a whole, with its last row; its files go when the artifacts are swept. While Postgres has its part
 * as well, the stretch is what the part is held against before it is dropped.
 */
function ofSealed(model: string, kind: (typeof sealedKinds)[number], isOver: SQL): SQL {
  return sql`t.model = ${model} and t.kind = ${kind} and ${isOver}
    and exists (select from log_part g where g.part = t.part and g.dropped_at is not null)`;
}

function ofEndedRollout(model: string, days: number): SQL {
  return sql`t.model = ${model} and exists (select from rollout o where o.model = t.model and o.version = t.version
    and o.attempt = t.attempt and o.ended_at < ${dayBefore(days)})`;
}

function ofEndedAbTest(model: string, days: number): SQL {
  return sql`t.model = ${model} and exists (select from ab_test b where b.model = t.model and b.number = t.number
    and b.ended_at < ${dayBefore(days)})`;
}

/** What was written down about windows. Rows that decided something stay, and their windows with them. */
function verdictRules(model: string, retention: RetentionSpec): readonly ModelRule[] {
  const days = daysKept(retention.evidence);
  if (days === null) return [];
  const before = dayBefore(days);
  const closed = sql`(select max(w.number) from "window" w where w.model = ${model} and w.closed_at < ${before}
    and w.decided_at is not null)`;
  const rules: ModelRule[] = [
    { table: 'counter', isOver: sql`t.model = ${model} and t.window_number <= ${closed}` },
    { table: 'window_estimate', isOver: sql`t.model = ${model} and t.window_number <= ${closed}` },
    { table: 'window_proxy', isOver: sql`t.model = ${model} and t.window_number <= ${closed}` },
    { table: 'window_quality', isOver: sql`t.model = ${model} and t.window_number <= ${closed}` },
    { table: 'decision', isOver: sql`t.model = ${model} and t.created_at < ${before} and not t.retrain` },
    {
      table: 'evidence',
      isOver: sql`t.model = ${model} and t.created_at < ${before} and t.kind in ('window', 'correction', 'retrain')`,
    },
    { table: 'alert', isOver: sql`t.model = ${model} and t.closed_at < ${before}` },
  ];
  const windowDays = longest([days, daysKept(retention.predictions), daysKept(retention.labels)]);
  if (windowDays !== null) rules.push({ table: 'window', isOver: overWindow(model, windowDays) });
  return rules;
}

/** Positions of rows are found by their windows, and a version names the window that it was trained through. */
function overWindow(model: string, days: number): SQL {
  return sql`t.model = ${model} and t.closed_at < ${dayBefore(days)} and t.decided_at is not null
    and t.number < (select max(w.number) from "window" w where w.model = ${model})
    and t.last_seq < coalesce((select min(p.seq) from prediction p where p.model = ${model}), t.last_seq + 1)
    and not exists (select from version v where v.model = t.model and v.through_window = t.number)`;
}

/** Null, for ever, is the longest. */
function longest(days: readonly (number | null)[]): number | null {
  return days.reduce<number | null>((most, one) => (most === null || one === null ? null : Math.max(most, one)), 0);
}
