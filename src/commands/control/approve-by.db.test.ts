import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { holdRolloutActivities } from '../../../activities/rollout/hold-rollout.ts';
import { rollbackActivities } from '../../../activities/model/rollback.ts';
import type { ActivityDependencies } from '../../../activities/dependencies.ts';
import { ForgetfulBus, makeStanding, personOn, standing } from '../../../tests/worlds/delivered-world.ts';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { RecordingBus } from '../../../tests/worlds/recording-bus.ts';
import { specOf } from '../../../tests/worlds/two-models.ts';
import { createToken } from '../../access/create-token.ts';
import { withTransaction } from '../../db/base/connect.ts';
import { storeSpec } from '../../db/models/specs.ts';
import { recordCommand } from '../../db/people/commands.ts';
import { readRouting } from '../../db/routing/routing.ts';
import { command } from '../../db/schema/index.ts';
import { statusOf } from '../../db/views/views-status.ts';
import { completeSpec } from '../../domain/spec/default-spec.ts';
import type { ApprovalSpec } from '../../domain/spec/parts/rollout-spec.ts';
import { apply } from '../models/apply.ts';
import { abort } from './abort.ts';
import { approve } from './approve.ts';
import { kill } from './kill.ts';
import { promote } from './promote.ts';
import { rollback } from './rollback.ts';

const { database } = await openTestDatabase();
const { db } = database;
const bus = new ForgetfulBus(database);
const rollout = { version: standing.challenger, attempt: 1 };
const one: ApprovalSpec = { people: 1, fourEyes: false, atDeadline: 'stay', by: ['ann', 'bob'] };

async function held(approval: ApprovalSpec): Promise<string> {
  const model = await makeStanding(database);
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,approval}', $2::jsonb) where model = $1`,
    [model, JSON.stringify(approval)],
  );
  const { holdRollout } = holdRolloutActivities({ database } as ActivityDependencies);
  await holdRollout({ key: { model, ...rollout }, reason: 'It needs people.', evidenceId: null });
  return model;
}

const as = (name: string) => {
  const context = personOn(database, bus);
  return { ...context, principal: { ...context.principal, name } };
};
const asked = (model: string) => ({ model, key: randomUUID(), reason: 'because' });
const championOf = async (model: string) => (await readRouting(db, model))?.champion?.version;

test('who is not named is refused by a sentence that names who may, and never counts', async () => {
  const model = await held(one);
  const said = asked(model);
  const sentence = `"mallory" may not approve "${model}": its definition names ann or bob.`;
  await expect(approve(as('mallory'), said)).rejects.toMatchObject({ code: 'forbidden', message: sentence });
  await expect(approve(as('ana'), asked(model)), 'an admin neither').rejects.toMatchObject({ code: 'forbidden' });
  const { rollout: shown } = await statusOf(db, model);
  expect(shown?.waitsFor).toContain('approved by nobody yet; 1 more person must approve; ann or bob may');
  const alert = await database.pool.query(`select body from alert where model = $1 and kind = 'held'`, [model]);
  expect(alert.rows[0]?.body).toContain('ann or bob may. Approve with');
  expect(await championOf(model)).toBe(standing.champion);
  await approve(as('bob'), asked(model));
  expect(await championOf(model)).toBe(standing.challenger);
});

test('a row that was cut off before it was refused gives no right, neither alone nor behind others', async () => {
  const model = await held(one);
  const row = async (actor: string): Promise<string> => {
    const commandId = randomUUID();
    await recordCommand(db, { commandId, model, kind: 'approve', actor, bodyHash: 'x', body: { reason: 'r' } });
    await db.update(command).set({ target: rollout }).where(eq(command.commandId, commandId));
    return commandId;
  };
  const typed = (commandId: string) => {
    const message = { commandId, actor: 'ann', reason: 'a lie' };
    return bus.perform({ kind: 'approve', model, rollout: { model, ...rollout }, message });
  };
  const hers = await row('mallory');
  await typed(hers);
  expect(await championOf(model)).toBe(standing.champion);
  const named = await row('ann');
  await typed(hers);
  expect(await championOf(model)).toBe(standing.champion);
  await typed(named);
  expect(await championOf(model)).toBe(standing.challenger);
});

test('two of those who are named, whoever else has a say', async () => {
  const model = await held({ ...one, people: 2 });
  await approve(as('ann'), asked(model));
  await expect(approve(as('mallory'), asked(model))).rejects.toThrow(/its definition names ann or bob/);
  expect(await championOf(model)).toBe(standing.champion);
  await approve(as('bob'), asked(model));
  expect(await championOf(model)).toBe(standing.challenger);
});

