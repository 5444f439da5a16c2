import { readdir, readFile } from 'node:fs/promises';
import { asc, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trialList } from '../../../src/contracts/http/trials.ts';
import { trial, version } from '../../../src/db/schema/index.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { requestJson } from '../../../src/replay/http.ts';
import * as draw from '../../../src/sdk/declare/trainer/draws.ts';
import { search } from '../../../src/sdk/declare/trainer/trainer.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/** The whole product on engines of its own. */
let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const db = () => world.stack.database.db;

const trainer = search(
  {
    gbdt: {
      treesMax: 400,
      earlyStoppingTrees: 400,
      learningRate: draw.logUniform(0.001, 0.3),
      leavesMax: draw.logInteger(2, 63),
    },
    linear: { l2: draw.logUniform(0.01, 100) },
  },
  { trialsMax: 16, parallel: 2 },
);

async function searchOf(model: string) {
  const [found] = await db().select().from(version).where(eq(version.model, model)).orderBy(asc(version.version));
  if (found?.report.search === undefined) throw new Error(`${model} has no version that was searched for`);
  const { computeMs: _, ...search } = found.report.search;
  return { modelDigest: found.modelDigest, search };
}

/** What trials came to, without how long that took. */
async function trialsOf(model: string) {
  const rows = await db()
    .select()
    .from(trial)
    .where(eq(trial.model, model))
    .orderBy(asc(trial.number), asc(trial.rung));
  return rows.map(({ number, rung, family, settings, loss, trees, reason }) => ({
    number,
    rung,
    family,
    settings,
    loss,
    trees,
    reason,
  }));
}

const enough = (model: string, count: number) =>
  until(`${count} trials are done`, async () => (await trialsOf(model)).length >= count || undefined);

/** The processes that this one has started. */
async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      return { pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) };
    }),
  );
  return parents.filter(({ parent }) => parent === pid).map(({ pid: child }) => child);
}

test('the best of the trials becomes a champion, and each trial is a row', async () => {
  await world.champion('searched', { trainer });
  const { search: found } = await searchOf('searched');
  const trials = await trialsOf('searched');
  expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, at) => at + 1));
  expect(found).toMatchObject({ trials: 16, failed: 0, ended: 'trials' });
  const losses = trials.map(({ loss }) => loss ?? Infinity);
  expect(found.loss).toBe(Math.min(...losses));
  expect(trials.find(({ number }) => number === found.chosen)?.loss).toBe(found.loss);

  const runId = workflowIds.train('searched', 1);
  const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
  const answer = trialList.parse(await requestJson(control, 'GET', `/v1/runs/${encodeURIComponent(runId)}/trials`));
  expect(answer.trials).toHaveLength(16);
  expect(answer.trials.filter(({ isChosen }) => isChosen).map(({ number }) => number)).toEqual([found.chosen]);
});

test.each(['worker', 'trainer', 'temporal'])('a %s that is killed in the middle changes nothing', async (killed) => {
  const model = `killed-${killed}`;
  await world.apply(await world.define(model, { trainer }));
  await enough(model, 4);
  const pids =
    killed === 'trainer' ? await childrenOf(world.stack.pids()['worker'] ?? 0) : [world.stack.pids()[killed] ?? 0];
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('its champion answers', async () => (await world.settled(model)).championVersion === 1);
  expect(await trialsOf(model)).toEqual(await trialsOf('searched'));
  expect((await searchOf(model)).search).toEqual((await searchOf('searched')).search);
});

test('a grid is tried whole', async () => {
  await world.champion('limited', {
    trainer: search({ linear: { l2: draw.oneOf(0.1, 1, 10) } }, { sampler: 'grid', trialsMax: 3 }),
  });
  expect((await searchOf('limited')).search).toMatchObject({ trials: 3, ended: 'grid', settings: { kind: 'linear' } });
});

const rough = search(
  { gbdt: { treesMax: 6, learningRate: 0.8, rowShare: 0.1, leavesMax: draw.logInteger(4, 63) } },
  { trialsMax: 8, parallel: 2, ensemble: { membersMax: 4 } },
);
const ensembleIn = async (model: string) => {
  const [found] = await db().select().from(version).where(eq(version.model, model)).orderBy(asc(version.version));
  return found?.report.ensemble;
};

test('the same members answer together when a trainer is killed in the middle, and the run shows them', async () => {
  await world.champion('averaged', { trainer: rough });
  const model = 'averaged-killed';
  await world.apply(await world.define(model, { trainer: rough }));
  await enough(model, 2);
  const pids = await childrenOf(world.stack.pids()['worker'] ?? 0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('its champion answers', async () => (await world.settled(model)).championVersion === 1);
  const ensemble = await ensembleIn('averaged');
  expect(ensemble?.members.length).toBeGreaterThan(0);
  expect(await ensembleIn(model)).toEqual(ensemble);
  expect((await searchOf(model)).search).toEqual((await searchOf('averaged')).search);

  const control = { url: world.stack.controlUrl, token: world.stack.tokens.admin };
  const runId = encodeURIComponent(workflowIds.train('averaged', 1));
  const { trials } = trialList.parse(await requestJson(control, 'GET', `/v1/runs/${runId}/trials`));
  const shown = trials.filter(({ weight }) => weight !== null).map(({ number, weight }) => ({ number, weight }));
  const answering = ensemble?.isTaken === true ? ensemble.members : [];
  expect(shown.length > 0).toBe(ensemble?.isTaken);
  const expected = answering.map(({ number, weight }) => ({ number, weight }));
  expect(shown).toEqual(expected.toSorted((a, b) => a.number - b.number));
});
