import pg from 'pg';
import { templateModel, templateWindowRows } from './pages-template.ts';

export interface WorldSize {
  readonly models: number;
  readonly windows: number;
  readonly predictions: number;
}

/** The model with the most of everything. */
export const largestModel = 'm-001';
const versionsPerModel = 20;
const auditRows = 50_000;

/**
 * Copies what the template really went through until there are as many models, windows and predictions as were asked
 * for. As the owner of the database and in SQL alone: a million rows in the time that the loop takes for a thousand.
 */
export async function multiply(databaseUrl: string, size: WorldSize, say: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('create temp table bench_model (name text primary key, windows int)');
    await client.query(
      `insert into bench_model select 'm-' || lpad(n::text, 3, '0'), case when n = 1 then $2::int when n <= 10 then
        least(500, $2::int) else 50 end from generate_series(1, $1::int) n`,
      [size.models - 1, size.windows],
    );
    say('models, versions, rollouts');
    await copyModels(client);
    await copyYear(client);
    say('windows, counters, evidence, decisions, quality');
    await copyWindows(client);
    say(`${size.predictions} predictions`);
    await copyPredictions(client, size);
    say(`${auditRows} audit rows`);
    await copyAudit(client);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

/**
 * Rows of the template, once per row of `join`; members of `set` are computed, the others are taken over; serials and
 * generated columns are made anew.
 */
async function copy(
  client: pg.Client,
  table: string,
  join: string,
  set: Readonly<Record<string, string>>,
): Promise<void> {
  const { rows } = await client.query<{ name: string; fallback: string | null }>(
    `select column_name as name, column_default as fallback from information_schema.columns where table_schema =
      'public' and table_name = $1 and is_generated = 'NEVER'`,
    [table],
  );
  const columns = rows.filter(({ fallback }) => fallback?.startsWith('nextval') !== true).map(({ name }) => name);
  const values = columns.map((name) => set[name] ?? (name === 'model' ? 'm.name' : `t."${name}"`));
  await client.query(
    `insert into "${table}" (${columns.map((name) => `"${name}"`).join(', ')}) select ${values.join(', ')} from
      "${table}" t ${join}`,
  );
}

const renamed = (column: string): string => `replace(t."${column}", '${templateModel}', m.name)`;

async function copyModels(client: pg.Client): Promise<void> {
  const every = `cross join bench_model m where t.model = '${templateModel}'`;
  await copy(client, 'model', `cross join bench_model m where t.name = '${templateModel}'`, {
    name: 'm.name',
    version_counter: String(versionsPerModel),
  });
  await copy(client, 'spec_revision', every, { spec: `jsonb_set(t.spec, '{name}', to_jsonb(m.name))` });
  await copy(client, 'routing', every, { entry: `jsonb_set(t.entry, '{model}', to_jsonb(m.name))` });
  await copy(client, 'model_stream', every, {
    last_seq: `m.windows::bigint * ${templateWindowRows}`,
    open_window: 'm.windows + 1',
    open_first_seq: `m.windows::bigint * ${templateWindowRows} + 1`,
    open_rows: '0',
    labels: '0',
  });
  await copy(client, 'snapshot', every, { digest: `encode(sha256(convert_to(t.digest || m.name, 'UTF8')), 'hex')` });
  await copy(client, 'evidence', `${every} and t.kind <> 'window'`, { subject: renamed('subject') });
  await copy(client, 'alias_move', every, {});
  await copy(client, 'alert', every, {});
  await copy(client, 'rollout', every, {});
  await copy(
    client,
    'rollout_entity',
    `cross join bench_model m where t.model = '${templateModel}' and m.name = '${largestModel}'`,
    {},
  );
  await copy(client, 'run', `${every} and t.kind <> 'ingest'`, {
    run_id: renamed('run_id'),
    input: `replace(t.input::text, '${templateModel}', m.name)::jsonb`,
  });
  await copy(client, 'version', every, {
    run_id: renamed('run_id'),
    snapshots:
      `(select jsonb_agg(encode(sha256(convert_to(d || m.name, 'UTF8')), 'hex')) ` +
      `from jsonb_array_elements_text(t.snapshots) d)`,
  });
}

/** More of what a year leaves behind: versions, trainings, rollouts that were rolled back, champions, alerts. */
async function copyYear(client: pg.Client): Promise<void> {
  const again =
    `cross join bench_model m cross join generate_series(3, ${versionsPerModel}) g ` +
    `where t.model = '${templateModel}'`;
  await copy(client, 'version', `${again} and t.version = 2`, {
    version: 'g',
    run_id: `'train/' || m.name || '/' || g`,
    status: `case when g % 3 = 0 then 'rejected' else 'released' end`,
    created_at: `now() - g * interval '1 day'`,
  });
  await copy(client, 'run', `${again} and t.run_id = 'train/${templateModel}/2'`, {
    run_id: `'train/' || m.name || '/' || g`,
    input: `replace(t.input::text, '${templateModel}', m.name)::jsonb`,
    started_at: `now() - g * interval '1 day'`,
    ended_at: `now() - g * interval '1 day' + interval '1 minute'`,
  });
  await copy(client, 'rollout', `${again} and t.version = 2 and t.attempt = 1`, {
    version: 'g',
    status: `'rolled-back'`,
    reason: `'stopped by the evidence'`,
    started_at: `now() - g * interval '1 day'`,
    ended_at: `now() - g * interval '1 day' + interval '3 hours'`,
  });
  await copy(client, 'alias_move', `${again} and t.to_version = 2 and t.alias = 'champion'`, {
    from_version: 'g - 1',
    to_version: 'g',
    routing_revision: '100 + g',
    moved_at: `now() - interval '1 year' + g * interval '1 day'`,
  });
  await client.query(
    `insert into alert (model, kind, subject, severity, title, body, opened_at, closed_at)
     select m.name, 'drift', 'v' || g, case when g % 3 = 0 then 'critical' else 'warning' end, m.name || ': f' || g
     || ' drifted', 'It moved.', now() - g * interval '1 hour', case when g > 2 then now() end
     from bench_model m cross join generate_series(1, 10) g`,
  );
  await client.query(
    `insert into annotation (model, version, kind, text, actor) select m.name, null, 'tag', 'team-' || right(m.name,
      1), 'bench' from bench_model m`,
  );
}

async function copyWindows(client: pg.Client): Promise<void> {
  const template =
    (
      await client.query<{ windows: number }>(
        `select count(*)::int as windows from "window" where model = '${templateModel}'`,
      )
    ).rows[0]?.windows ?? 0;
  if (template === 0) throw new Error('the template has no window to copy');
  // Window w of a model is made after window 1 + w % n of the template.
  const each = (number: string): string =>
    `cross join bench_model m cross join lateral generate_series(1, m.windows) w where t.model = '${templateModel}' ` +
    `and t.${number} = 1 + w % ${template}`;
  const age = `(m.windows - w) * interval '1 hour'`;
  await copy(
    client,
    'evidence',
    `cross join bench_model m cross join lateral generate_series(1, m.windows) w where t.model = '${templateModel}' ` +
      `and t.kind = 'window' and t.subject = 'window/' || (1 + w % ${template})`,
    {
      subject: `'window/' || w`,
      body: `jsonb_set(t.body, '{window}', to_jsonb(w))`,
      created_at: `now() - ${age}`,
    },
  );
  await copy(client, 'window', each('number'), {
    number: 'w',
    first_seq: `(w - 1)::bigint * ${templateWindowRows} + 1`,
    last_seq: `w::bigint * ${templateWindowRows}`,
    opened_at: `now() - ${age} - interval '1 hour'`,
    closed_at: `now() - ${age}`,
    judged_at: `now() - ${age}`,
    decided_at: `now() - ${age}`,
    evidence_id:
      `(select e.evidence_id from evidence e where e.model = m.name ` +
      `and e.kind = 'window' and e.subject = 'window/' || w)`,
  });
  await copy(client, 'counter', each('window_number'), { window_number: 'w' });
  await copy(client, 'window_quality', each('window_number'), {
    window_number: 'w',
    value: `t.value * (0.8 + 0.4 * random())`,
  });
  await client.query(
    `insert into quality_total select model, min(window_number), max(window_number), sum(rows), sum(labelled_rows),
       count(first_value), coalesce(sum(compared_rows) filter (where first_value is not null), 0),
       coalesce(sum(value) filter (where first_value is not null), 0), coalesce(sum(first_value), 0),
       coalesce(sum(difference_variance), 0), max(first_version)
     from window_quality where model <> '${templateModel}' group by model`,
  );
  await client.query(
    `insert into decision (model, key, window_number, retrain, trigger, blocked_by, reason, considered, created_at)
     select m.name, 'window/' || w, w, false, null, case when w % 3 = 0 then 'cooldown' end, case when w % 3 = 0
     then 'drift asks for it, but the cooldown lasts' else 'nothing asks for it' end,
       t.considered, now() - ${age}
     from bench_model m cross join lateral generate_series(1, m.windows) w
     cross join lateral (select considered from decision where model = '${templateModel}' and key like 'window/%'
     limit 1) t`,
  );
}

async function copyPredictions(client: pg.Client, size: WorldSize): Promise<void> {
  const windows = Math.min(size.windows, Math.ceil(size.predictions / templateWindowRows));
  await copy(
    client,
    'prediction',
    `join bench_model m on m.name = '${largestModel}' cross join generate_series(1, ${windows}) w where t.model = ` +
      `'${templateModel}' and t.seq <= ${templateWindowRows}`,
    {
      seq: `(w - 1)::bigint * ${templateWindowRows} + t.seq`,
      prediction_id: `'p-' || ((w - 1)::bigint * ${templateWindowRows} + t.seq)`,
      window_number: 'w',
    },
  );
  // One row in three has its label.
  await client.query(
    `insert into label (model, label_id, prediction_id, label, known_seq, known_window, received_at)
     select p.model, p.prediction_id, p.prediction_id, case when p.seq % 2 = 0 then 'yes' else 'no' end, p.seq,
     p.window_number, now() from prediction p where p.model = $1 and p.seq % 3 = 0`,
    [largestModel],
  );
  await client.query(
    'update model_stream set labels = (select count(*) from label where model = $1) where model = $1',
    [largestModel],
  );
}

async function copyAudit(client: pg.Client): Promise<void> {
  await client.query(
    `insert into audit_staged (type, model, subject, actor, reason, run_id, data)
     select (array['perennial.retrain.declined', 'perennial.version.created', 'perennial.gate.passed',
     'perennial.rollout.step', 'perennial.champion.moved', 'perennial.alert.opened', 'perennial.token.created'])[1 +
     n % 7],
       case when n % 7 = 6 then null else 'm-' || lpad((1 + n % greatest(1, (select count(*)::int from
       bench_model)))::text, 3, '0') end, 'subject/' || n, 'bench', 'because of window ' || n, null, '{"n":' || n || '}'
     from generate_series(1, ${auditRows}) n`,
  );
}
