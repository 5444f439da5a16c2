import type { AlertKind } from '../../../src/domain/record/closed-sets.ts';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopCounts } from '../../../src/db/watching/loop-counts.ts';
import { alert, decision, evidence, run, version, window } from '../../../src/db/schema/index.ts';
import { fullWeight } from '../../../src/domain/rollout/routing.ts';
import { taskQueues, workflowIds } from '../../../src/domain/words/ids.ts';
import { fit } from '../../../src/trainers/fit/fit.ts';
import type { FitAsk } from '../../../activities/train/fit-model.ts';
import { claimNamespace } from '../../../src/temporal/claim-namespace.ts';
import { createTestDatabase } from '../../worlds/database.ts';
import { startLoopWorld, tinyRollout, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';
import { processArguments } from '../../worlds/process-arguments.ts';
import { until } from '../../worlds/wait.ts';

/**
 * The whole product: real Postgres, Temporal, inference, control and worker. Each test has a model of its own. In
 * `npm run soak -- answers` the same holds while the answer of every activity is lost once.
 */
const isToldItFailed = process.env['PERENNIAL_SOAK'] === '1';
let world: LoopWorld;

beforeAll(async () => {
  world = await startLoopWorld([], { hasOwnPostgres: true, isToldItFailed });
  // The queue is looked at after 20 s, so this one begins first and is asked about last.
  await world.apply(await world.define('unserved', { trainer: { gpu: { tag: 'nobody' } } }));
});

afterAll(() => world.close());

const db = () => world.stack.database.db;
const alertOf = async (model: string, kind: AlertKind) =>
  (
    await db()
      .select()
      .from(alert)
      .where(and(eq(alert.model, model), eq(alert.kind, kind)))
  )[0];
const runOf = async (runId: string) => (await db().select().from(run).where(eq(run.runId, runId)))[0];
const decisionOf = async (model: string, key: string) =>
  (
    await db()
      .select()
      .from(decision)
      .where(and(eq(decision.model, model), eq(decision.key, key)))
  )[0];
const message = (commandId: string | null) => ({ commandId, actor: 'somebody', reason: 'typed by hand' });

describe('the life of a model', () => {
  test('apply, champion, retrain, shadow, canary, promotion, guard; equal windows, equal decisions', async () => {
    await world.champion('life');
    await world.challenge('life');
    await world.playOut('life');
    await world.play('life', 2);
    const status = await world.status('life');
    expect(status.champion).toMatchObject({ version: 2, actor: 'rollout' });
    const history = await world.history('life');
    expect(history.moves.map((move) => [move.fromVersion, move.toVersion])).toEqual([
      [1, 2],
      [null, 1],
    ]);
    const guard = await until('the guard has seen enough labels', async () => {
      const row = await runOf(workflowIds.guard('life', 2));
      return row?.status === 'completed' ? row : undefined;
    });
    expect(guard.detail).toMatch(/^fine: /);
    expect(await loopCounts(db(), 'life')).toMatchObject({
      champions: 1,
      openRuns: 0,
      trainings: 2,
      promoted: 1,
      labels: status.predictions,
    });
    expect(history.decisions.filter((row) => row.key.startsWith('window/'))).toHaveLength(
      status.predictions / windowRows,
    );
  });

  test('an experiment ends with its version: compared, but not released', async () => {
    await world.champion('experiment');
    await world.retrain('experiment', { reason: 'a look', rollout: false });
    const version = await until('the experiment is stored', async () =>
      (await world.history('experiment')).versions.find((row) => row.version === 2),
    );
    expect(version).toMatchObject({ status: 'experiment', gateVerdict: 'pass' });
    expect(await world.settled('experiment')).toMatchObject({ championVersion: 1, rollout: null });
    await expect(world.command('experiment', 'rollback', { reason: 'try it', toVersion: 2 })).rejects.toThrow(
      /409 .*never released/,
    );
  });

  test('a damaged file of logged traffic is found by the training, which takes the rows anew', async () => {
    await world.champion('rotten');
    await world.play('rotten', 2);
    const trained = async (number: number): Promise<void> => {
      await world.retrain('rotten', { reason: 'with traffic', rollout: false });
      await until(`training ${number} is over`, async () => {
        const status = (await runOf(workflowIds.train('rotten', number)))?.status;
        return status !== undefined && status !== 'running';
      });
      expect(await runOf(workflowIds.train('rotten', number))).toMatchObject({ status: 'completed' });
    };
    await trained(2);
    await world.damageTraffic('rotten');
    await trained(3);
    const [second, third] = await db()
      .select()
      .from(version)
      .where(eq(version.model, 'rotten'))
      .orderBy(version.version)
      .offset(1);
    expect(third?.snapshots[0], 'the same history').toBe(second?.snapshots[0]);
    expect(third?.snapshots[1], 'traffic that was taken again').not.toBe(second?.snapshots[1]);
  });

  test('without labels a rollout runs into its deadline and the challenger is taken out', async () => {
    await world.champion('unlabelled');
    await world.challenge('unlabelled');
    expect(await world.playOut('unlabelled', { labels: false })).toMatchObject({ championVersion: 1 });
    expect(
      (await world.history('unlabelled')).runs.find((row) => row.kind === 'rollout' && row.runId.includes('/2/'))
        ?.detail,
    ).toMatch(/^rolled-back/);
  });

  test('a version that misses its gate is kept as rejected, and nobody answers with it', async () => {
    const gates = [
      { gate: 'atLeast', metric: 'auroc', value: 0.9999 },
      { gate: 'footprint', figure: 'memoryBytes', atMost: 64e9, undecided: 'ask' },
    ] as const;
    await world.apply(await world.define('gated', { gates }));
    const version = await until('the version is judged', async () => (await world.history('gated')).versions[0]);
    expect(version).toMatchObject({ status: 'rejected', gateVerdict: 'fail' });
    const [gate] = await db()
      .select()
      .from(evidence)
      .where(and(eq(evidence.model, 'gated'), eq(evidence.kind, 'gate')));
    expect(gate?.body['checks'], 'what it takes was measured by the platform').toMatchObject([
      { verdict: 'fail' },
      { verdict: 'pass', method: 'order-statistic', rows: expect.any(Number) },
    ]);
    expect(gate?.body['footprint']).toMatchObject({ measured: { fileBytes: { champion: null } } });
    expect(await world.status('gated')).toMatchObject({ stage: 'empty', champion: null, rollout: null });
  });

  test('a source without the target column fails the run at once, with one sentence and an alert', async () => {
    const spec = await world.define('broken');
    await writeFile(world.historyFile('broken'), 'height,width,colour\n1,2,red\n3,4,blue\n');
    await world.apply(spec);
    const failed = await until('the run has failed', async () => {
      const row = await runOf(workflowIds.train('broken', 1));
      return row?.status === 'failed' ? row : undefined;
    });
    expect(failed.detail).toContain('broken.csv has no column y');
    expect(await alertOf('broken', 'run-failed')).toMatchObject({
      severity: 'critical',
      subject: workflowIds.train('broken', 1),
      body: failed.detail,
    });
    expect(await world.settled('broken')).toMatchObject({
      championVersion: null,
      runningTrainings: 0,
      isSettled: true,
    });
  });

  test('a source that is not there fails the run at once', async () => {
    const spec = await world.define('vanished');
    await rm(world.historyFile('vanished'));
    await world.apply(spec);
    const failed = await until('the run has failed', async () => {
      const row = await runOf(workflowIds.train('vanished', 1));
      return row?.status === 'failed' ? row : undefined;
    });
    expect(failed.detail).toBe(
      `source.path: The source ${world.historyFile('vanished')} is not there. Put it there, or correct ` +
        '`source.path`.',
    );
  });
});

describe('a person decides', () => {
  test('a bound below 100 % holds for a person; only an authorised approval promotes; abort takes it out', async () => {
    await world.apply(await world.define('held', { rollout: { ...tinyRollout, automaticPercentMax: 50 } }));
    const waitsFor = async (version: number) =>
      until(`v${version} is held`, async () => (await world.status('held')).rollout?.status === 'held');
    const rollout = (version: number) => world.client.workflow.getHandle(workflowIds.rollout('held', version, 1));
    await waitsFor(1);
    expect((await world.settled('held')).championVersion).toBeNull();
    await expect(rollout(1).executeUpdate('approve', { args: [message(null)] })).rejects.toThrow();
    await rollout(1).executeUpdate('approve', { args: [message('00000000-0000-4000-8000-000000000000')] });
    await world.command('held', 'approve', { reason: 'looks well' });
    await until('v1 is champion', async () => (await world.settled('held')).championVersion === 1);
    expect((await world.status('held')).champion?.why).toBe('approved by first-admin: looks well');

    await world.challenge('held');
    await world.play('held', 2);
    await waitsFor(2);
    expect(await alertOf('held', 'held')).toMatchObject({ severity: 'warning' });
    await world.command('held', 'abort', { reason: 'not today' });
    await until('the slot is free', async () => (await world.settled('held')).rollout === null);
    expect(await world.settled('held')).toMatchObject({ championVersion: 1 });

    await world.challenge('held');
    await rollout(3).executeUpdate('abort', { args: [message(null)] });
    await until('the slot is free again', async () => (await world.settled('held')).rollout === null);
    expect((await runOf(workflowIds.rollout('held', 3, 1)))?.detail).toContain(
      'unauthenticated, through Temporal (somebody)',
    );

    await world.challenge('held');
    await world.play('held', 2);
    await waitsFor(4);
    // Nobody has answered yet, and its entities begin to fail.
    await db().execute(sql`update rollout_entity set failed_seq = first_seq, failed_arm = arm, failure_kind = 'error',
      failed_weight = ${fullWeight / 2} where model = 'held' and version = 4 and arm = 'challenger'`);
    await world.play('held', 1);
    await until('the slot is free once more', async () => (await world.settled('held')).rollout === null);
    expect((await runOf(workflowIds.rollout('held', 4, 1)))?.detail).toContain('failed first with the challenger');
    await until('its workflow has ended', async () => (await rollout(4).describe()).status.name === 'COMPLETED');
  });

  test('rollback moves the champion back, by name too; from Temporal it is audited as unauthenticated', async () => {
    await world.champion('back');
    await world.challenge('back');
    expect((await world.playOut('back')).championVersion).toBe(2);
    await world.command('back', 'rollback', { reason: 'worse on Mondays' });
    await until('v1 again', async () => (await world.settled('back')).championVersion === 1);
    expect((await world.status('back')).champion).toMatchObject({ actor: 'first-admin', why: 'worse on Mondays' });
    await world.command('back', 'rollback', { reason: 'no, it was not', toVersion: 2 });
    await until('v2 again', async () => (await world.settled('back')).championVersion === 2);
    await world.entity('back').executeUpdate('rollback', { args: [{ ...message(null), toVersion: null }] });
    await until('v1 once more', async () => (await world.settled('back')).championVersion === 1);
    expect((await world.status('back')).champion?.actor).toBe('unauthenticated, through Temporal (somebody)');
    await world.play('back', 1);
  });

  test('paused blocks even a person, with the reason stored; resume needs an authorised command', async () => {
    await world.champion('paused');
    await world.entity('paused').executeUpdate('pause', { args: [message(null)] });
    await until(
      'it is paused',
      async () => (await world.status('paused')).paused?.by === 'unauthenticated, through Temporal (somebody)',
    );
    expect(await world.askTraining('paused', { reason: 'now' })).toMatchObject({
      retrain: false,
      blockedBy: 'paused',
      runId: null,
    });
    for (const [update, extra] of [
      ['resume', {}],
      ['retrain', { rollout: true }],
      ['apply', { specRevision: 1 }],
    ] as const) {
      await expect(
        world.entity('paused').executeUpdate(update, { args: [{ ...message(null), ...extra }] }),
      ).rejects.toThrow();
    }
    await world.entity('paused').executeUpdate('resume', { args: [message('00000000-0000-4000-8000-000000000000')] });
    expect(await world.askTraining('paused', { reason: 'now?' })).toMatchObject({
      retrain: false,
      blockedBy: 'paused',
    });
    await world.command('paused', 'resume', { reason: 'go on' });
    await until('it is resumed', async () => (await world.status('paused')).paused === null);
  });

  test('a command that is sent again is the same command: over HTTP by its key, in Temporal by its row', async () => {
    await world.champion('once');
    const first = await world.command('once', 'retrain', { reason: 'first', rollout: false }, 'order-1');
    expect(await world.command('once', 'retrain', { reason: 'first', rollout: false }, 'order-1')).toEqual(first);
    await expect(world.command('once', 'retrain', { reason: 'other', rollout: true }, 'order-1')).rejects.toThrow(
      /422 .*used before/,
    );
    await until('it is trained', async () => (await runOf(workflowIds.train('once', 2)))?.status === 'completed');
    // As a bus that was killed between Temporal and Postgres would, in a later run of the entity, where the Update id
    // is new.
    await world
      .entity('once')
      .executeUpdate('retrain', { updateId: 'another', args: [{ ...message(first.commandId), rollout: false }] });
    await world.command('once', 'pause', { reason: 'a task behind it in the queue' });
    await until('the queue is worked off', async () => (await world.status('once')).paused !== null);
    expect((await world.history('once')).runs.filter((row) => row.kind === 'train')).toHaveLength(2);
    expect((await world.history('once')).decisions.filter((row) => row.key.startsWith('command/'))).toHaveLength(1);
  });
});

describe('what gets lost', () => {
  test('a window whose signal was lost is decided at the next refresh', async () => {
    await world.champion('lost-signal');
    await restartEntity('lost-signal', 300);
    const at = new Date();
    await db().insert(window).values({
      model: 'lost-signal',
      number: 7,
      rows: 50,
      firstSeq: 1,
      lastSeq: 50,
      openedAt: at,
      closedAt: at,
      judgedAt: at,
      verdict: 'quiet',
    });
    expect(await until('window 7 is decided', () => decisionOf('lost-signal', 'window/7'))).toMatchObject({
      retrain: false,
    });
  });

  test('a training that ended while its entity was gone is found, and rolled out', async () => {
    await world.champion('lost-end');
    await world.retrain('lost-end', { reason: 'two' });
    const training = world.client.workflow.getHandle(workflowIds.train('lost-end', 2));
    await until('it trains', async () => (await training.describe()).status.name === 'RUNNING');
    await world.entity('lost-end').terminate('lost on purpose');
    await until('it has ended', async () => (await runOf(workflowIds.train('lost-end', 2)))?.status === 'completed');
    await restartEntity('lost-end', 300);
    await until('the rollout of v2 has begun', async () => (await world.settled('lost-end')).rollout?.stepBegun);
    expect((await world.playOut('lost-end')).championVersion).toBe(2);
  });

  test('a rollout that vanished from Temporal is marked lost and its challenger taken out', async () => {
    await world.champion('lost-run');
    await world.challenge('lost-run');
    const runId = workflowIds.rollout('lost-run', 2, 1);
    await world.client.workflow.getHandle(runId).terminate('lost on purpose');
    await db()
      .update(run)
      .set({ startedAt: new Date(Date.now() - 3_600_000) })
      .where(eq(run.runId, runId));
    await world.client.schedule.getHandle(workflowIds.reconcile()).trigger();
    await until('it is marked lost', async () => (await runOf(runId))?.status === 'lost', 20_000);
    expect(await world.settled('lost-run')).toMatchObject({ championVersion: 1, rollout: null });
    // It rings after the mark, not with it.
    await until('it has rung', async () => (await alertOf('lost-run', 'lost-run'))?.subject === runId);
  });

  async function restartEntity(model: string, refreshMs: number): Promise<void> {
    const workflowId = workflowIds.model(model);
    await world.client.workflow.start('model', {
      workflowId,
      taskQueue: taskQueues.workflows,
      args: [{ model, refreshMs }],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
  }
});

describe('a namespace belongs to one installation', () => {
  test('a claim of another installation is refused', async () => {
    await expect(claimNamespace(world.client, 'another-installation')).rejects.toThrow(
      /belongs to another installation/,
    );
  });

  test('a worker with another database ends with one sentence and code 1', async () => {
    const database = await createTestDatabase();
    try {
      const { code, output } = await workerWith({
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: world.stack.temporalAddress,
        TEMPORAL_NAMESPACE: world.stack.namespace,
        PERENNIAL_STATE_DIR: world.stack.config.stateDir,
      });
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringMatching(
          /^(configuration: )?The Temporal namespace "perennial" belongs to another installation/,
        ),
      });
    } finally {
      await database.drop();
    }
  });

  async function workerWith(
    env: Readonly<Record<string, string | undefined>>,
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn(process.execPath, await processArguments('main-worker'), {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 30_000,
    });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }
});

describe('a queue that none of our workers serves', () => {
  const model = 'unserved';
  const training = workflowIds.train(model, 1);

  test('is waited for, and an alert names the worker to start', async () => {
    const found = await until('the alert', () => alertOf(model, 'queue-unserved'), 40_000);
    expect(found).toMatchObject({ severity: 'warning', subject: training });
    expect(found.body).toContain('perennial worker --queues perennial-gpu-nobody');
    expect(await runOf(training)).toMatchObject({ status: 'running' });
  });

  test('is served by whoever shares the train folder, also when the rows have to be prepared again', async () => {
    const trainDir = path.join(path.dirname(world.historyFile(model)), 'state', 'train');
    // As when nobody came for longer than folders are kept, or the disk was replaced.
    await rm(path.join(trainDir, model), { recursive: true });
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const connection = await NativeConnection.connect({ address: world.stack.temporalAddress ?? '' });
    try {
      const worker = await Worker.create({
        connection,
        namespace: world.stack.namespace,
        taskQueue: taskQueues.gpu('nobody'),
        activities: { fitModel: fitElsewhere(trainDir) },
      });
      await worker.runUntil(() =>
        until('its model answers', async () => {
          const view = await world.settled(model);
          return view.championVersion === 1 && view.isSettled;
        }),
      );
    } finally {
      await connection.close();
    }
    expect(await runOf(training)).toMatchObject({ status: 'completed' });
    const { events = [] } = await world.client.workflow.getHandle(training).fetchHistory();
    const asked = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
    expect(asked.filter((name) => name === 'prepareTraining')).toHaveLength(2);
  });

  /** A trainer of somebody else: it knows a folder and Temporal. */
  function fitElsewhere(trainDir: string): (ask: FitAsk) => Promise<{ readonly folder: string }> {
    return async ({ folder }) => {
      const { attempt } = Context.current().info;
      if (!existsSync(path.join(trainDir, folder, 'spec.json')))
        throw ApplicationFailure.nonRetryable(`${folder} is not here`, 'folder_gone');
      const name = path.posix.join(path.posix.dirname(folder), `fit-elsewhere-${attempt}`);
      const own = path.join(trainDir, name);
      await cp(path.join(trainDir, folder), own, { recursive: true });
      await fit(own, async () => undefined);
      return { folder: name };
    };
  }
});
