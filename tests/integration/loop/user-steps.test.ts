import { fork, type ChildProcess } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { and, eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alert, audit, version } from '../../../src/db/schema/index.ts';
import { stepCallsOf } from '../../../src/db/runs/step-calls.ts';
import type { RunDetailView } from '../../../src/contracts/http/views.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import type { StepFailureAction, StepPoint } from '../../../src/domain/spec/closed-sets.ts';
import type { UserStepInput, UserStepsInput } from '../../../src/domain/spec/user-steps/user-step-spec.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { startStepsWorker, stepsQueue, type StepsWorker } from '../../worlds/steps-worker.ts';
import { until } from '../../worlds/wait.ts';

const lastingStep = new URL('../../worlds/lasting-step.ts', import.meta.url);
let world: LoopWorld;
let worker: StepsWorker;
const children: ChildProcess[] = [];
beforeAll(async () => {
  world = await startLoopWorld();
  worker = await startStepsWorker(world.stack.temporalAddress ?? '', world.stack.namespace);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await worker.close();
  await world.close();
});

const db = () => world.stack.database.db;
/** Once, so that a failure need not be waited for twice. */
const step = (name: string, more: Partial<UserStepInput> = {}): UserStepInput => ({
  name,
  queue: stepsQueue,
  attemptsMax: 1,
  ...more,
});
const callsOf = (model: string, runId: string) => stepCallsOf(db(), model, runId);
const training = (model: string) => workflowIds.train(model, 1);
const rolloutRun = (model: string) => workflowIds.rollout(model, 1, 1);
const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });
const runView = (runId: string) =>
  requestJson<RunDetailView>(control(), 'GET', `/v1/runs/${encodeURIComponent(runId)}`);
const runEnded = (runId: string) =>
  until(`${runId} has ended`, async () => {
    const run = await runView(runId);
    return run.status === 'running' ? undefined : run;
  });
const versionOf = async (model: string) => (await db().select().from(version).where(eq(version.model, model)))[0];
const alertsOf = async (model: string) =>
  (await db().select({ kind: alert.kind }).from(alert).where(eq(alert.model, model))).map(({ kind }) => kind);
const champion = (model: string) =>
  until(`${model} has a champion`, async () => (await world.settled(model)).championVersion === 1);

async function apply(model: string, steps: UserStepsInput): Promise<void> {
  await world.apply(await world.define(model, { steps }));
}

test('every point is asked in its order, with what is known there, and the run keeps what was said', async () => {
  const settings = { gapMax: 0.1 };
  await world.champion('asked', {
    steps: {
      afterIngest: [step('passes'), step('mute')],
      beforeTrain: [step('passes')],
      evaluate: [step('passes', { settings })],
      beforePromotion: [step('mute')],
      afterPromotion: [step('passes')],
    },
  });
  const after = await until('the shop was told', async () => {
    const calls = await callsOf('asked', rolloutRun('asked'));
    return calls.length === 2 ? calls : undefined;
  });
  expect(after).toMatchObject([
    { point: 'beforePromotion', name: 'mute', verdict: 'pass', text: '', attempts: 1 },
    { point: 'afterPromotion', name: 'passes', verdict: 'pass', text: 'as it should', metrics: { rows: 1 } },
  ]);
  const mine = worker.seen.filter(({ model }) => model === 'asked');
  expect(mine.map(({ point, step: name }) => `${point}/${name}`)).toEqual([
    'afterIngest/passes',
    'afterIngest/mute',
    'beforeTrain/passes',
    'evaluate/passes',
    'beforePromotion/mute',
    'afterPromotion/passes',
  ]);
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(mine[0]).toEqual({
    formatVersion: 1,
    point: 'afterIngest',
    step: 'passes',
    model: 'asked',
    run: training('asked'),
    specRevision: 1,
    settings: {},
    snapshots: [{ digest, rows: 400, quarantinedRows: 0 }],
  });
  expect(mine[3]).toMatchObject({
    settings,
    champion: null,
    artifacts: { model: digest, profile: digest, testScores: digest, report: digest },
    report: { family: 'gbdt', rows: { test: 60 }, testMetrics: { auroc: expect.any(Number) } },
  });
  expect(mine[4]).toMatchObject({ run: rolloutRun('asked'), version: 1, champion: null, report: { family: 'gbdt' } });
  expect(mine[3]?.artifacts?.model).toBe((await versionOf('asked'))?.modelDigest);

  const run = await runView(training('asked'));
  expect(run.userSteps.map(({ point, name }) => `${point}/${name}`)).toEqual([
    'afterIngest/passes',
    'afterIngest/mute',
    'beforeTrain/passes',
    'evaluate/passes',
  ]);
  expect(run.userSteps[0]).toMatchObject({ queue: stepsQueue, attempts: 1, worker: expect.stringContaining('@') });
  const told = await db()
    .select({ type: audit.type, reason: audit.reason })
    .from(audit)
    .where(and(eq(audit.model, 'asked'), like(audit.type, 'perennial.step.%')))
    .orderBy(audit.seq);
  expect(told).toHaveLength(6);
  expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['perennial.step.passed']));
  const page = await pageOf(`/models/asked/versions/1`);
  expect(page).toContain('The step passes passes it: as it should.');
  expect(page).toMatch(/Steps of its owner[\s\S]*after promotion/);
  expect(await pageOf(`/runs/view?id=${encodeURIComponent(training('asked'))}`)).toContain('Steps of its owner');
});

