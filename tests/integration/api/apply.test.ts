import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { modelStream, routing, specRevision } from '../../../src/db/schema/index.ts';
import { PerennialError } from '../../../src/domain/words/errors.ts';
import { createControlWorld, smallSpec, type ControlWorld } from '../../worlds/control-world.ts';

let world: ControlWorld;

beforeAll(async () => {
  world = await createControlWorld();
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('apply', () => {
  test.each(['/etc/passwd', '../etc/passwd', '/data-of-others/a.csv'])(
    'a source outside of the roots is refused before anything is stored: %s',
    async (path) => {
      const name = `m-${randomUUID().slice(0, 8)}`;
      const spec = smallSpec(name, { source: { kind: 'file', path, format: 'csv' } });
      const { status, body } = await world.call('POST', '/v1/apply', { body: { spec } });
      expect({ status, body }).toMatchObject({ status: 422, body: { code: 'invalid_data', path: 'source.path' } });
      expect(await world.database.db.select().from(modelStream).where(eq(modelStream.model, name))).toEqual([]);
    },
  );

  test('the first time makes revision 1, the routing row, the stream and a delivery', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    const { status, body } = await world.call('POST', '/v1/apply', {
      body: { spec: smallSpec(name), reason: 'first' },
    });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { revision: 1, created: true, changes: [], link: `http://ui/model/${name}` },
    });
    expect(world.bus.ensured).toEqual([name]);
    expect(world.bus.delivered).toMatchObject([
      { kind: 'apply', model: name, message: { specRevision: 1, actor: 'test admin', commandId: body['commandId'] } },
    ]);
    const [row] = await world.database.db.select().from(routing).where(eq(routing.model, name));
    expect(row).toMatchObject({ revision: 1, entry: { specRevision: 1, stage: 'empty', champion: null } });
    expect(await world.database.db.select().from(modelStream).where(eq(modelStream.model, name))).toHaveLength(1);
  });

  test(
    'the same definition changes nothing; another one is a revision with its diff, a higher routing revision and ' +
      'a notification',
    async () => {
      const name = await world.applied();
      const again = await world.call('POST', '/v1/apply', { body: { spec: smallSpec(name) } });
      expect(again.body).toMatchObject({ revision: 1, created: false });
      expect(world.bus.delivered).toEqual([]);

      const listener = await world.database.pool.connect();
      await listener.query('listen perennial_routing');
      const heard = new Promise<string | undefined>((resolve) =>
        listener.once('notification', (message) => resolve(message.payload)),
      );
      const next = await world.call('POST', '/v1/apply', {
        body: { spec: smallSpec(name, { split: { testShare: 0.2 } }) },
      });
      expect(JSON.parse((await heard) ?? '')).toEqual({ model: name, revision: 2 });
      listener.release(true);
      expect(next.body).toMatchObject({
        revision: 2,
        created: true,
        changes: [{ path: 'split.testShare', before: '0.15', after: '0.2' }],
      });
      expect(world.bus.delivered).toMatchObject([{ kind: 'apply', message: { specRevision: 2 } }]);
    },
  );

  test('twenty people at once make one revision of one definition', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => world.call('POST', '/v1/apply', { body: { spec: smallSpec(name) } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(answers.filter((answer) => answer.body['created'] === true)).toHaveLength(1);
    expect(await world.database.db.select().from(specRevision).where(eq(specRevision.model, name))).toHaveLength(1);
  });

  test('a revision that never reached the workflow is delivered by the next apply', async () => {
    const name = `m-${randomUUID().slice(0, 8)}`;
    world.bus.refusal = new PerennialError('unavailable', 'Temporal is away.');
    expect((await world.call('POST', '/v1/apply', { body: { spec: smallSpec(name) } })).status).toBe(503);
    world.bus.refusal = null;
    expect((await world.call('POST', '/v1/apply', { body: { spec: smallSpec(name) } })).body).toMatchObject({
      revision: 1,
      created: false,
    });
    expect(world.bus.delivered).toMatchObject([{ kind: 'apply', message: { specRevision: 1 } }]);
  });

  test('a wrong definition names its path and stores nothing', async () => {
    const wrong = { ...(smallSpec('m-wrong') as object), rollout: { shadow: 'soon' } };
    const { status, body } = await world.call('POST', '/v1/apply', { body: { spec: wrong } });
    expect({ status, body }).toMatchObject({ status: 422, body: { code: 'invalid_spec', path: 'rollout.shadow' } });
    expect((await world.call('GET', '/v1/models/m-wrong')).status).toBe(404);
  });
});
