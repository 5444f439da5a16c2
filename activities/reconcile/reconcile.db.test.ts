import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../src/db/base/connect.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/worlds/database.ts';
import { findAbTest, type AbTestKey } from '../../src/db/routing/ab-tests.ts';
import { routing } from '../../src/db/schema/index.ts';
import { openAlert } from '../../src/db/watching/alerts.ts';
import type { RoutingEntry } from '../../src/domain/rollout/routing.ts';
import { seedAbTest } from '../../tests/worlds/seed-ab-test.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { reconcileActivities } from './reconcile.ts';

let place: TestDatabase;
let database: Database;
beforeAll(async () => {
  place = await createTestDatabase();
  database = createDatabase(place.url);
  await database.pool.query(`insert into model (name, spec_revision)
    select 'm-' || lpad(n::text, 4, '0'), 1 from generate_series(1, 5000) n`);
  await database.pool.query(`insert into run (run_id, model, kind, status, input, started_at)
    select 'train/m-0001/' || n, 'm-0001', 'train', 'running', '{}', now() - interval '1 hour'
    from generate_series(1, 101) n`);
  await database.pool.query(`insert into run (run_id, model, kind, status, input)
    values ('train/m-0002/1', 'm-0002', 'train', 'running', '{}')`);
});
afterAll(async () => {
  await database.close();
  await place.drop();
});

/**
 * A Temporal that knows the workflows of `running` and starts what it is asked to, until `failsAt` starts. `underWay`
 * is what it says is pending of an entity.
 */
function temporalThat(running: Set<string>, failsAt = Infinity, underWay: object = {}) {
  const started: string[] = [];
  const workflow = {
    async *list() {
      for (const workflowId of running) yield { workflowId };
    },
    async start(_type: string, { workflowId }: { workflowId: string }) {
      if (started.length >= failsAt) throw new Error('Temporal went away');
      started.push(workflowId);
    },
    getHandle: (workflowId: string) => ({
      async describe() {
        if (!running.has(workflowId)) throw new WorkflowNotFoundError('unknown', workflowId, undefined);
        return { status: { name: 'RUNNING' }, raw: workflowId.startsWith('model/') ? underWay : {} };
      },
    }),
  };
  return { client: { workflow } as unknown as Client, started };
}

/** One attempt; `beats` receives what it heartbeats, the last of which the next attempt is given. */
function attempt(client: Client, beats: unknown[], heartbeatDetails?: unknown) {
  const context = { info: { heartbeatDetails }, heartbeat: (details: unknown) => void beats.push(details) };
  // Only the database and Temporal are asked by a reconciliation.
  const { reconcile } = reconcileActivities({ database, client } as unknown as ActivityDependencies);
  return asyncLocalStorage.run(context as unknown as Context, reconcile);
}

test('every model and every run is looked at, and an attempt goes on where the one before was lost', async () => {
  const known = new Set(['model/m-0007', 'model/m-4999', 'train/m-0001/55']);
  const beats: unknown[] = [];
  const lost = temporalThat(known, 3_000);
  await expect(attempt(lost.client, beats)).rejects.toThrow('Temporal went away');
  const next = temporalThat(known);
  expect(await attempt(next.client, beats, beats.at(-1))).toEqual({ entities: 4_998, lost: 100 });
  expect(new Set([...lost.started, ...next.started]).size).toBe(4_998);
  expect(next.started[0]).toBe('model/m-3002');

  const { rows } = await database.pool.query<{ run: string; status: string; alerts: number }>(
    `select r.run_id as run, r.status, (select count(*)::int from alert a where a.kind = 'lost-run' and
       a.subject = r.run_id) as alerts from run r`,
  );
  const of = (status: string) => rows.filter((row) => row.status === status);
  expect(of('running').map(({ run }) => run)).toEqual(expect.arrayContaining(['train/m-0001/55', 'train/m-0002/1']));
  expect(of('lost')).toHaveLength(100);
  expect(of('lost').every(({ alerts }) => alerts === 1)).toBe(true);
});

