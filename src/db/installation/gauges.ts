import { readDisks } from './storage.ts';
import { openRolloutStatuses } from '../../domain/rollout/routing.ts';
import { sql } from 'drizzle-orm';
import type { ControlState, ModelGauges, Stop } from '../../telemetry/control-metrics.ts';
import { labelledModelsMax } from '../../telemetry/metric-rows.ts';
import type { Database } from '../base/connect.ts';

/** A scrape every few seconds by several scrapers costs one query per this time. */
const freshMs = 10_000;
const coverageWindows = 20;

/**
 * Figures of all models for a scrape. Read at most once per 10 s, shared by whoever asks meanwhile; when Postgres is
 * away they are left out, so that an old figure is never taken for a new one.
 */
export function createGaugeReader(database: Database): () => Promise<ControlState> {
  let readAtMs = -Infinity;
  let reading: Promise<Omit<ControlState, 'pool'>> | null = null;
  return async () => {
    if (reading === null || Date.now() - readAtMs > freshMs) {
      readAtMs = Date.now();
      reading = read(database).catch(() => ({ models: null, stops: [], disks: [] }));
    }
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = database.pool;
    return { pool: { total, idle, waiting }, ...(await reading) };
  };
}

type StoredBytes = {
  readonly ofPredictions: number | null;
  readonly ofLabels: number | null;
  readonly ofEvidence: number | null;
  readonly ofArtifacts: number | null;
};

async function read({ db }: Database): Promise<Omit<ControlState, 'pool'>> {
  const result = await db.execute<
    Omit<ModelGauges, 'alerts' | 'bytes'> & StoredBytes & { info: number; warning: number; critical: number }
  >(sql`
    with m as (select name, paused_by from model where spec_revision > 0 order by name limit ${labelledModelsMax})
    select
      m.name as "model",
      (r.entry #>> '{champion,version}')::int as "championVersion",
      case when r.entry -> 'champion' <> 'null'::jsonb then extract(epoch from now() - (
        select a.moved_at from alias_move a where a.model = m.name and a.alias = 'champion' order by a.moved_at desc
        limit 1))::float8 end as "championAgeSeconds",
      coalesce(al.info, 0) as "info", coalesce(al.warning, 0) as "warning", coalesce(al.critical, 0) as "critical",
      coalesce(ro.active, 0) as "activeRollouts", coalesce(ro.held, 0) as "heldRollouts", ro.held_seconds as
      "heldSeconds",
      coalesce(wi.unjudged, 0) as "unjudgedWindows", wi.oldest_seconds as "unjudgedSeconds",
      q.coverage as "labelCoverage",
      coalesce(s.last_seq, 0)::float8 as "predictions",
      (select extract(epoch from now() - max(t.started_at))::float8 from run t where t.model = m.name and t.kind =
      'train') as "lastTrainingSeconds",
      (select t.status in ('failed', 'lost') from run t where t.model = m.name and t.kind = 'train' and t.ended_at
      is not null order by t.ended_at desc limit 1) as "lastTrainingFailed",
      m.paused_by is not null as "isPaused",
      st.bytes_per_prediction as "predictionBytes", st.prediction_bytes::float8 as "ofPredictions",
      st.label_bytes::float8 as "ofLabels", st.evidence_bytes::float8 as "ofEvidence",
      st.artifact_bytes::float8 as "ofArtifacts"
    from m
    left join model_storage st on st.model = m.name
    left join routing r on r.model = m.name
    left join model_stream s on s.model = m.name
    left join (select model, count(*) filter (where severity = 'info')::int as info, count(*) filter (where severity
    = 'warning')::int as warning,
        count(*) filter (where severity = 'critical')::int as critical from alert where closed_at is null group by
        model) al on al.model = m.name
    left join (select model, count(*) filter (where status = 'active')::int as active, count(*) filter (where status
    = 'held')::int as held,
        extract(epoch from now() - min(held_since) filter (where status = 'held'))::float8 as held_seconds
        from rollout where status in ${openRolloutStatuses} group by model) ro on ro.model = m.name
    left join (select model, count(*)::int as unjudged, extract(epoch from now() - min(closed_at))::float8 as
    oldest_seconds
        from "window" where judged_at is null group by model) wi on wi.model = m.name
    left join lateral (select sum(labelled_rows)::float8 / nullif(sum(rows), 0) as coverage from (
        select labelled_rows, rows from window_quality w where w.model = m.name order by window_number desc limit
        ${coverageWindows}) recent) q on true
    order by m.name`);
  const models = result.rows.map(({ info, warning, critical, ...row }): ModelGauges => {
    const { ofPredictions, ofLabels, ofEvidence, ofArtifacts, ...rest } = row;
    const bytes =
      ofPredictions === null || ofLabels === null || ofEvidence === null || ofArtifacts === null
        ? {}
        : { predictions: ofPredictions, labels: ofLabels, evidence: ofEvidence, artifacts: ofArtifacts };
    return { ...rest, bytes, alerts: { info, warning, critical } };
  });
  const frozen = await db.execute<{ model: string; kind: string }>(
    sql`select model, kind from "freeze" order by model limit ${labelledModelsMax}`,
  );
  return {
    models,
    stops: frozen.rows.map(({ model, kind }): Stop => ({ model, how: kind === 'kill' ? 'killed' : 'frozen' })),
    disks: (await readDisks(db)).map(({ disk, forecast }) => ({
      disk,
      freeBytes: forecast?.freeBytes ?? null,
      fullSeconds: forecast?.fullAtMs == null ? null : Math.max(0, (forecast.fullAtMs - Date.now()) / 1_000),
    })),
  };
}
