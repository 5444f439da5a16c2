import type pg from 'pg';
import { agedModel as model, windowRowsOf, type HistorySize } from './history-size.ts';
import { rolloutBeganAt } from './write-history.ts';

/** Trainings, versions, rollouts, champions and alerts of a history; version 1 is there and lends its artifacts. */
export async function writeVersions(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const { versions } = size;
  const age = `now() - (${versions} + 1 - v) * interval '12 hours'`;
  const every = `generate_series(1, ${versions} + 1) v`;
  const promoted = `generate_series(2, ${versions}) v`;
  await client.query(`
    insert into run (run_id, model, kind, status, trigger, input, output, started_at, ended_at)
    select 'train/${model}/' || v, '${model}', 'train', 'completed', 'growthFactor',
      jsonb_build_object('model', '${model}', 'specRevision', 1, 'throughWindow', v),
      jsonb_build_object('version', v), ${age}, ${age} from ${every}
    union all
    select 'rollout/${model}/' || v || '/1', '${model}', 'rollout', 'completed', null, '{}'::jsonb, null::jsonb,
      ${age}, ${age} from ${promoted}
    union all
    select 'ingest/${model}/' || v || '/1', '${model}', 'ingest', 'completed', null, '{}'::jsonb,
      jsonb_build_object('snapshot', ${digestOf("'history' || v")}), ${age}, ${age} from ${every}`);
  await client.query(`
    insert into snapshot (digest, model, spec_revision, kind, source_digest, rows, quarantined_rows, through_window,
      manifest, created_at)
    select ${digestOf('kind || v')}, '${model}', 1, kind, 's' || v, 10, 0, case kind when 'traffic' then v end,
      '{"formatVersion": 1, "files": [], "profile": [], "ruleCounts": [], "schema": [], "rows": 10, "labelledRows": 10,
        "quarantinedRows": 0, "quarantineDigest": null, "sourceDigest": "s", "contractDigest": "c",
        "logicalDigest": "l"}'::jsonb, ${age}
    from ${every} cross join (values ('history'), ('traffic')) k (kind)`);
  await client.query(`
    insert into snapshot_tag_move (model, tag, digest, actor, reason, moved_at)
    select '${model}', 'kept', ${digestOf("'history' || v")}, 'ana', 'newer', ${age} from ${every}`);
  await client.query(`
    insert into snapshot_tag (model, tag, digest, move_id)
    select model, tag, digest, move_id from snapshot_tag_move where model = '${model}' order by move_id desc limit 1
    on conflict (model, tag) do update set digest = excluded.digest, move_id = excluded.move_id`);
  await client.query(`
    insert into snapshot_edition (model, tag, edition, digest, actor, reason, published_at)
    select '${model}', 'kept', v, ${digestOf("'history' || v")}, 'ana', 'newer', ${age} from ${every}`);
  await client.query(`
    insert into version (model, version, run_id, status, spec_revision, model_digest, profile_digest, correction,
      threshold, snapshots, report, labelled_rows, history_rows, gate_verdict, created_at)
    select '${model}', v, 'train/${model}/' || v, 'released', 1, t.model_digest, t.profile_digest, 'identity', 0.5,
      jsonb_build_array(${digestOf("'history' || v")}, ${digestOf("'traffic' || v")}), t.report, 10, 10, 'pass', ${age}
    from ${every} join version t on t.model = '${model}' and t.version = 1 where v > 1`);
  await client.query(`
    insert into evidence (model, kind, subject, verdict, body, created_at)
    select '${model}', 'gate', 'train/${model}/' || v, 'pass',
      jsonb_build_object('holdOutLosses', (select jsonb_agg(0.3) from generate_series(1, 100))), ${age} from ${every}
    union all
    select '${model}', 'look', 'v' || v || '/1/1/' || look, 'go on', '{}'::jsonb, ${age}
    from ${promoted} cross join generate_series(1, 5) look
    union all
    select '${model}', 'promotion', 'v' || v || '/1/9', 'promote', '{}'::jsonb, ${age} from ${promoted}
    union all
    select '${model}', 'guard', 'v' || v, 'fine', '{}'::jsonb, ${age} from ${promoted} where v < ${versions}`);
  await client.query(`
    insert into rollout (model, version, attempt, status, step, base_version, spec_revision, salt, first_revision,
      last_revision, started_seq, ended_seq, settled_seq, started_at, ended_at)
    select '${model}', v, 1, 'promoted', 2, v - 1, 1, 's', v, v, (v - 2)::bigint * ${size.predictions} / ${versions},
      (v - 1)::bigint * ${size.predictions} / ${versions}, 0, ${age}, ${age} from ${promoted}`);
  await client.query(`
    insert into rollout_entity (model, version, attempt, entity, arm, first_seq, wrong_seq, wrong_arm, wrong_weight)
    select '${model}', v, 1, 'e' || e, 'champion', e, case when e <= 3 then e end, case when e <= 3 then 'champion' end,
      case when e <= 3 then 0 end
    from ${promoted} cross join generate_series(1, 20) e`);
  await client.query(`
    insert into alias_move (model, alias, from_version, to_version, actor, why, routing_revision, moved_at)
    select '${model}', 'champion', nullif(v - 1, 0), v, 'rollout', 'better', v, ${age}
    from generate_series(1, ${versions}) v`);
  await writeNoise(client, versions, age);
  await writeOpenRollout(client, size);
}

