import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { holdRolloutActivities } from '../../../activities/rollout/hold-rollout.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { ForgetfulBus, makeStanding, personOn, standing } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { createToken } from '../../access/create-token.ts';
import { delegateRequest, delegationDaysMax } from '../../contracts/http/delegations.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { statusOf } from '../../db/views/views-status.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import { approve } from './approve.ts';
import { delegateApproval, delegations, revokeDelegation } from './delegate-approval.ts';
import { promote } from './promote.ts';

const { database } = await openTestDatabase();
const { db } = database;
const bus = new ForgetfulBus(database);
await createToken(db, { name: 'eve', role: 'operator', scope: '*', expiresAt: null });
await createToken(db, { name: 'vic', role: 'viewer', scope: '*', expiresAt: null });

const plan: ApprovalSpec = { people: 1, fourEyes: false, atDeadline: 'stay', by: ['ann', 'bob'] };

/** A held challenger of a model whose definition `seed` has declared. */
async function held(change: Partial<ApprovalSpec> = {}): Promise<string> {
  const model = await makeStanding(database);
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,approval}', $2::jsonb) where model = $1`,
    [model, JSON.stringify({ ...plan, ...change })],
  );
  const { holdRollout } = holdRolloutActivities({ database } as ActivityDependencies);
  const key = { model, version: standing.challenger, attempt: 1 };
  await holdRollout({ key, reason: 'It needs people.', evidenceId: null });
  return model;
}

const as = (name: string, role: 'operator' | 'admin' = 'operator') => {
  const context = personOn(database, bus);
  return { ...context, principal: { ...context.principal, name, role } };
};
const asked = (model: string) => ({ model, key: randomUUID(), reason: 'because' });
const says = (name: string, model: string) => approve(as(name), asked(model));
const hands = (from: string, to: string, model: string) => delegateApproval(as(from), { ...asked(model), to, days: 7 });
const takesBack = (context: ReturnType<typeof as>, from: string | null, model: string) =>
  revokeDelegation(context, { ...asked(model), to: 'eve', from });
const championOf = async (model: string) => (await readRouting(db, model))?.champion?.version;

test('a delegate approves in the place of who is named, and it is said and kept', async () => {
  const model = await held();
  await expect(says('eve', model)).rejects.toThrow(/its definition names ann or bob/);
  const answer = await hands('ann', 'eve', model);
  expect(answer.text).toMatch(/^eve may approve in place of ann until \d{4}-/);
  expect(await delegations(as('bob'), model)).toMatchObject([{ model, from: 'ann', to: 'eve', reason: 'because' }]);
  expect((await statusOf(db, model)).rollout?.waitsFor).toContain('ann, bob or eve for ann may');
  await says('eve', model);
  expect(await championOf(model)).toBe(standing.challenger);
  const { rows } = await database.pool.query(
    `select why from alias_move where model = $1 order by move_id desc limit 1`,
    [model],
  );
  expect(rows).toEqual([{ why: 'approved by eve for ann: because' }]);
  const told = await database.pool.query(
    `select actor, data::jsonb ->> 'to' as to from audit where model = $1 and type = 'perennial.approval.delegated'`,
    [model],
  );
  expect(told.rows).toEqual([{ actor: 'ann', to: 'eve' }]);
});

test('where two must approve, a name and its delegate are one', async () => {
  const model = await held({ people: 2 });
  await hands('ann', 'eve', model);
  await says('ann', model);
  expect((await says('eve', model)).text).toContain('approved by ann and eve for ann; 1 more person must approve; bob');
  expect(await championOf(model)).toBe(standing.champion);
  await says('bob', model);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('one person with a delegation from another is still one person', async () => {
  const model = await held({ people: 2 });
  await hands('bob', 'eve', model);
  await hands('ann', 'eve', model);
  await says('eve', model);
  await says('eve', model);
  expect(await championOf(model)).toBe(standing.champion);
});

test('it ends by itself; what was approved before stays approved', async () => {
  const model = await held({ people: 2 });
  const other = await held();
  await hands('ann', 'eve', model);
  await hands('ann', 'eve', other);
  await says('eve', model);
  await database.pool.query(
    `update approval_delegation set since = since - interval '8 days', until = until - interval '7 days'
      where model = $1`,
    [other],
  );
  await expect(says('eve', other)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await delegations(as('bob'), other)).toEqual([]);
  await database.pool.query(`update approval_delegation set until = clock_timestamp() where model = $1`, [model]);
  await says('bob', model);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('it is taken back by who gave it, or by an admin, and by nobody else', async () => {
  const model = await held();
  await hands('ann', 'eve', model);
  await expect(takesBack(as('eve'), 'ann', model)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(takesBack(as('bob'), null, model)).rejects.toThrow(/"eve" approves nothing of .* in place of "bob"/);
  await takesBack(as('ann'), null, model);
  await expect(says('eve', model)).rejects.toMatchObject({ code: 'forbidden' });
  await hands('ann', 'eve', model);
  await takesBack(as('boss', 'admin'), 'ann', model);
  await expect(says('eve', model)).rejects.toMatchObject({ code: 'forbidden' });
  const { rows } = await database.pool.query(
    `select actor, data::jsonb ->> 'from' as "from" from audit
      where model = $1 and type = 'perennial.approval.delegation-revoked' order by seq`,
    [model],
  );
  expect(rows).toEqual([
    { actor: 'ann', from: 'ann' },
    { actor: 'boss', from: 'ann' },
  ]);
});

test('an author does not get round four eyes by handing it on', async () => {
  const model = await held({ fourEyes: true, by: ['seed', 'bob'] });
  await hands('seed', 'eve', model);
  expect((await says('eve', model)).text).toContain(
    'approved by eve for seed; 1 more person must approve, one of them',
  );
  expect(await championOf(model)).toBe(standing.champion);
  await hands('bob', 'eve', model);
  await says('eve', model);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('only who is named hands it on, to who may operate the model, and not a move by hand', async () => {
  const model = await held();
  await expect(hands('mallory', 'eve', model)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(hands('ann', 'vic', model)).rejects.toThrow(/"vic" has no live token that may operate/);
  await expect(hands('ann', 'ann', model)).rejects.toThrow(/is yourself/);
  await hands('ann', 'eve', model);
  await hands('ann', 'eve', model);
  expect(await delegations(as('bob'), model), 'the later one stands in place of the first').toHaveLength(1);
  await expect(hands('eve', 'eve', model), 'no further').rejects.toMatchObject({ code: 'forbidden' });
  const move = { ...asked(model), version: standing.released, force: true };
  await expect(promote(as('eve'), move)).rejects.toMatchObject({ code: 'forbidden' });
  const open = await makeStanding(database);
  await expect(hands('ann', 'eve', open)).rejects.toThrow(/Everybody who may operate .* may approve it/);
});

test('what was handed on of one model is nothing of another', async () => {
  const model = await held();
  const other = await held();
  await hands('ann', 'eve', model);
  await expect(says('eve', other)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await delegations(as('bob'), other)).toEqual([]);
});

test('it is bounded', () => {
  const isTaken = (days: number) => delegateRequest.safeParse({ to: 'eve', days, reason: 'r' }).success;
  expect([0, 0.5, delegationDaysMax, delegationDaysMax + 1].map(isTaken)).toEqual([false, true, true, false]);
});
