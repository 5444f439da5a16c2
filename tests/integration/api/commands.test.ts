import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command, rollout } from '../../../src/db/schema/index.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { createControlWorld, type ControlWorld } from '../../worlds/control-world.ts';

let world: ControlWorld;

beforeAll(async () => {
  world = await createControlWorld();
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('commands', () => {
  test('reach the workflow with actor, reason and the id of their row', async () => {
    const name = await world.applied();
    await world.addVersion(name, 1);
    await world.call('POST', `/v1/models/${name}/retrain`, {
      token: world.secrets.operator,
      body: { reason: 'new pricing', rollout: false },
    });
    await world.call('POST', `/v1/models/${name}/rollback`, {
      token: world.secrets.operator,
      body: { reason: 'complaints', toVersion: 1 },
    });
    await world.call('POST', `/v1/models/${name}/pause`, { token: world.secrets.operator, body: {} });
    await world.call('POST', `/v1/models/${name}/resume`, { token: world.secrets.operator, body: {} });
    expect(world.bus.delivered).toMatchObject([
      { kind: 'retrain', message: { actor: 'test operator', reason: 'new pricing', rollout: false } },
      { kind: 'rollback', message: { reason: 'complaints', toVersion: 1 } },
      { kind: 'pause' },
      { kind: 'resume' },
    ]);
    const rows = await world.database.db.select().from(command).where(eq(command.model, name));
    expect(new Set(world.bus.delivered.map((given) => given.message.commandId))).toEqual(
      new Set(rows.filter((row) => row.kind !== 'apply').map((row) => row.commandId)),
    );
    expect(rows.every((row) => row.status === 'done' && row.answeredAt !== null)).toBe(true);
  });

  test('the same key with the same body gets the first answer, with another body a conflict', async () => {
    const name = await world.applied();
    for (const key of [randomUUID(), `nightly-${name}`]) {
      world.bus.delivered.length = 0;
      const first = await world.call('POST', `/v1/models/${name}/pause`, { body: { reason: 'a' }, key });
      expect(await world.call('POST', `/v1/models/${name}/pause`, { body: { reason: 'a' }, key })).toEqual(first);
      expect(world.bus.delivered).toHaveLength(1);
      const other = await world.call('POST', `/v1/models/${name}/pause`, { body: { reason: 'b' }, key });
      expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_reused', path: 'Idempotency-Key' } });
    }
  });

  test('what was refused stays refused; what may succeed later is tried again', async () => {
    const name = await world.applied();
    world.bus.refusal = new PerennialError('unavailable', 'Temporal is away.');
    expect((await world.call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).status).toBe(503);
    world.bus.refusal = new PerennialError('conflict', 'It is paused already.');
    expect((await world.call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).body).toMatchObject({
      code: 'conflict',
    });
    world.bus.refusal = null;
    expect((await world.call('POST', `/v1/models/${name}/pause`, { body: {}, key: 'k1' })).body).toMatchObject({
      code: 'conflict',
      detail: 'It is paused already.',
    });
    expect(world.bus.delivered).toEqual([]);
  });

  test('approve and abort speak to the rollout under way; without one they say so', async () => {
    const name = await world.applied();
    expect(await world.call('POST', `/v1/models/${name}/approve`, { body: {} })).toMatchObject({
      status: 409,
      body: { detail: `No rollout of "${name}" is under way: there is nothing to approve.` },
    });
    await world.database.db
      .insert(rollout)
      .values({ model: name, version: 2, attempt: 1, status: 'held', specRevision: 1, salt: 's', baseVersion: 1 });
    await world.call('POST', `/v1/models/${name}/abort`, { body: { reason: 'no' } });
    expect(world.bus.delivered).toMatchObject([{ kind: 'abort', rollout: { model: name, version: 2, attempt: 1 } }]);
  });

  test('rollback needs a reason and a released version', async () => {
    const name = await world.applied();
    await world.addVersion(name, 1, 'rejected');
    const roll = (body: object) => world.call('POST', `/v1/models/${name}/rollback`, { body });
    expect(await roll({})).toMatchObject({ status: 400, body: { path: 'reason' } });
    expect(await roll({ reason: 'x', toVersion: 7 })).toMatchObject({
      status: 404,
      body: { code: 'version_not_found', detail: expect.stringContaining('it has v1') },
    });
    expect(await roll({ reason: 'x', toVersion: 1 })).toMatchObject({ status: 409 });
  });

  test('an unknown model lists what exists', async () => {
    const name = await world.applied();
    const { status, body } = await world.call('POST', '/v1/models/no-such/retrain', { body: {} });
    expect(status).toBe(404);
    expect(body['detail']).toContain(name);
  });
});
