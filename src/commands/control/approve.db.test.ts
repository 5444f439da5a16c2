import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyCommandActivities } from '../../../activities/model/verify-command.ts';
import { beginStepActivities } from '../../../activities/rollout/begin-step.ts';
import { holdRolloutActivities } from '../../../activities/rollout/hold-rollout.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { ForgetfulBus, makeStanding, personOn, standing } from '../../../tests/worlds/delivered-world.ts';
import { inActivity } from '../../../tests/worlds/in-activity.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { readSpecRevision } from '../../db/models/specs.ts';
import { approvalStanding } from '../../db/routing/approvals.ts';
import { findRollout } from '../../db/routing/rollouts.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { statusOf } from '../../db/views/views-status.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import { approve } from './approve.ts';
import { promote } from './promote.ts';

const { database } = await openTestDatabase();
const { db } = database;
const bus = new ForgetfulBus(database);
const key = (model: string) => ({ model, version: standing.challenger, attempt: 1 });

/** A model whose definition `seed` has declared and whose challenger is held. */
async function held(approval: ApprovalSpec, change: object = {}): Promise<string> {
  const model = await makeStanding(database);
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout}', spec->'rollout' || $2::jsonb) where model = $1`,
    [model, JSON.stringify({ approval, ...change })],
  );
  const { holdRollout } = holdRolloutActivities({ database } as ActivityDependencies);
  await holdRollout({ key: key(model), reason: 'It needs people.', evidenceId: null });
  return model;
}

const say = (name: string, model: string, id = randomUUID()) => {
  const context = personOn(database, bus);
  const principal = { ...context.principal, name };
  return approve({ ...context, principal }, { model, key: id, reason: `${name} has looked` });
};
const championOf = async (model: string) => (await readRouting(db, model))?.champion?.version;
const alertOf = async (model: string): Promise<string> =>
  (await database.pool.query(`select body from alert where model = $1 and kind = 'held'`, [model])).rows[0]?.body;

test('two people must approve: the same one twice counts once, and all that counted is written down', async () => {
  const model = await held({ people: 2, fourEyes: false, atDeadline: 'take-out' });
  expect(await alertOf(model)).toContain('It needs people. It is approved by nobody yet; 2 more people must approve.');
  const first = await say('ann', model);
  expect(first.text).toBe('v3: approved by ann; 1 more person must approve');
  await say('ann', model);
  const message = { commandId: first.commandId, actor: 'mallory', reason: 'a lie' };
  // Nor does a word typed into Temporal with her command.
  await bus.perform({ kind: 'approve', model, rollout: key(model), message });
  expect(await championOf(model)).toBe(standing.champion);
  expect((await statusOf(db, model)).rollout?.waitsFor).toBe(
    'a person to approve or abort, approved by ann; 1 more person must approve (It needs people.)',
  );
  expect(await alertOf(model)).toContain('It is approved by ann; 1 more person must approve. Approve with');
  const last = randomUUID();
  const second = await say('bob', model, last);
  expect(await say('bob', model, last)).toEqual(second);
  expect(await championOf(model)).toBe(standing.challenger);
  const { rows } = await database.pool.query(
    `select c.actor, c.failure, c.performed_at is not null as performed, m.why from command c
      left join alias_move m on m.command_id = c.command_id where c.model = $1 order by c.created_at`,
    [model],
  );
  expect(rows).toEqual([
    { actor: 'ann', failure: null, performed: true, why: null },
    { actor: 'ann', failure: null, performed: true, why: null },
    { actor: 'bob', failure: null, performed: true, why: 'approved by ann and bob: bob has looked' },
  ]);
});

