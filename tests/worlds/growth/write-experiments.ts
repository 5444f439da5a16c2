import type pg from 'pg';
import { agedModel as model, type HistorySize } from './history-size.ts';

/** An experiment of four candidates for each version, all of the first definition. */
export async function writeExperiments(client: pg.ClientBase, { versions }: HistorySize): Promise<void> {
  const outcome = {
    family: 'gbdt',
    trees: 40,
    threshold: 0.5,
    testMetrics: { logLoss: 0.4, rows: 100 },
    intervals: {},
    rows: { training: 300, validation: 50, test: 100 },
    inputs: 4,
    fileBytes: 20_000,
    latencyUs: 50,
    fitMs: 900,
    champion: null,
  };
  const difference = { estimate: -0.1, lower: -0.2, upper: -0.05 };
  const standings = [1, 2, 3, 4].map((at) => ({
    name: `c${at}`,
    standing: at === 1 ? 'best' : 'worse',
    difference: at === 1 ? null : difference,
    reason: null,
  }));
  const result = { metric: 'logLoss', alpha: 0.05, rows: 100, standings, champion: null };
  await client.query(
    `insert into experiment (model, number, snapshot, metric, champion, actor, reason, result)
     select '${model}', n, repeat('0', 64), 'logLoss', 1, 'ann', 'to see', $1 from generate_series(1, ${versions}) n`,
    [JSON.stringify(result)],
  );
  await client.query(
    `insert into experiment_candidate (model, number, candidate, name, spec, spec_digest, outcome)
     select '${model}', n, c, 'c' || c, s.spec, s.digest, $1 from generate_series(1, ${versions}) n
     cross join generate_series(1, 4) c
     join spec_revision s on s.model = '${model}' and s.revision = 1`,
    [JSON.stringify(outcome)],
  );
}
