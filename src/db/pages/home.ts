import type { FreezeKind } from '../../domain/record/closed-sets.ts';
import { openRolloutStatuses, type OpenRolloutStatus } from '../../domain/rollout/routing.ts';
import { sql } from 'drizzle-orm';
import type { RoutingEntry } from '../../domain/rollout/routing.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { usualMetrics } from '../../domain/metrics/usual-metrics.ts';
import type { TaskName } from '../../domain/spec/spec.ts';
import type { Db } from '../base/connect.ts';
import { likePatternOf } from '../views/views-rows.ts';

/** One model as the first page needs it to be found, sorted and told apart; one row each, also with 10,000 models. */
export interface ModelGlance {
  readonly name: string;
  readonly owner: string;
  readonly useCase: string;
  readonly target: string;
  readonly task: TaskName;
  readonly currency: string | null;
  readonly metric: MetricName;
  /** Jensen-Shannon distance above which a feature counts as moved. */
  readonly driftLimit: number;
  readonly tags: readonly string[];
  readonly isPaused: boolean;
  readonly frozen: FreezeKind | null;
  readonly createdAt: Date;
  readonly entry: RoutingEntry | null;
  readonly championSince: Date | null;
  readonly predictions: number;
  readonly lastWindow: {
    readonly number: number;
    readonly rows: number;
    readonly openedAt: Date;
    readonly closedAt: Date;
  } | null;
  readonly alerts: { readonly critical: number; readonly warning: number; readonly info: number };
  readonly rollout: {
    readonly version: number;
    readonly attempt: number;
    readonly status: OpenRolloutStatus;
    readonly heldSince: Date | null;
    readonly reason: string | null;
  } | null;
}

/** Installations are planned for 5,000 models. */
const modelsMax = 10_000;

type Raw = {
  name: string;
  spec: {
    about?: { owner?: string; useCase?: string };
    target?: { column?: string; task?: TaskName };
    currency?: string | null;
    metric?: MetricName;
    effectMin?: number;
  };
  words: { kind: string; text: string }[] | null;
  paused: boolean;
  frozen: FreezeKind | null;
  created_at: string;
  entry: RoutingEntry | null;
  champion_since: string | null;
  last_seq: string | null;
  number: number | null;
  rows: number | null;
  opened_at: string | null;
  closed_at: string | null;
  alerts: { critical?: number; warning?: number; info?: number } | null;
  rollout: {
    version: number;
    attempt: number;
    status: OpenRolloutStatus;
    heldSince: string | null;
    reason: string | null;
  } | null;
};

/**
 * Every model that the scope covers, by name: one query, with one index look-up per model and table. `|| '{}'` unpacks
 * a stored spec once; without it every member that is read unpacks it again.
 */
export async function modelGlances(db: Db, scope: string): Promise<readonly ModelGlance[]> {
  const result = await db.execute<Raw>(sql`
    select m.name, m.paused_by is not null as paused, m.created_at, f.kind as frozen,
      jsonb_build_object('about', whole.spec -> 'about', 'target', jsonb_build_object('column', whole.spec #>
      '{target,column}', 'task', whole.spec #> '{target,task}'),
        'currency', whole.spec #> '{value,currency}', 'metric', whole.spec #> '{rollout,promotion,metric}',
        'effectMin', whole.spec #> '{watch,effectMin}') as spec,
      words.words, r.entry, moved.moved_at as champion_since, stream.last_seq, last.number, last.rows,
      last.opened_at, last.closed_at, alerts.alerts, open.rollout
    from model m
    join spec_revision s on s.model = m.name and s.revision = m.spec_revision
    cross join lateral (select s.spec || '{}' as spec offset 0) whole
    left join "freeze" f on f.model = m.name
    left join routing r on r.model = m.name
    left join model_stream stream on stream.model = m.name
    left join (
      select model, jsonb_agg(jsonb_build_object('kind', kind, 'text', text) order by annotation_id desc) as words
      from annotation where version is null and removed_at is null and kind in ('tag', 'owner') group by model
    ) words on words.model = m.name
    left join (
      select model, jsonb_object_agg(severity, alerts) as alerts from (
        select model, severity, count(*) as alerts from alert where closed_at is null group by model, severity
      ) counted group by model
    ) alerts on alerts.model = m.name
    left join (
      select distinct on (model) model, jsonb_build_object('version', version, 'attempt', attempt, 'status', status,
      'heldSince', held_since, 'reason', reason) as rollout
      from rollout where status in ${openRolloutStatuses} order by model, started_at desc
    ) open on open.model = m.name
    left join lateral (
      select a.moved_at from alias_move a where a.model = m.name and a.alias = 'champion' order by a.moved_at desc
      limit 1
    ) moved on true
    left join lateral (
      select w.number, w.rows, w.opened_at, w.closed_at from "window" w where w.model = m.name order by w.number
      desc limit 1
    ) last on true
    where m.spec_revision > 0 and m.name like ${likePatternOf(scope)}
    order by m.name limit ${modelsMax}`);
  return result.rows.map(glanceOf);
}

function glanceOf(row: Raw): ModelGlance {
  const { about = {}, target = {}, currency = null, effectMin = 0 } = row.spec;
  const { task = 'binary' } = target;
  const words = row.words ?? [];
  return {
    name: row.name,
    owner: words.find((word) => word.kind === 'owner')?.text ?? about.owner ?? '',
    useCase: about.useCase ?? '',
    target: target.column ?? '',
    task,
    currency,
    metric: row.spec.metric ?? usualMetrics[task].loss,
    driftLimit: effectMin,
    tags: words
      .filter((word) => word.kind === 'tag')
      .map((word) => word.text)
      .toSorted(),
    isPaused: row.paused,
    frozen: row.frozen,
    createdAt: new Date(row.created_at),
    entry: row.entry,
    championSince: row.champion_since === null ? null : new Date(row.champion_since),
    predictions: Number(row.last_seq ?? 0),
    lastWindow:
      row.number === null || row.rows === null || row.opened_at === null || row.closed_at === null
        ? null
        : { number: row.number, rows: row.rows, openedAt: new Date(row.opened_at), closedAt: new Date(row.closed_at) },
    alerts: { critical: row.alerts?.critical ?? 0, warning: row.alerts?.warning ?? 0, info: row.alerts?.info ?? 0 },
    rollout:
      row.rollout === null
        ? null
        : { ...row.rollout, heldSince: row.rollout.heldSince === null ? null : new Date(row.rollout.heldSince) },
  };
}