async function pageOf(at: string): Promise<string> {
  const { controlUrl, tokens } = world.stack;
  const signedIn = await fetch(`${controlUrl}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ token: tokens.admin }),
    redirect: 'manual',
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return (await fetch(`${controlUrl}${at}`, { headers: { cookie } })).text();
}

describe('a step that fails does what its definition says', () => {
  interface Case {
    readonly model: string;
    readonly point: StepPoint;
    readonly step: UserStepInput;
    readonly onFailure: StepFailureAction;
  }
  const absent = step('passes', { queue: 'nobody', waitMs: 500 });
  const slow = step('hangs', { timeoutMs: 300 });
  const cases: readonly Case[] = [
    { model: 'ingest-stops', point: 'afterIngest', step: step('refuses'), onFailure: 'stop' },
    { model: 'ingest-goes-on', point: 'afterIngest', step: step('throws'), onFailure: 'continue' },
    { model: 'train-stops', point: 'beforeTrain', step: slow, onFailure: 'stop' },
    { model: 'train-goes-on', point: 'beforeTrain', step: absent, onFailure: 'continue' },
    { model: 'gate-refuses', point: 'evaluate', step: step('refuses'), onFailure: 'continue' },
    { model: 'gate-stops', point: 'evaluate', step: step('mute'), onFailure: 'stop' },
    { model: 'gate-asks', point: 'evaluate', step: step('babbles'), onFailure: 'ask' },
    { model: 'gate-cannot-read', point: 'evaluate', step: step('encrypts'), onFailure: 'stop' },
    { model: 'gate-goes-on', point: 'evaluate', step: step('bloats'), onFailure: 'continue' },
    { model: 'rollout-stops', point: 'beforePromotion', step: step('refuses'), onFailure: 'stop' },
    { model: 'rollout-asks', point: 'beforePromotion', step: step('throws'), onFailure: 'ask' },
    { model: 'rollout-goes-on', point: 'beforePromotion', step: step('unknown'), onFailure: 'continue' },
    { model: 'champion-stays', point: 'afterPromotion', step: slow, onFailure: 'continue' },
  ];
  beforeAll(async () => {
    for (const one of cases) await apply(one.model, { [one.point]: [{ ...one.step, onFailure: one.onFailure }] });
  });

  test('a training is stopped with its sentence', async () => {
    expect(await runEnded(training('ingest-stops'))).toMatchObject({
      status: 'failed',
      detail: 'the step refuses (after ingest) said no: not for us.',
      userSteps: [{ verdict: 'fail', onFailure: 'stop' }],
    });
    expect(await alertsOf('ingest-stops')).toEqual(['run-failed']);
    expect(await runEnded(training('train-stops'))).toMatchObject({
      status: 'failed',
      detail: 'the step hangs (before the fit) failed: it was not done within 300 ms, after 1 attempt',
      userSteps: [{ verdict: 'none', attempts: 1 }],
    });
  });

  test('a training goes on, and somebody is told', async () => {
    expect(await runEnded(training('ingest-goes-on'))).toMatchObject({
      status: 'completed',
      userSteps: [{ verdict: 'none', text: 'the licence server is down', attempts: 1 }],
    });
    expect(await alertsOf('ingest-goes-on')).toContain('step-failed');
    expect(await runEnded(training('train-goes-on'))).toMatchObject({
      status: 'completed',
      userSteps: [{ verdict: 'none', text: 'no worker of the queue nobody took it within 500 ms', attempts: 0 }],
    });
  });

  test('a gate refuses, waits, asks or goes on without the verdict', async () => {
    await runEnded(training('gate-refuses'));
    expect(await versionOf('gate-refuses')).toMatchObject({ status: 'rejected', gateVerdict: 'fail' });
    const stops = await runEnded(training('gate-stops'));
    expect(stops.userSteps[0]?.text).toContain('it gave no verdict');
    expect(await versionOf('gate-stops')).toMatchObject({ status: 'rejected', gateVerdict: 'insufficient' });
    expect(await alertsOf('gate-stops')).not.toContain('gate-undecided');
    const asks = await runEnded(training('gate-asks'));
    expect(asks.userSteps[0]?.text).toMatch(/^its answer is not one of a step: the document/);
    expect(await versionOf('gate-asks')).toMatchObject({ status: 'rejected', gateVerdict: 'insufficient' });
    expect(await alertsOf('gate-asks')).toContain('gate-undecided');
    expect((await runEnded(training('gate-cannot-read'))).userSteps).toMatchObject([
      { verdict: 'none', text: 'it answered in an encoding that is not read here: use JSON' },
    ]);
    const goesOn = await runEnded(training('gate-goes-on'));
    expect(goesOn.userSteps[0]?.text).toMatch(/^it answered with 20\d{3} characters of JSON, where 16384 are allowed$/);
    await champion('gate-goes-on');
    expect(await alertsOf('gate-goes-on')).toContain('step-failed');
  });

  test('a rollout takes its challenger out, waits for a person, or promotes all the same', async () => {
    expect(await runEnded(rolloutRun('rollout-stops'))).toMatchObject({
      detail: expect.stringContaining('the step refuses (before promotion) said no: not for us.'),
    });
    expect((await world.settled('rollout-stops')).championVersion).toBeNull();
    const held = await until('it is held', async () => (await world.status('rollout-asks')).rollout ?? undefined);
    await until('it is held', async () => (await world.status('rollout-asks')).rollout?.status === 'held');
    expect(held).toMatchObject({ version: 1 });
    expect((await world.status('rollout-asks')).rollout?.reason).toBe(
      'the step throws (before promotion) failed: the licence server is down.',
    );
    await world.command('rollout-asks', 'approve', { reason: 'the server was moved' });
    await champion('rollout-asks');
    await champion('rollout-goes-on');
    expect((await callsOf('rollout-goes-on', rolloutRun('rollout-goes-on')))[0]).toMatchObject({
      verdict: 'none',
      text: expect.stringContaining('unknown'),
    });
    expect(await alertsOf('rollout-goes-on')).toContain('step-failed');
  });

  test('what is champion stays champion', async () => {
    await champion('champion-stays');
    await until('somebody is told', async () => (await alertsOf('champion-stays')).includes('step-failed'));
    expect((await world.settled('champion-stays')).championVersion).toBe(1);
  });
});

test('people are heard while a step is asked: their word promotes without it, and takes out', async () => {
  const models = ['impatient', 'given-up', 'patient'];
  for (const model of models) await apply(model, { beforePromotion: [step('waits')] });
  for (const model of models)
    await until(`the step of ${model} is asked`, async () => worker.seen.some((input) => input.model === model));
  await world.command('impatient', 'approve', { reason: 'not tonight, now' });
  await champion('impatient');
  await world.command('given-up', 'abort', { reason: 'not this one' });
  expect(await runEnded(rolloutRun('given-up'))).toMatchObject({ detail: expect.stringContaining('not this one') });
  expect(await callsOf('given-up', rolloutRun('given-up'))).toEqual([]);
  expect((await world.settled('patient')).championVersion).toBeNull();
  worker.release();
  await champion('patient');
});

test('a worker that is killed in a step is noticed by its heartbeat, and another one does it', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'perennial-steps-'));
  const start = (): ChildProcess => {
    const child = fork(lastingStep, [world.stack.temporalAddress ?? '', world.stack.namespace, folder], {
      execArgv: ['--import', 'tsx'],
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  };
  const killed = start();
  await apply('lasting', {
    afterIngest: [{ name: 'lasts', queue: 'lasting-steps', heartbeatMs: 1_000 }],
  });
  await until('its first attempt has begun', () => access(path.join(folder, 'begun-1')).then(() => true));
  killed.kill('SIGKILL');
  start();
  const [call] = await until('the step is done', async () => {
    const calls = await callsOf('lasting', training('lasting'));
    return calls.length > 0 ? calls : undefined;
  });
  expect(call).toMatchObject({ point: 'afterIngest', verdict: 'pass', text: 'attempt 2', attempts: 2 });
  await rm(folder, { recursive: true, force: true });
});
