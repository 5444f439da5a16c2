import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAbTestWorld, entitiesFrom, type AbTestWorld, type Played } from '../../tests/worlds/ab-test-world.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import {
  exposureOf,
  failuresByWeight,
  maturedFailuresByWeight,
  pairedRows,
} from '../../src/db/routing/rollout-evidence.ts';
import { insertRollout, markStepBegun, routeStep } from '../../src/db/routing/rollouts.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { streamOf } from '../../src/db/routing/stream.ts';
import { recordWrongDecisions } from '../../src/db/traffic/store/record-wrong-decisions.ts';
import { recentScoredRows } from '../../src/db/traffic/read/labelled-rows.ts';
import { recentScores } from '../../src/db/traffic/read/recent-scores.ts';
import { answersOf, countStretch } from '../../src/db/traffic/read/stretch.ts';
import { windowRowsOf } from '../../src/db/traffic/read/window-rows.ts';

const key = { model: 'fraud', version: 3, attempt: 1 };
const canary = {
  name: 'canary',
  stage: 'canary',
  percent: 30,
  extent: { rows: 10_000 },
  rowsMin: 0,
  needsApproval: false,
} as const;
let withTest: AbTestWorld;
let without: AbTestWorld;
beforeAll(async () => {
  [withTest, without] = await Promise.all([createAbTestWorld(), createAbTestWorld()]);
});
afterAll(async () => {
  await Promise.all([withTest.close(), without.close()]);
});

/** The versions differ in what they decide, in what comes of it, and in how often they fail. */
const play = (version: number, entity: string): Played => {
  const place = Number(entity.slice('card-'.length)) % 10;
  return {
    decision: place < version ? 'fraud' : 'fine',
    label: place === 0 || (version === 2 && place < 7) ? 'fraud' : 'fine',
    failed: version === 2 ? place < 5 : version === 3 && place === 9,
  };
};

/** A rollout of v3, with an A/B test of v2 beside it; where `isOutside`, rows of that test do not come at all. */
async function life(place: AbTestWorld, isOutside: boolean): Promise<unknown> {
  const { database } = place.world;
  const { db } = database;
  const test = await place.start({ versions: [2], sharePercent: 40 });
  await withTransaction(database, async (tx) => {
    await insertRollout(tx, { key, baseVersion: 1, specRevision: 1, salt: 'rollout/fraud/3/1' });
    await routeStep(tx, key, 0, canary, 60_000);
    await markStepBegun(tx, key, 0);
  });
  for (let batch = 0; batch < 3; batch++) await place.answer(entitiesFrom(batch * 200, 300), play, { isOutside });
  const { lastSeq } = await streamOf(db, 'fraud');
  if (!isOutside) {
    await place.look(test);
    const { arms } = await place.row(test);
    expect(arms.map(({ assigned }) => assigned > 50)).toEqual([true, true]);
  }
  const cut = { throughSeq: lastSeq, matureSeq: lastSeq };
  await withTransaction(database, (tx) => recordWrongDecisions(tx, key, { ...cut, since: null }));
  const pairs = await pairedRows(db, key, cut);
  const range = { version: 1, throughWindow: 99, matureSeq: lastSeq, afterSeq: 0, rowsMax: 5_000 };
  const stretch = { number: 1, blocks: [{ low: 1, high: lastSeq }] };
  const asked = { throughWindow: 99, firstVersion: 1, amounts: [] };
  const { rows: counters } = await database.pool.query(
    `select version, arm, sum(rows)::int as rows, sum(failed)::int as failed from counter where arm <> 'ab-test'
     group by 1, 2 order by 1, 2`,
  );
  return {
    exposure: await exposureOf(db, key, lastSeq, null),
    failures: await failuresByWeight(db, key, lastSeq),
    matured: await maturedFailuresByWeight(db, key, lastSeq),
    pairs: pairs.rows.map(({ seq: _seq, ...row }) => row),
    scores: (await recentScores(db, 'fraud', range)).map(({ seq: _seq, ...row }) => row),
    scored: (await recentScoredRows(db, 'fraud', range)).map(({ seq: _seq, ...row }) => row),
    labelled: (await countStretch(db, 'fraud', stretch, 99)).labelledRows,
    answers: (await answersOf(db, 'fraud', stretch, asked)).map(({ scores, label }) => ({ scores, label })),
    inWindow: (await windowRowsOf(db, { model: 'fraud', number: 1, version: 2, rowsMax: 5_000 })).length,
    counters,
  };
}

test('an A/B test beside a rollout changes nothing of what is known of rollout and champion', async () => {
  const found = await life(withTest, false);
  const expected = await life(without, true);
  expect(found).toEqual(expected);
  expect(found).toMatchObject({ inWindow: 0, exposure: { entities: expect.any(Number) } });
  const { exposure, failures, pairs } = found as {
    exposure: { entities: number; assigned: readonly { champion: number; challenger: number }[] };
    failures: readonly unknown[];
    pairs: readonly unknown[];
  };
  // It would be little to say of nothing.
  expect(exposure.entities).toBeGreaterThan(300);
  expect(exposure.assigned[0]?.challenger).toBeGreaterThan(80);
  expect(failures.length).toBeGreaterThan(0);
  expect(pairs.length).toBeGreaterThan(200);
});

test('a step of the rollout leaves the test where it is, and its end leaves the rollout', async () => {
  const { database } = withTest.world;
  const routing = () => readRouting(database.db, 'fraud');
  const before = await routing();
  await withTransaction(database, (tx) => routeStep(tx, key, 1, { ...canary, percent: 60 }, 60_000));
  const after = await routing();
  expect(after).toMatchObject({ abTest: before?.abTest, challenger: { version: 3 }, stage: 'canary' });
  expect(after?.challengerWeight).toBeGreaterThan(before?.challengerWeight ?? 0);
});