test('a run whose alert cannot ring is not marked, and is found again', async () => {
  await database.pool.query(`update run set status = 'running', started_at = now() - interval '1 hour'
    where run_id = 'train/m-0001/1'`);
  await database.pool.query(`alter table alert add constraint no_bell check (subject <> 'train/m-0001/1') not valid`);
  await database.pool.query(`update alert set closed_at = now() where subject = 'train/m-0001/55'`);
  await database.pool.query(`delete from alert where subject = 'train/m-0001/1'`);
  const known = new Set(['train/m-0001/55', 'train/m-0002/1']);
  await expect(attempt(temporalThat(known).client, [], { part: 'runs', after: '' })).rejects.toThrow();
  const { rows } = await database.pool.query(`select status from run where run_id = 'train/m-0001/1'`);
  expect(rows).toEqual([{ status: 'running' }]);
});

test.each([
  ['asks an activity', { pendingActivities: [{ activityId: '1' }] }, 'running'],
  ['has news to take in', { pendingWorkflowTask: { attempt: 1 } }, 'running'],
  ['has asked for the run', { pendingChildren: [{ workflowId: 'train/m-0003/1', runId: '' }] }, 'running'],
  ['has started it once', { pendingChildren: [{ workflowId: 'train/m-0003/1', runId: 'r' }] }, 'lost'],
  ['waits for nothing', { pendingActivities: [], pendingWorkflowTask: null }, 'lost'],
])('a run that was stored and not started, while its entity %s', async (_, underWay, status) => {
  await database.pool.query(`insert into run (run_id, model, kind, status, input, started_at)
    values ('train/m-0003/1', 'm-0003', 'train', 'running', '{}', now() - interval '1 hour')
    on conflict (run_id) do update set status = 'running'`);
  const { client } = temporalThat(new Set(['model/m-0003', 'train/m-0002/1']), Infinity, underWay);
  await attempt(client, [], { part: 'runs', after: 'train/m-0002/1' });
  const { rows } = await database.pool.query(`select status from run where run_id = 'train/m-0003/1'`);
  expect(rows).toEqual([{ status }]);
});

const emptyEntry: Omit<RoutingEntry, 'model'> = {
  revision: 1,
  specRevision: 1,
  champion: null,
  challenger: null,
  stage: 'empty',
  rollout: null,
  challengerWeight: 0,
  salt: 's',
  leaseUntilMs: null,
};

test('an A/B test that nobody could start is started; one that had a run and lost it is over', async () => {
  const keys: AbTestKey[] = [];
  for (const model of ['m-0004', 'm-0005']) {
    await database.db.insert(routing).values({ model, revision: 1, entry: { ...emptyEntry, model } });
    keys.push(await seedAbTest(database, model, 1));
  }
  await database.pool.query(`update run set started_at = now() - interval '1 hour' where kind = 'ab-test'`);
  const { client, started } = temporalThat(
    new Set(['train/m-0001/1', 'train/m-0001/55', 'train/m-0002/1', 'train/m-0003/1']),
  );
  const workflow = client.workflow as unknown as { start: (type: string, options: { workflowId: string }) => unknown };
  const { start } = workflow;
  workflow.start = async (type, options) => {
    if (options.workflowId === 'ab-test/m-0005/1')
      throw new WorkflowExecutionAlreadyStartedError('there was one', options.workflowId, type);
    return start(type, options);
  };
  await attempt(client, [], { part: 'runs', after: '' });
  expect(started).toEqual(['ab-test/m-0004/1']);
  const ends = await Promise.all(keys.map((key) => findAbTest(database.db, key)));
  expect(ends).toMatchObject([{ endedAt: null }, { ending: 'stopped', reason: 'its run was lost' }]);
});

test('an alert of a run that waited for a queue is over when the run is, and of no other', async () => {
  await database.pool.query(`insert into run (run_id, model, kind, status, input) values
    ('train/m-0900/1', 'm-0900', 'train', 'cancelled', '{}'), ('train/m-0900/2', 'm-0900', 'train', 'running', '{}')`);
  for (const runId of ['train/m-0900/1', 'train/m-0900/2'])
    await openAlert(database.db, {
      model: 'm-0900',
      kind: 'queue-unserved',
      subject: { of: 'run', runId },
      severity: 'warning',
      title: 'Nobody serves perennial-gpu',
      body: '',
      webhooks: [],
    });
  await attempt(temporalThat(new Set(['train/m-0900/2'])).client, [], { part: 'runs', after: 'z' });
  const { rows } = await database.pool.query(
    `select subject from alert where kind = 'queue-unserved' and closed_at is null`,
  );
  expect(rows).toEqual([{ subject: 'train/m-0900/2' }]);
});