test('with four eyes who declared the definition does not approve alone', async () => {
  const model = await held({ people: 1, fourEyes: true, atDeadline: 'stay' });
  expect((await say('seed', model)).text).toMatch(
    /^v3: approved by seed; 1 more person must approve, one of them some/,
  );
  expect(await championOf(model)).toBe(standing.champion);
  await say('bob', model);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('nor does who asked for the training', async () => {
  const model = await held({ people: 1, fourEyes: true, atDeadline: 'stay' });
  const asked = randomUUID();
  await database.pool.query(
    `insert into command (command_id, model, kind, actor, body, body_hash, status)
     values ($1, $2, 'retrain', 'cid', '{}', 'x', 'done')`,
    [asked, model],
  );
  await database.pool.query(
    `insert into decision (model, key, retrain, reason, considered, run_id) values ($1, $2, true, 'r', '[]', $3)`,
    [model, `command/${asked}`, `train/${model}/${standing.challenger}`],
  );
  await say('cid', model);
  expect(await championOf(model)).toBe(standing.champion);
  await say('bob', model);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('two who approve at the same moment are two; without a plan one is enough', async () => {
  const model = await held({ people: 2, fourEyes: false, atDeadline: 'take-out' });
  await Promise.all([say('ann', model), say('bob', model)]);
  expect(await championOf(model)).toBe(standing.challenger);
  const plain = await makeStanding(database);
  await say('seed', plain);
  expect(await championOf(plain)).toBe(standing.challenger);
});

test('nobody goes around it alone by a promotion; back to a version that was champion anybody may', async () => {
  const model = await held({ people: 2, fourEyes: false, atDeadline: 'take-out' });
  const by = (version: number) =>
    promote(personOn(database, bus), { model, key: randomUUID(), reason: 'because', version, force: true });
  await expect(by(standing.released)).rejects.toThrow(/asks for more than one word/);
  await by(standing.before);
  expect(await championOf(model)).toBe(standing.before);
});

test('a hold that nobody answers rings again', async () => {
  const model = await held({ people: 1, fourEyes: false, atDeadline: 'stay' });
  const { holdRollout } = holdRolloutActivities({ database } as ActivityDependencies);
  await database.pool.query(`update alert set opened_at = now() - interval '8 days' where model = $1`, [model]);
  const again = { key: key(model), reason: 'Still.', evidenceId: null, isAgain: true };
  await holdRollout(again);
  // Told that it failed, although it rang.
  await holdRollout(again);
  const told = await database.pool.query(
    `select count(*)::int as rung from audit where model = $1 and type = 'perennial.alert.opened'`,
    [model],
  );
  expect(told.rows).toEqual([{ rung: 2 }]);
  expect(await alertOf(model)).toMatch(
    /^Still\. It is approved by nobody yet; 1 more person must approve\. Approve with/,
  );
});

test('what people say of a step counts for that step alone', async () => {
  const canary = [{ percent: 20, extent: { rows: 500 }, approval: true }];
  const plan = { people: 2, fourEyes: false, atDeadline: 'stay' } as const;
  const model = await held(plan, { canary, ackTimeoutMs: 1 });
  const quiet = personOn(database, new RecordingBus());
  const sayOfStep = async (name: string): Promise<string> => {
    const id = randomUUID();
    await approve(
      { ...quiet, principal: { ...quiet.principal, name } },
      { model, key: id, reason: `${name} has looked` },
    );
    return id;
  };
  const ear = { wait: () => Promise.resolve(), close: () => undefined };
  const deps = { database, bell: { ear: () => ear } } as unknown as ActivityDependencies;
  const begin = () => inActivity(() => beginStepActivities(deps).beginStep({ key: key(model), step: 1 }));
  const isHeard = async (name: string): Promise<boolean> => {
    const { rows } = await database.pool.query<{ id: string }>(
      `select command_id as id from command where model = $1 and actor = $2`,
      [model, name],
    );
    const claim = { model, kind: 'approve', commandId: rows[0]?.id ?? null, rollout: key(model) } as const;
    return verifyCommandActivities(deps).verifyCommand(claim);
  };
  await sayOfStep('ann');
  expect(await begin()).toMatchObject({ outcome: 'held', needsApproval: true });
  expect(await isHeard('ann')).toBe(false);
  await sayOfStep('bob');
  expect(await isHeard('bob')).toBe(true);
  // Nobody serves here, so nobody acknowledges it.
  expect(await begin()).toMatchObject({ outcome: 'held', reason: expect.stringContaining('acknowledged') });
  const row = await findRollout(db, key(model));
  expect(row).toMatchObject({ status: 'active', step: 1, heldSince: null, reason: null });
  expect(await isHeard('bob')).toBe(false);
  const { rows } = await database.pool.query(
    `select target ->> 'step' as step, failure, performed_at is not null as performed from command where model = $1`,
    [model],
  );
  expect(rows).toEqual([
    { step: '1', failure: null, performed: true },
    { step: '1', failure: null, performed: true },
  ]);
  const { spec } = await readSpecRevision(db, model, 1);
  if (row === null) throw new Error('the rollout is gone');
  expect(await approvalStanding(db, row, spec.rollout), 'of the promotion').toMatchObject({ given: [], missing: 2 });
  expect(await championOf(model)).toBe(standing.champion);
});
