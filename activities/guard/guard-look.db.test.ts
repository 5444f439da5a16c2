import { afterAll, beforeAll, expect, test } from 'vitest';
import { findEvidence } from '../../src/db/runs/evidence.ts';
import { findRun, openRun } from '../../src/db/runs/runs.ts';
import { rollout } from '../../src/db/schema/index.ts';
import { signatureOf } from '../../src/domain/spec/signature.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { metadataOf } from '../../src/onnx/graphs/metadata.ts';
import { priorGraph } from '../../src/onnx/graphs/prior-graph.ts';
import { createServingWorld, type ServingWorld } from '../../tests/worlds/serving-world.ts';
import { labelRecord, predictionRecord } from '../../tests/worlds/spool-records.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { guardLookActivities } from './guard-look.ts';

const model = 'fraud';
const labelledRows = 50;
let world: ServingWorld;
let sent = 0;
let guardLook: ReturnType<typeof guardLookActivities>['guardLook'];

beforeAll(async () => {
  world = await createServingWorld();
  const guard = JSON.stringify({ labelledRows, action: 'propose' });
  await world.database.pool.query(`update spec_revision set spec = jsonb_set(spec, '{rollout,guard}', $1::jsonb)`, [
    guard,
  ]);
  guardLook = guardLookActivities({
    database: world.database,
    store: world.artifacts,
  } as unknown as ActivityDependencies).guardLook;
});
afterAll(() => world.close());

/** A champion that says 0.25 to every row, promoted over a predecessor that says something else. */
async function promote(version: number, predecessorSays: readonly number[]): Promise<void> {
  await world.addVersion(version - 1, predecessorSays);
  await world.route({ champion: await world.addVersion(version, [0.75, 0.25]), stage: 'steady' });
  const promoted = { model, version, attempt: 1, status: 'promoted', specRevision: 1, salt: 's' } as const;
  await world.database.db.insert(rollout).values({ ...promoted, baseVersion: version - 1, endedSeq: sent });
  const run = { runId: workflowIds.guard(model, version), model, kind: 'guard', trigger: null, input: {} } as const;
  await openRun(world.database.db, run);
}

async function answer(version: number, rows: number, label: 'fine' | 'fraud'): Promise<void> {
  const ids = Array.from({ length: rows }, (_, row) => `p${sent + row}`);
  sent += rows;
  await world.sink.store({
    segmentId: `s${sent}`,
    processId: 'p',
    records: [
      ...ids.map((id) =>
        predictionRecord(id, {
          version,
          answer: { scores: [0.75, 0.25], decision: 'fine' },
          entityHash: id.padEnd(32, '0'),
        }),
      ),
      ...ids.map((id) => labelRecord(`l-${id}`, { predictionId: id, label })),
    ],
  });
}

const look = (version: number) =>
  guardLook({ model, version, predecessor: version - 1, pollMs: 2_000, action: 'propose' });
const endingOf = async (version: number) =>
  (await findRun(world.database.db, workflowIds.guard(model, version)))?.detail ?? null;

test('it looks at each window until four times the labels are in, and says that neither was proven', async () => {
  await promote(2, [0.75, 0.25]);
  await answer(2, labelledRows - 1, 'fine');
  expect(await look(2)).toMatchObject({
    verdict: 'wait',
    text: expect.stringContaining(`${labelledRows - 1} of ${labelledRows} mature labelled rows`),
  });
  await answer(2, 20, 'fine');
  expect(await look(2)).toMatchObject({ verdict: 'wait', text: expect.stringContaining('not decided yet') });
  // Nothing new has come: nothing is scored again.
  expect(await look(2)).toMatchObject({ verdict: 'wait', text: 'no window has closed since the last look' });
  await answer(2, 4 * labelledRows, 'fine');
  expect(await look(2)).toMatchObject({ verdict: 'undecided', text: expect.stringContaining('not decided yet') });
  expect(await endingOf(2)).toMatch(/^undecided: Log loss/);
});

test('a champion that is proven worse than its predecessor is told of', async () => {
  await promote(4, [0.01, 0.99]);
  await answer(4, 4 * labelledRows, 'fraud');
  expect(await look(4)).toMatchObject({ verdict: 'worse', evidenceId: expect.any(Number) });
});

test('a predecessor that answers another question is not compared', async () => {
  await promote(6, [0.75, 0.25]);
  const { classes: _classes, ...signature } = signatureOf(world.spec);
  const other = { ...signature, task: 'regression', classes: [] } as const;
  const digest = await world.artifacts.putBytes(priorGraph(other, [3], metadataOf('prior', other, 'other')));
  await world.database.pool.query('update version set model_digest = $1 where version = 5', [digest]);
  await answer(6, labelledRows, 'fine');
  expect(await look(6)).toMatchObject({ verdict: 'not-comparable', evidenceId: null });
  expect(await endingOf(6)).toBe('not-comparable: v5 cannot answer the requests of v6: they are not compared');
});

test('after a move by hand it looks at the rows since then, and its verdict is one of its own', async () => {
  await promote(8, [0.01, 0.99]);
  await answer(8, 4 * labelledRows, 'fine');
  const moved = { model, version: 8, predecessor: 7, pollMs: 2_000, action: 'propose', moved: 90 } as const;
  expect(await guardLook({ ...moved, afterSeq: sent })).toMatchObject({ verdict: 'wait' });
  const since = sent;
  // Labels have been known up to one such batch late: rows are mature behind them.
  for (let batch = 0; batch < 3; batch++) await answer(8, 4 * labelledRows, 'fraud');
  const runId = workflowIds.guard(model, 8, 90);
  expect(await guardLook({ ...moved, afterSeq: since })).toMatchObject({ verdict: 'worse' });
  expect(await findEvidence(world.database.db, model, 'guard', { of: 'run', runId })).toMatchObject({
    verdict: 'worse',
    body: { predecessor: 7 },
  });
});
