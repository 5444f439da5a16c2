import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerCommand, findCommand, recordCommand } from '../../../src/db/people/commands.ts';
import { alert, command, run } from '../../../src/db/schema/index.ts';
import type { CommandKind } from '../../../src/domain/record/messages.ts';
import { taskQueues, workflowIds } from '../../../src/domain/words/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../worlds/database.ts';
import { openDatabaseGate, type DatabaseGate } from '../../worlds/database-gate.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/**
 * Half an hour, in short: what fails for a reason of its own is given up after `patienceMs`, and Postgres stays away
 * for longer than that. Everything else is as it is in life. In `npm run soak -- outage` it is away for 31 minutes, and
 * the patience is that of the product.
 */
const isSoak = process.env['PERENNIAL_SOAK'] === '1';
const patienceMs = isSoak ? null : 500;
const awayMs = isSoak ? 31 * 60_000 : 0;
/** The third failure comes 600 ms after the first at the soonest (200 + 400), which is beyond the patience. */
const attemptsBeyondPatience = 4;

let place: TestDatabase;
let gate: DatabaseGate;
let world: LoopWorld;

beforeAll(async () => {
  place = await createTestDatabase();
  gate = await openDatabaseGate(place.url);
  // oxlint-disable-next-line no-process-env -- the processes of the world inherit it
  if (patienceMs !== null) process.env['PERENNIAL_PATIENCE_MS'] = String(patienceMs);
  world = await startLoopWorld([], { databaseUrl: gate.url });
});

afterAll(async () => {
  // oxlint-disable-next-line no-process-env -- other files of this process have worlds of their own
  delete process.env['PERENNIAL_PATIENCE_MS'];
  await world.close();
  await gate.close();
  await place.drop();
});

const db = () => world.stack.database.db;
const model = 'outage';

/** A command that its maker was told is accepted. */
async function accepted(
  kind: CommandKind,
  body: Record<string, unknown>,
  actor = 'ana',
  to: string = model,
): Promise<string> {
  const commandId = randomUUID();
  const row = { commandId, model: to, kind, actor, body: { ...body, reason: 'because' }, bodyHash: commandId };
  await recordCommand(db(), row);
  await answerCommand(db(), commandId, { status: 'done', answer: {} });
  return commandId;
}

const said = (commandId: string, more: object = {}) => ({ commandId, actor: 'ana', reason: 'because', ...more });
const performed = (commandId: string) =>
  until('it is performed', async () => {
    const row = await findCommand(db(), commandId);
    return row?.performedAt === null ? undefined : row;
  });

async function attemptsOf(handle: WorkflowHandle): Promise<number> {
  const { raw } = await handle.describe();
  return Math.max(0, ...(raw.pendingActivities ?? []).map(({ attempt }) => attempt ?? 0));
}

async function hasAsked(handle: WorkflowHandle, activity: string): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).some((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity);
}

const timeout = awayMs + 120_000;

test(
  'while Postgres is away for longer than anything is tried, commands and a training wait',
  { timeout },
  async () => {
    await world.champion(model);
    await world.retrain(model, { reason: 'a second version' });
    const training = world.client.workflow.getHandle(workflowIds.train(model, 2));
    await until('it is under way', () => hasAsked(training, 'prepareTraining'));
    const pause = await accepted('pause', {});
    const rollback = await accepted('rollback', { toVersion: 1 });
    gate.shut();
    const { runId } = await world.entity(model).describe();
    await world.entity(model).executeUpdate('pause', { args: [said(pause)] });
    await world.entity(model).executeUpdate('rollback', { args: [said(rollback, { toVersion: 1 })] });
    await until(
      'it was tried beyond all patience',
      async () => (await attemptsOf(world.entity(model))) >= attemptsBeyondPatience,
    );
    await delay(awayMs);
    gate.open();

    expect(await performed(pause)).toMatchObject({ failure: null });
    expect(await performed(rollback)).toMatchObject({ failure: null });
    await until('the training has ended', async () => {
      const [row] = await db().select().from(run).where(eq(run.runId, training.workflowId));
      return row?.status === 'completed';
    });
    expect(await world.entity(model).describe()).toMatchObject({ runId, status: { name: 'RUNNING' } });
  },
);

test('a word that comes again to a run which has forgotten its id changes nothing', async () => {
  await until('v2 is there', async () => (await world.history(model)).versions.length === 2);
  await world.command(model, 'promote', { version: 2, reason: 'it is good' });
  await until('v2 answers', async () => (await world.settled(model)).championVersion === 2);
  const { commandId } = await world.command(model, 'rollback', { reason: 'it is not' });
  await until('v1 answers', async () => (await world.settled(model)).championVersion === 1);
  await world
    .entity(model)
    .executeUpdate('rollback', { args: [said(commandId, { toVersion: null })], updateId: randomUUID() });
  // The entity does one after the other: when this is done, so is what came before.
  await performed((await world.command(model, 'pause', { reason: 'enough' })).commandId);
  expect(await world.settled(model)).toMatchObject({ championVersion: 1 });
});

test('a command that cannot be done is written down and rings, and the entity goes on', async () => {
  await db().execute(`alter table alias_move add constraint doomed check (actor <> 'doomed') not valid`);
  const commandId = await accepted('promote', { version: 2, force: false }, 'doomed');
  const word = { ...said(commandId, { toVersion: 2 }), actor: 'doomed' };
  await world.entity(model).executeUpdate('rollback', { args: [word] });
  expect(await performed(commandId)).toMatchObject({ failure: expect.stringContaining('doomed') });
  const rung = await db()
    .select()
    .from(alert)
    .where(and(eq(alert.model, model), eq(alert.kind, 'task-failed')));
  expect(rung).toMatchObject([{ subject: `command/${commandId}`, closedAt: null }]);
  await performed((await world.command(model, 'pause', { reason: 'still there' })).commandId);
});

test('a command that Temporal has lost is taken up by the next run of the entity', async () => {
  const commandId = await accepted('resume', {});
  await world.client.workflow.start('model', {
    workflowId: workflowIds.model(model),
    taskQueue: taskQueues.workflows,
    args: [{ model, refreshMs: 60_000 }],
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  await performed(commandId);
  expect(await world.status(model)).toMatchObject({ paused: null });
});

test('an abortion that Temporal has lost is said again to the rollout, which hears it', async () => {
  await world.champion('unheard');
  await world.challenge('unheard');
  const commandId = await accepted('abort', {}, 'ana', 'unheard');
  await db()
    .update(command)
    .set({ target: { version: 2, attempt: 1 }, createdAt: new Date(Date.now() - 3_600_000) })
    .where(eq(command.commandId, commandId));
  await world.client.schedule.getHandle(workflowIds.reconcile()).trigger();
  expect(await performed(commandId)).toMatchObject({ failure: null });
  expect(await world.settled('unheard')).toMatchObject({ championVersion: 1, rollout: null });
});
