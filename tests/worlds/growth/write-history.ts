import type pg from 'pg';
import { agedModel as model, labelDelayRows, windowRowsOf, type HistorySize } from './history-size.ts';

/** Where the open rollout of a history began: this many rows of exposure are the same at any age. */
export function rolloutBeganAt(size: HistorySize): number {
  return Math.max(0, size.predictions - 3 * windowRowsOf(size));
}

/**
 * The history of one model, made in SQL: a million rows in the time that the loop takes for a thousand. The last window
 * is not judged yet, and the version after the last one stands in an open rollout.
 */
export async function writeHistory(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const facts = [
    size.predictions,
    size.labels,
    size.windows,
    windowRowsOf(size),
    size.versions,
    rolloutBeganAt(size),
    size.windows - size.unjudgedWindows,
  ];
  const [rows, labels, windows, windowRows, versions, began, judged] = facts.map(String);
  await client.query(`
    insert into prediction (model, prediction_id, seq, window_number, requested_at, event_time_ms, entity_hash, bucket,
      arm, stage, challenger_weight, version, correction, routing_revision, spec_revision, numbers, texts, scores,
      decision, other_version, other_scores, failed, latency_us)
    select '${model}', 'p' || s, s, 1 + (s - 1) / ${windowRows}, now() - (${rows} - s) * interval '1 second', s,
      'e' || s % 1000, 0, 'champion', case when s > ${began} then 'canary' else 'steady' end, 0,
      1 + (s - 1) * ${versions} / ${rows}, 'identity', case when s > ${began} then 1000001 else 1 end, 1,
      array[s % 30, s % 2]::float8[], array['a'], array[0.75, 0.25], 'fine',
      case when s > ${began} then ${versions} + 1 end, case when s > ${began} then array[0.75, 0.25] end, false, 100
    from generate_series(1, ${rows}::bigint) s`);
  await client.query(`
    insert into label (model, label_id, prediction_id, prediction_seq, label, known_seq, known_window, received_at)
    select '${model}', 'l' || j, 'p' || s, s, case when j % 7 = 0 then 'fraud' else 'fine' end, known,
      1 + known / ${windowRows}, now() - (${rows} - known) * interval '1 second'
    from generate_series(1, ${labels}::bigint) j
    cross join lateral (select (j * ${rows} + ${labels} - 1) / ${labels} as s) row
    cross join lateral (select least(s + ${labelDelayRows}, ${rows}) as known) at`);
  await client.query(`
    insert into proxy (model, name, prediction_id, prediction_seq, value, known_seq, known_window, received_at)
    select '${model}', 'call', 'p' || s, s, s % 2, s, 1 + (s - 1) / ${windowRows},
      now() - (${rows} - s) * interval '1 second'
    from generate_series(1, ${rows}::bigint) s where s % 2 = 0`);
  await client.query(`
    insert into "window" (model, number, rows, first_seq, last_seq, opened_at, closed_at, judged_at, verdict,
      labelled_rows, decided_at)
    select '${model}', w, ${windowRows}, (w - 1)::bigint * ${windowRows} + 1, w::bigint * ${windowRows},
      ${ageOf('w', 1)}, ${ageOf('w')}, case when w <= ${judged} then ${ageOf('w')} end,
      case when w <= ${judged} then 'stable' end,
      greatest(0, w::bigint * ${windowRows} - ${labelDelayRows} - 1) * ${labels} / ${rows},
      case when w <= ${judged} then ${ageOf('w')} end
    from generate_series(1, ${windows}) w`);
  await client.query(`
    insert into model_stream (model, last_seq, open_window, open_rows, open_first_seq, labels, labelled_rows)
    values ('${model}', ${rows}, ${windows} + 1, 0, ${rows} + 1, ${labels}, ${labels})
    on conflict (model) do update set last_seq = excluded.last_seq, open_window = excluded.open_window,
      open_first_seq = excluded.open_first_seq, labels = excluded.labels, labelled_rows = excluded.labelled_rows`);
  await client.query(`
    insert into segment (segment_id, stored_at) select 's' || g, now() - g * interval '1 second'
    from generate_series(1, ${rows} / 100) g`);
  await writeVerdicts(client, size);

  function ageOf(number: string, more = 0): string {
    return `now() - (${windows} - ${number} + ${more}) * interval '12 hours'`;
  }
}

/** What the watch left behind of every window. */
async function writeVerdicts(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const { windows } = size;
  const windowRows = windowRowsOf(size);
  const judged = `generate_series(1, ${windows - size.unjudgedWindows}) w`;
  const age = `now() - (${windows} - w) * interval '12 hours'`;
  await client.query(`
    insert into counter (model, window_number, version, arm, routing_revision, rows, failed, slow, latency_sum_us,
      latency_max_us, cells)
    select '${model}', w, (select version from prediction where model = '${model}' and seq = w::bigint * ${windowRows}),
      'champion', 1, ${windowRows}, 0, 0, 100, 100, '[[10,10,10,0],[20,5,5,0],[0,0,0],[30,0,0]]'
    from generate_series(1, ${windows}) w`);
  await client.query(`
    insert into evidence (model, kind, subject, verdict, body, created_at)
    select '${model}', 'window', 'window/' || w, 'stable',
      '{"champion": 1, "drift": {"verdict": "stable", "features": [{"jsAboveFloor": 0.1}]}}'::jsonb, ${age}
    from ${judged}
    union all
    select '${model}', 'correction', 'window/' || w || '/v' || (select version from counter
      where model = '${model}' and window_number = w), 'kept', '{"text": "kept"}'::jsonb, ${age} from ${judged}`);
  await client.query(`
    update "window" w set evidence_id = e.evidence_id from evidence e
    where w.model = '${model}' and e.model = w.model and e.kind = 'window' and e.subject = 'window/' || w.number`);
  await client.query(`
    insert into decision (model, key, window_number, retrain, reason, considered, created_at)
    select '${model}', 'window/' || w, w, false, 'nothing asks for it', '[]', ${age} from ${judged}`);
  await client.query(`
    insert into window_quality (model, window_number, rows, labelled_rows, realised, first_version, compared_rows,
      value, first_value, difference_variance)
    select '${model}', w, ${windowRows}, ${windowRows} / 3, '{"logLoss": 0.1}', 1, ${windowRows} / 3, 1, 1, 1
    from ${judged}`);
  await client.query(`
    insert into window_estimate (model, window_number, version, is_corrected, stated)
    select '${model}', w, (select version from counter where model = '${model}' and window_number = w), false,
      '{"logLoss": {"estimated": 0.1, "interval": null, "basis": null}}' from ${judged}`);
  await client.query(`
    insert into window_proxy (model, window_number, name, version, rows, mean)
    select '${model}', w, 'call', (select version from counter where model = '${model}' and window_number = w), 100,
      0.5 from ${judged}`);
  await client.query(`
    insert into quality_total (model, from_window, to_window, rows, labelled_rows, compared_windows, compared_rows)
    values ('${model}', 1, ${windows - size.unjudgedWindows}, ${windows}::bigint * ${windowRows}, 0, 1, 1)`);
  await client.query(`
    insert into audit_staged (type, model, subject, actor, reason, data)
    select 'perennial.retrain.declined', '${model}', 'decision/${model}/window/' || w, 'model', 'nothing', '{}'
    from ${judged} where w <= 50000`);
}
