import { and, asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  experimentList,
  experimentView,
  type ExperimentView,
} from '../../../src/contracts/http/trainers/experiments.ts';
import { aliasMove, experiment, experimentCandidate, version } from '../../../src/db/schema/index.ts';
import type { ModelSpecInput } from '../../../src/domain/spec/default-spec.ts';
import type { ModelSpec } from '../../../src/domain/spec/spec.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { gbdt, linear } from '../../../src/sdk/declare/trainer/trainer.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/** The whole product on engines of its own; in the second one, every first attempt is told that it failed. */
let world: LoopWorld;
let told: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
  told = await startLoopWorld([], { isToldItFailed: true });
});
afterAll(async () => {
  await world.close();
  await told.close();
});

interface Candidate {
  readonly name: string;
  readonly spec: ModelSpec;
}

const control = (of: LoopWorld) => ({ url: of.stack.controlUrl, token: of.stack.tokens.admin });

/** Slow enough that something can be killed in the middle of it. */
const slow = gbdt({ treesMax: 400, earlyStoppingTrees: 400, learningRate: 0.01 });
const blind = gbdt({ treesMax: 1, leavesMax: 2, learningRate: 0.001 });

async function candidatesOf(
  of: LoopWorld,
  model: string,
  changes: Readonly<Record<string, Partial<ModelSpecInput>>>,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const [name, change] of Object.entries(changes)) found.push({ name, spec: await of.define(model, change) });
  return found;
}

const usual = { slow: { trainer: slow }, line: { trainer: linear() }, blind: { trainer: blind } };

async function ended(of: LoopWorld, model: string, number: number): Promise<ExperimentView> {
  const path = `/v1/models/${model}/experiments/${number}`;
  return until(`experiment ${number} of ${model} has ended`, async () => {
    const view = experimentView.parse(await requestJson(control(of), 'GET', path));
    return view.status === 'running' ? undefined : view;
  });
}

/** What it came to, without how long that took and under which model. */
function outcomeOf({ candidates, champion, testRows }: ExperimentView) {
  const rest = candidates.map(({ fitMs: _fit, latencyUs: _latency, specDigest: _digest, changes, ...one }) => ({
    ...one,
    changes: changes.filter(({ path }) => path !== 'name' && !path.startsWith('source')),
  }));
  return { testRows, champion, candidates: rest };
}

test('candidates are compared on the same rows, and nothing else changes', async () => {
  await world.champion('plain');
  const { db } = world.stack.database;
  const before = await world.status('plain');
  const candidates = await candidatesOf(world, 'plain', usual);
  await world.command('plain', 'experiments', { candidates, reason: 'which of them' });
  const view = await ended(world, 'plain', 1);
  expect(view).toMatchObject({ status: 'completed', testRows: expect.any(Number), reason: 'which of them' });
  expect(view.candidates.map(({ standing }) => standing)[0]).toBe('best');
  // One that has learnt next to nothing; whether few test rows prove that is held in unit tests.
  expect(view.candidates.at(-1)).toMatchObject({ name: 'blind' });
  expect(view.candidates.at(-1)?.difference?.estimate).toBeLessThan(0);
  for (const { rows, fileBytes, latencyUs, fitMs } of view.candidates) {
    expect(rows?.test).toBe(view.testRows);
    expect(fileBytes).toBeGreaterThan(0);
    expect(latencyUs).toBeGreaterThan(0);
    expect(fitMs).toBeGreaterThan(0);
  }
  // It was refitted on all of these rows: there is none that it has not seen.
  expect(view.champion).toMatchObject({ version: 1, unseenRows: 0, difference: null });

  expect(await world.status('plain')).toMatchObject({ champion: before.champion, specRevision: before.specRevision });
  expect(await db.select().from(version).where(eq(version.model, 'plain'))).toHaveLength(1);
  expect(await db.select().from(aliasMove).where(eq(aliasMove.model, 'plain'))).toHaveLength(1);
  const rows = await db.select().from(experimentCandidate).where(eq(experimentCandidate.model, 'plain'));
  expect(rows.map(({ scoresDigest }) => scoresDigest)).toEqual([null, null, null]);
  const list = experimentList.parse(await requestJson(control(world), 'GET', '/v1/models/plain/experiments?limit=1'));
  expect(list.experiments.map(({ number, best }) => [number, best])).toEqual([[1, view.best]]);
});

describe('what is killed or told that it failed changes nothing', () => {
  test.each(['worker', 'temporal'])('a %s that is killed in the middle', async (killed) => {
    const model = `killed-${killed}`;
    await world.champion(model);
    await world.command(model, 'experiments', { candidates: await candidatesOf(world, model, usual) });
    const { db } = world.stack.database;
    await until('one of them is judged', async () => {
      const rows = await db
        .select()
        .from(experimentCandidate)
        .where(eq(experimentCandidate.model, model))
        .orderBy(asc(experimentCandidate.candidate));
      return (rows[0]?.outcome ?? null) !== null || undefined;
    });
    process.kill(world.stack.pids()[killed] ?? 0, 'SIGKILL');
    const view = await ended(world, model, 1);
    expect(view.status).toBe('completed');
    expect(outcomeOf(view)).toEqual(outcomeOf(await ended(world, 'plain', 1)));
  });

  test('every step that happened and is said to have failed', async () => {
    await told.champion('told');
    await told.command('told', 'experiments', { candidates: await candidatesOf(told, 'told', usual) });
    const view = await ended(told, 'told', 1);
    expect(view.status).toBe('completed');
    expect(outcomeOf(view)).toEqual(outcomeOf(await ended(world, 'plain', 1)));
  });
});

test('a candidate that cannot be fitted has a reason, and the others go on', async () => {
  await world.champion('partly');
  const other = await world.define('partly');
  const [first] = other.features;
  if (first === undefined) throw new Error('the definition has no feature');
  const odd = { ...other, features: [...other.features, { ...first, name: 'not_in_the_rows' }] };
  const [plain, line] = await candidatesOf(world, 'partly', { plain: {}, line: { trainer: linear() } });
  await world.command('partly', 'experiments', { candidates: [{ name: 'odd', spec: odd }, plain, line] });
  const view = await ended(world, 'partly', 1);
  expect(view.status).toBe('completed');
  const failed = view.candidates.at(-1);
  expect(failed).toMatchObject({ name: 'odd', standing: 'failed' });
  expect(failed?.reason).toContain('not_in_the_rows');
});

test('one at a time for each model; a cancelled one ends, and the next one begins', async () => {
  await world.champion('busy');
  const candidates = await candidatesOf(world, 'busy', usual);
  const both = await Promise.allSettled([
    world.command('busy', 'experiments', { candidates }, 'busy-1'),
    world.command('busy', 'experiments', { candidates }, 'busy-2'),
  ]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await world.client.workflow.getHandle(workflowIds.experiment('busy', 1)).cancel();
  expect(await ended(world, 'busy', 1)).toMatchObject({ status: 'cancelled', text: 'it was cancelled', best: null });
  await world.command('busy', 'experiments', { candidates, metric: 'auroc' });
  expect(await ended(world, 'busy', 2)).toMatchObject({ status: 'completed', metric: 'auroc' });
  const { db } = world.stack.database;
  const [cancelled] = await db
    .select()
    .from(experiment)
    .where(and(eq(experiment.model, 'busy'), eq(experiment.number, 1)));
  expect(cancelled?.result).toBeNull();
});