/** A digest as the artifact store would give it, of the name that a snapshot has here. */
const digestOf = (name: string): string => `encode(sha256(convert_to(${name}, 'UTF8')), 'hex')`;

/** Alerts that are over, deliveries that were given up, commands that were answered. */
async function writeNoise(client: pg.ClientBase, versions: number, age: string): Promise<void> {
  await client.query(`
    insert into alert (model, kind, subject, severity, title, body, opened_at, closed_at)
    select '${model}', kind, 'v' || v, 'warning', 'it moved', '', ${age}, case when v < ${versions} then ${age} end
    from generate_series(1, ${versions}) v cross join (values ('drift'), ('decay')) k (kind)`);
  await client.query(`
    insert into webhook_delivery (alert_id, url, attempts, delivered_at, next_attempt_at)
    select alert_id, 'http://127.0.0.1:9/', case when alert_id % 2 = 0 then 12 else 1 end,
      case when alert_id % 2 = 1 then opened_at end, opened_at from alert`);
  await client.query(`
    insert into command (command_id, model, kind, actor, body, body_hash, status, answer, created_at, answered_at,
      performed_at)
    select gen_random_uuid(), '${model}', 'retrain', 'ann', '{"reason": "x"}', '', 'done', '{}', ${age}, ${age}, ${age}
    from generate_series(1, ${versions}) v`);
}

async function writeOpenRollout(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const { versions } = size;
  const began = rolloutBeganAt(size);
  const windowRows = windowRowsOf(size);
  await client.query(`
    insert into rollout (model, version, attempt, status, step, step_begun, step_started_seq, step_started_at,
      base_version, spec_revision, salt, first_revision, started_seq, settled_seq)
    values ('${model}', ${versions} + 1, 1, 'active', 1, true, ${began + windowRows}, now(), ${versions}, 1, 's',
      1000001, ${began}, ${began + windowRows})`);
  await client.query(`
    insert into run (run_id, model, kind, status, input) values
      ('rollout/${model}/${versions + 1}/1', '${model}', 'rollout', 'running', '{}')`);
  await client.query(`
    insert into rollout_entity (model, version, attempt, entity, arm, first_seq)
    select distinct on (entity_hash) '${model}', ${versions} + 1, 1, entity_hash, 'champion', seq from prediction
    where model = '${model}' and seq > ${began} order by entity_hash, seq`);
}
