import { afterAll, beforeAll, expect, test } from 'vitest';
import { fullWeight } from '../../src/domain/rollout/routing.ts';
import { noAnswer } from '../../src/domain/record/records.ts';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import { judgeHarm } from './judge-harm.ts';

const key = { model: 'fraud', version: 2, attempt: 1 };
const rows = 400;
let world: ServingWorld;

/** Every second row is the challenger's; all are said to be fine. */
const isChallenger = (row: number): boolean => row % 2 === 1;
/** Half of the labels come at once, of the rest only those that contradict the challenger. */
const isWrong = (row: number): boolean => (row < rows / 2 ? row % 10 < 2 : isChallenger(row));
/** One entity was wrongly answered at row 11 and not at all at row 31. */
const entityOf = (row: number): string => String(row === 31 ? 11 : row).padStart(32, '0');
const lateRow = 21;

beforeAll(async () => {
  world = await createServingWorld();
  const champion = await world.addVersion(1, [0.75, 0.25]);
  await world.addVersion(2, [0.75, 0.25]);
  const weight = fullWeight / 2;
  const revision = await world.route({ champion, stage: 'canary', rollout: key, challengerWeight: weight });
  await world.database.db.insert(rollout).values({
    ...key,
    status: 'active',
    baseVersion: 1,
    specRevision: 1,
    salt: 's',
    step: 1,
    stepBegun: true,
    firstRevision: revision,
  });
  await world.database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,failures}', '["error", "wrong"]')`,
  );
  await store(
    Array.from({ length: rows }, (_, row) =>
      predictionRecord(`p${row}`, {
        arm: isChallenger(row) ? 'challenger' : 'champion',
        stage: 'canary',
        challengerWeight: weight,
        bucket: isChallenger(row) ? 0 : fullWeight - 1,
        entityHash: entityOf(row),
        routingRevision: revision,
        version: isChallenger(row) ? 2 : 1,
        otherVersion: isChallenger(row) ? 1 : 2,
        failed: row === 31,
        answer: row === 31 ? noAnswer : { scores: [0.75, 0.25], decision: 'fine' },
      }),
    ),
  );
});
afterAll(() => world.close());

let segments = 0;
async function store(records: Parameters<ServingWorld['sink']['store']>[0]['records']): Promise<void> {
  await world.sink.store({ segmentId: `s${++segments}`, processId: 'p', records });
}
const label = (row: number) =>
  labelRecord(`l${row}`, { predictionId: `p${row}`, label: isWrong(row) ? 'fraud' : 'fine' });

async function look(throughSeq: number) {
  const { db } = world.database;
  const row = await findRollout(db, key);
  if (row === null) throw new Error('the rollout is gone');
  const { spec } = world;
  const plan = { ...spec.rollout, failures: ['error', 'wrong'] as const };
  const { isHarmful, text } = await judgeHarm(world.database, row, plan, { step: 1, name: 'canary', throughSeq });
  const found = await findEvidence(db, 'fraud', 'look', { of: 'look', version: 2, attempt: 1, step: 1, throughSeq });
  return { isHarmful, text, body: found?.body ?? {} };
}

test('wrong decisions count on mature rows alone, at the row; what fails at once is counted at once', async () => {
  const soon = Array.from({ length: rows }, (_, row) => row).filter((row) => row < rows / 2 || isChallenger(row));
  await store(soon.filter((row) => row !== lateRow).map(label));
  const { isHarmful, text, body } = await look(rows);
  expect(isHarmful).toBe(false);
  expect(body['atOnce']).toEqual([{ weight: 0.5, championFailures: 0, challengerFailures: 1 }]);
  // 100 wrong decisions of the challenger are known already, of rows that wait for the champion's labels.
  expect(body['matured']).toEqual({
    throughSeq: expect.any(Number),
    failures: [{ weight: 0.5, championFailures: 20, challengerFailures: 18 + 1 }],
  });
  const { throughSeq } = body['matured'] as { throughSeq: number };
  expect(throughSeq).toBeGreaterThanOrEqual(rows / 2);
  expect(throughSeq).toBeLessThan(rows / 2 + 4);
  expect(text).toMatch(/with wrong decisions, on mature rows through 20\d, .*\. Rows through 20\d are mature: /);
});

test('a label of a mature row that comes later still counts, and the rest when their rows are mature', async () => {
  await store([predictionRecord('one-more', { version: 1 }), label(lateRow)]);
  const later = await look(rows + 1);
  // With it, two rows more are mature, and the challenger's is wrong.
  expect(later.body['matured']).toMatchObject({ failures: [{ championFailures: 20, challengerFailures: 19 + 1 + 1 }] });
  const rest = Array.from({ length: rows }, (_, row) => row).filter((row) => row >= rows / 2 && !isChallenger(row));
  await store([
    predictionRecord('and-one', { version: 1 }),
    ...rest.map(label),
    ...['one-more', 'and-one'].map((id) => labelRecord(`l-${id}`, { predictionId: id, label: 'fine' })),
  ]);
  const last = await look(rows + 2);
  expect(last.body).toMatchObject({ isMature: true, stoppedBy: 'evidence', challengerFailures: 19 + rows / 4 });
  expect(last.isHarmful).toBe(true);
  const { rows: stored } = await world.database.pool.query(
    `select wrong_seq::int as wrong, failed_seq::int as failed, failure_kind as kind from rollout_entity
     where entity = $1`,
    [entityOf(11)],
  );
  expect(stored).toEqual([{ wrong: 12, failed: 32, kind: 'error' }]);
});
