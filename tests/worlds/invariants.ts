import path from 'node:path';
import pg from 'pg';
import { freePort } from '../../src/embedded/process/free-port.ts';
import { startPostgres } from '../../src/embedded/postgres/postgres.ts';

/** Rows of a stream that stand in files alone. */
const sealedRows = (kind: 'predictions' | 'labels'): string =>
  `(select coalesce(sum(g.rows), 0) from sealed_stretch g join log_part part on part.part = g.part
    where g.model = s.model and g.kind = '${kind}' and part.dropped_at is not null)`;

/** Which window a sealed row belongs to, and whether it has a label, is known to its file alone. */
const nothingIsSealed = (row: string): string =>
  `not exists (select 1 from sealed_stretch g where g.model = ${row}.model)`;

/**
 * What must hold of the facts whatever was killed: each query lists what breaks its rule, so an empty answer is good.
 * `text` says the rule as a sentence that is wrong for each row.
 */
const rules: readonly (readonly [text: string, query: string])[] = [
  ['a model without exactly one champion', `select model from routing where entry->'champion' = 'null'::jsonb`],
  [
    'the champion that answers is not the one of the last move',
    `select r.model from routing r
     where (r.entry->'champion'->>'version')::int is distinct from (select to_version from alias_move a where
     a.model = r.model and a.alias = 'champion' order by move_id desc limit 1)`,
  ],
  [
    'a move that does not begin where the one before ended',
    `select model, move_id from (select model, move_id, from_version, lag(to_version) over (partition by model order
      by move_id) as before from alias_move where alias = 'champion') m
     where from_version is distinct from before`,
  ],
  [
    'a training or an ingest that never ended',
    `select run_id from run where status = 'running' and kind in ('train', 'ingest')`,
  ],
  ['a run that was lost or failed', `select run_id, status, detail from run where status in ('lost', 'failed')`],
  [
    'two rollouts open for one model',
    `select model from rollout where status in ('active', 'held') group by model having count(*) > 1`,
  ],
  [
    'a rollout that ended while its run did not',
    `select r.model, r.version from rollout r join run on run.run_id = 'rollout/' || r.model || '/' || r.version ||
      '/' || r.attempt where r.status in ('promoted', 'rolled-back') and run.status = 'running'`,
  ],
  [
    'a training with a verdict but no version, or two',
    `select run_id from run where kind = 'train' and status = 'completed' and (select count(*) from version v where
      v.run_id = run.run_id) <> 1`,
  ],
  [
    'a gap or a repetition in the order of the traffic',
    `select s.model from model_stream s
     where s.last_seq <> (select count(*) from prediction p where p.model = s.model) + ${sealedRows('predictions')}
       or s.last_seq <> greatest((select max(seq) from prediction p where p.model = s.model),
         (select max(last_place) from sealed_stretch g where g.model = s.model and g.kind = 'predictions'), 0)`,
  ],
  [
    'a count of labels that is not that of its rows',
    `select s.model from model_stream s
     where s.labels <> (select count(*) from label l where l.model = s.model) + ${sealedRows('labels')}`,
  ],
  [
    'a total of labelled rows that is not that of its rows',
    `select s.model from model_stream s where ${nothingIsSealed('s')} and s.labelled_rows <> (select count(*)
      from prediction p where p.model = s.model and exists (select 1 from label l where l.model = p.model and
      l.prediction_id = p.prediction_id))`,
  ],
  [
    'a window whose size is not that of its rows',
    `select w.model, w.number from "window" w where ${nothingIsSealed('w')} and w.rows <> (select count(*)
      from prediction p where p.model = w.model and p.window_number = w.number)`,
  ],
  [
    'a window whose counters disagree with its rows',
    `select w.model, w.number from "window" w where w.rows <> (select coalesce(sum(rows), 0) from counter c where
      c.model = w.model and c.window_number = w.number)`,
  ],
  ['a closed window that nobody judged', `select model, number from "window" where judged_at is null`],
  [
    'a judged window without a decision',
    `select model, number from "window" w where judged_at is not null and not exists (select 1 from decision d where
      d.model = w.model and d.key = 'window/' || w.number)`,
  ],
  [
    'a decision to train without its run',
    `select model, key from decision d where retrain and not exists (select 1 from run where run.run_id = d.run_id)`,
  ],
];

/** Broken rules, each with what breaks it; empty when everything holds. */
export async function brokenRules(databaseUrl: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const broken: string[] = [];
    for (const [text, query] of rules) {
      const { rows } = await client.query<Record<string, unknown>>(query);
      if (rows.length > 0) broken.push(`${text}: ${JSON.stringify(rows.slice(0, 5))}`);
    }
    return broken;
  } finally {
    await client.end();
  }
}

/** The same over what a demo left in its state folder: its Postgres is started for the questions and stopped again. */
export async function brokenRulesIn(stateDir: string): Promise<readonly string[]> {
  const postgres = await startPostgres({
    stateDir,
    logFile: path.join(stateDir, 'logs', 'postgres.log'),
    port: await freePort(54_700),
  });
  try {
    return await brokenRules(postgres.url);
  } finally {
    await postgres.process.stop();
  }
}
