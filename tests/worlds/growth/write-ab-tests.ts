import type pg from 'pg';
import { startAbTest } from '../../../src/domain/ab-test/add-units.ts';
import { planOf } from '../../../src/domain/ab-test/declare-ab-test.ts';
import type { DeclaredAbTest } from '../../../src/domain/ab-test/declared.ts';
import { agedModel as model, type HistorySize } from './history-size.ts';
import { rolloutBeganAt } from './write-history.ts';

const declared: DeclaredAbTest = {
  versions: [2],
  sharePercent: 20,
  metric: 'positiveRate',
  better: 'lower',
  bounds: [0, 1],
  horizon: { kind: 'sequential', unitsMax: 100_000 },
  alpha: 0.05,
  effectMin: 0.01,
  daysMax: 30,
  lookMs: 10_000,
};

/** As many A/B tests that are over as there are versions, and one that is open and whose time is over. */
export async function writeAbTests(client: pg.ClientBase, size: HistorySize): Promise<void> {
  const { versions } = size;
  const began = rolloutBeganAt(size);
  const weights = ['control', 'v2'].map((arm) => ({ arm, weight: 1 }));
  const arms = weights.map(({ arm }, at) => ({
    name: arm,
    version: at + 1,
    weight: 1,
    assigned: 0,
    failures: 0,
    stoppedSeq: null,
    why: null,
  }));
  await client.query(
    `insert into ab_test (model, number, status, spec_revision, plan, declared, arms, state, salt, first_revision,
       last_revision, started_seq, exposed_seq, counted_seq, ended_seq, actor, why, ending, reason,
       deadline_at, ended_at)
     select '${model}', n, case when n > ${versions} then 'running' else 'ended' end, 1, $1, $2, $3, $4, 's', 1,
       case when n <= ${versions} then 1 end, ${began}, ${began}, ${began}, case when n <= ${versions} then
       ${began} end,
       'ann', 'to see', case when n <= ${versions} then 'undecided' end, case when n <= ${versions} then 'over' end,
       now() - interval '1 hour', case when n <= ${versions} then now() - interval '1 hour' end
     from generate_series(1, ${versions} + 1) n`,
    [planOf(declared), declared, arms, startAbTest(weights)].map((value) => JSON.stringify(value)),
  );
  // Its own rows, among those that came since.
  await client.query(
    `update prediction set arm = 'ab-test' where model = '${model}' and seq > ${began} and seq % 5 = 0`,
  );
  await client.query(
    `insert into ab_test_entity (model, number, entity, version, first_seq, counted_seq)
     select '${model}', n, 'e' || e, 1 + e % 2, e, e from generate_series(1, ${versions}) n
     cross join generate_series(1, 20) e`,
  );
}
