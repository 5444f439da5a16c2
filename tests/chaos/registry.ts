import pg from 'pg';

/**
 * What a model's life leaves behind and must be the same whoever was killed: versions with their bytes, moves,
 * rollouts, trainings, windows with their rows and labels, decisions, commands. Ids, times, and what no life decides
 * are left out.
 */
const parts: Readonly<Record<string, string>> = {
  versions: `select version, model_digest as digest, status, gate_verdict as gates, labelled_rows as "labelledRows",
    through_window as "throughWindow" from version where model = $1 order by version`,
  moves: `select alias, from_version as "from", to_version as "to", c.kind as command from alias_move a
    left join command c using (command_id) where a.model = $1 order by move_id`,
  rollouts: `select version, attempt, status, base_version as base from rollout where model = $1 order by 1, 2`,
  trainings: `select run_id as run, status from run where model = $1 and kind = 'train'
    order by length(run_id), run_id`,
  stream: `select last_seq as rows, labels, labelled_rows as "labelledRows" from model_stream where model = $1`,
  windows: `select number, rows from "window" where model = $1 order by number`,
  decisions: `select case when d.key like 'command/%' then 'command' else d.key end as key, retrain, trigger,
    blocked_by as "blockedBy", run_id as run from decision d where model = $1
    order by window_number nulls first, 1, run_id`,
  commands: `select kind, status, failure, performed_at is not null as performed from command where model = $1
    order by created_at, kind`,
};

export type Registry = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The registry of one model, with its name taken out: lives are compared with each other. */
export async function readRegistry(databaseUrl: string, model: string): Promise<Registry> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const found: Record<string, readonly Readonly<Record<string, unknown>>[]> = {};
    for (const [part, query] of Object.entries(parts)) {
      const { rows } = await client.query<Record<string, unknown>>(query, [model]);
      found[part] = JSON.parse(JSON.stringify(rows).replaceAll(`/${model}/`, '/MODEL/')) as typeof rows;
    }
    return found;
  } finally {
    await client.end();
  }
}

/** The parts in which two lives differ, each with both sides; empty when they left the same. */
export function differences(undisturbed: Registry, disturbed: Registry): readonly string[] {
  return Object.keys(parts).flatMap((part) => {
    const [a, b] = [JSON.stringify(undisturbed[part]), JSON.stringify(disturbed[part])];
    return a === b ? [] : [`${part}: undisturbed ${a}, here ${b}`];
  });
}
