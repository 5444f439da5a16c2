import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aliasMove, alert, decision, label, modelStream, rollout, run, window } from '../../../src/db/schema/index.ts';
import { createControlWorld, type ControlWorld } from '../../worlds/control-world.ts';

let world: ControlWorld;

beforeAll(async () => {
  world = await createControlWorld();
});
afterAll(() => world.close());
beforeEach(() => world.renew());

describe('views', () => {
  test('status, settled, history and the champion at an instant say what is in Postgres', async () => {
    const name = await world.applied();
    await world.addVersion(name, 1);
    const db = world.database.db;
    const old = new Date('2026-05-01T00:00:00Z');
    const later = new Date('2026-05-03T00:00:00Z');
    await db.insert(aliasMove).values([
      {
        model: name,
        alias: 'champion',
        fromVersion: null,
        toVersion: 1,
        actor: 'rollout',
        why: 'first',
        routingRevision: 2,
        movedAt: old,
      },
      {
        model: name,
        alias: 'champion',
        fromVersion: 1,
        toVersion: 2,
        actor: 'ana',
        why: 'approved',
        routingRevision: 3,
        movedAt: later,
      },
    ]);
    await db
      .update(modelStream)
      .set({ lastSeq: 1_230, openWindow: 4, openRows: 30, labels: 1 })
      .where(eq(modelStream.model, name));
    const closed = { model: name, rows: 400, openedAt: old };
    await db.insert(window).values([
      { ...closed, number: 1, firstSeq: 1, lastSeq: 400, judgedAt: later, decidedAt: later },
      { ...closed, number: 2, firstSeq: 401, lastSeq: 800 },
      { ...closed, number: 3, firstSeq: 801, lastSeq: 1_200, judgedAt: later },
    ]);
    await db.insert(decision).values({
      model: name,
      key: 'window/1',
      windowNumber: 1,
      retrain: true,
      trigger: 'decay',
      reason: 'quality fell',
      considered: [],
      runId: `train/${name}/2`,
    });
    await db.insert(run).values({ runId: `train/${name}/2`, model: name, kind: 'train', status: 'running', input: {} });
    await db
      .insert(alert)
      .values({ model: name, kind: 'drift', subject: 'amount', severity: 'warning', title: 'amount moved', body: '…' });
    await db
      .insert(label)
      .values({ model: name, labelId: 'l1', label: 'fraud', knownSeq: 5, knownWindow: 1, receivedAt: later });
    await db.insert(rollout).values({
      model: name,
      version: 2,
      attempt: 1,
      status: 'active',
      step: 1,
      stepBegun: true,
      stepStartedSeq: 1_000,
      settledSeq: 1_100,
      specRevision: 1,
      salt: 's',
      baseVersion: 1,
    });

    const status = await world.call('GET', `/v1/models/${name}`, { token: world.secrets.viewer });
    expect(status.body).toMatchObject({
      predictions: 1_230,
      labels: 1,
      openWindow: { number: 4, rows: 30 },
      lastClosedWindow: 3,
      lastJudgedWindow: 1,
      lastDecidedWindow: 1,
      rollout: { version: 2, step: 1, steps: 2, waitsFor: 'canary 20 %: 230 of 500 rows' },
      running: [{ runId: `train/${name}/2` }],
      openAlerts: [{ kind: 'drift', subject: 'amount' }],
      link: `http://ui/model/${name}`,
    });
    expect((await world.call('GET', `/v1/models/${name}/settled`)).body).toEqual({
      model: name,
      lastSeq: 1_230,
      lastClosedWindow: 3,
      lastJudgedWindow: 1,
      lastDecidedWindow: 1,
      runningTrainings: 1,
      championVersion: null,
      routingRevision: 1,
      rollout: { version: 2, attempt: 1, status: 'active', step: 1, stepBegun: true, settledSeq: 1_100 },
      labels: 1,
      isSettled: false,
      waitsFor: '1 window(s) to be judged',
    });
    const history = await world.call('GET', `/v1/models/${name}/history?limit=1`);
    expect(history.body).toMatchObject({
      moves: [{ toVersion: 2, actor: 'ana' }],
      versions: [{ version: 1, family: 'gbdt', metrics: { auroc: 0.91 } }],
      decisions: [{ reason: 'quality fell' }],
    });
    expect((await world.call('GET', `/v1/models/${name}/history?limit=201`)).status).toBe(400);
    const at = (instant: string) => world.call('GET', `/v1/models/${name}/champion?at=${instant}`);
    expect((await at('2026-04-01T00:00:00Z')).body).toMatchObject({ champion: null });
    expect((await at('2026-05-02T00:00:00Z')).body).toMatchObject({ champion: { version: 1, why: 'first' } });
    expect((await at('2026-05-04T00:00:00Z')).body).toMatchObject({ champion: { version: 2, actor: 'ana' } });
    expect((await at('yesterday')).status).toBe(400);
    expect((await world.call('GET', `/v1/runs/${encodeURIComponent(`train/${name}/2`)}`)).body).toMatchObject({
      model: name,
      link: `http://ui/train/${name}/2`,
    });
    expect((await world.call('GET', `/v1/models/${name}/versions/1`)).body).toMatchObject({
      version: 1,
      report: { release: { family: 'gbdt' } },
    });
    expect((await world.call('GET', `/v1/models/${name}/rollouts`)).body).toMatchObject({ rollouts: [{ version: 2 }] });
    expect((await world.call('GET', `/v1/models/${name}/spec`)).body).toMatchObject({ revision: 1, spec: { name } });
    expect((await world.call('GET', `/v1/alerts?model=${name}&open=true`)).body).toMatchObject({
      alerts: [{ kind: 'drift' }],
    });
  });
});