test('a step that waits is for those who are named, as the last move is', async () => {
  const model = await held(one);
  const canary = [{ percent: 20, extent: { rows: 500 }, approval: true }];
  await database.pool.query(
    `update spec_revision set spec = jsonb_set(spec, '{rollout,canary}', $2) where model = $1`,
    [model, JSON.stringify(canary)],
  );
  const quiet = (name: string) => ({ ...as(name), bus: new RecordingBus() });
  await expect(approve(quiet('mallory'), asked(model))).rejects.toMatchObject({ code: 'forbidden' });
  await approve(quiet('ann'), asked(model));
  const { rows } = await database.pool.query(
    `select actor, status, target ->> 'step' as step from command where model = $1 order by created_at`,
    [model],
  );
  expect(rows).toEqual([
    { actor: 'mallory', status: 'refused', step: '1' },
    { actor: 'ann', status: 'done', step: '1' },
  ]);
});

test('a definition that changes meanwhile changes nothing of who is asked', async () => {
  const model = await held(one);
  const spec = specOf(model);
  const changed = { ...spec, rollout: { ...spec.rollout, approval: { ...one, by: ['mallory'] } } };
  await withTransaction(database, (tx) => storeSpec(tx, changed, 'mallory'));
  await expect(approve(as('mallory'), asked(model))).rejects.toThrow(/its definition names ann or bob/);
  const by = { ...asked(model), version: standing.challenger, force: true };
  await expect(promote(as('mallory'), by), 'nor by hand').rejects.toThrow(/names ann or bob/);
  await expect(promote(as('ann'), { ...by, key: randomUUID(), version: standing.released })).rejects.toThrow(
    /names mallory/,
  );
  await approve(as('ann'), asked(model));
  expect(await championOf(model)).toBe(standing.challenger);
});

test('by hand only who is named puts a version in charge that never was, by each verb and typed', async () => {
  const model = await held(one);
  const released = { version: standing.released, force: true };
  await expect(promote(as('mallory'), { ...asked(model), ...released })).rejects.toMatchObject({ code: 'forbidden' });
  const to = { toVersion: standing.released };
  await expect(rollback(as('mallory'), { ...asked(model), ...to })).rejects.toMatchObject({ code: 'forbidden' });
  const commandId = randomUUID();
  const body = { ...to, reason: 'r' };
  await recordCommand(db, { commandId, model, kind: 'rollback', actor: 'mallory', bodyHash: 'x', body });
  const { resolveRollback } = rollbackActivities({ database } as ActivityDependencies);
  expect(await resolveRollback({ model, ...to, commandId })).toBeNull();
  expect(await championOf(model)).toBe(standing.champion);
  await promote(as('ann'), { ...asked(model), ...released });
  expect(await championOf(model)).toBe(standing.released);
});

test('where several must approve a roll-back is no way around them', async () => {
  const model = await held({ people: 2, fourEyes: false, atDeadline: 'stay' });
  const to = { toVersion: standing.released };
  await expect(rollback(as('ann'), { ...asked(model), ...to })).rejects.toThrow(/asks for more than one word/);
});

test('what is safe is restricted for nobody: back, abort and the kill switch', async () => {
  const model = await held(one);
  await abort(as('mallory'), asked(model));
  await rollback(as('mallory'), { ...asked(model), toVersion: standing.before });
  expect(await championOf(model)).toBe(standing.before);
  const killed = await kill(as('mallory'), asked(await held(one)));
  expect(killed.models[0]).toMatchObject({ challengerOut: standing.challenger });
});

test('apply refuses names of which too few could approve today', async () => {
  const model = await makeStanding(database);
  const unique = randomUUID().slice(0, 8);
  const [op, other, reader] = [`op-${unique}`, `other-${unique}`, `reader-${unique}`];
  const token = (name: string, role: 'operator' | 'viewer', scope = '*') =>
    createToken(db, { name, role, scope, expiresAt: null });
  const withBy = (approval: Partial<ApprovalSpec>) => {
    const { rollout: plan, ...spec } = specOf(model);
    const completed = completeSpec({ ...spec, rollout: { ...plan, approval } });
    return apply(as(op), { spec: completed, key: null, reason: 'r' });
  };
  await token(reader, 'viewer');
  await token(other, 'operator', 'elsewhere.*');
  await expect(withBy({ by: [op, other, reader] })).rejects.toMatchObject({
    code: 'invalid_spec',
    path: 'rollout.approval.by',
    message: expect.stringContaining(`${op}, ${other}, ${reader} have no live token that may operate "${model}"`),
  });
  await token(op, 'operator');
  await expect(withBy({ by: [op, other], fourEyes: true })).rejects.toThrow(/nobody but op-.*, who declares it/);
  expect(await withBy({ by: [op, other] })).toMatchObject({ created: true });
  await token(other, 'operator', model);
  expect(await withBy({ by: [op, other], fourEyes: true, people: 2 })).toMatchObject({ created: true });
});
