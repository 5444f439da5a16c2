import { writeFile } from 'node:fs/promises';
import { and, eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshotProfileAnswer } from '../../../src/contracts/http/data/snapshot-profile.ts';
import { alert, audit, run, snapshot } from '../../../src/db/schema/index.ts';
import { workflowIds } from '../../../src/domain/words/ids.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { tinyTable, toCsv } from '../../worlds/tiny-table.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld([]);
});
afterAll(() => world.close());

const db = () => world.stack.database.db;
const runOf = async (runId: string) => (await db().select().from(run).where(eq(run.runId, runId)))[0];
const alertsOf = (model: string, runId: string) =>
  db()
    .select({ kind: alert.kind, severity: alert.severity, title: alert.title, body: alert.body })
    .from(alert)
    .where(and(eq(alert.model, model), eq(alert.subject, runId)));

const failedRun = (runId: string) =>
  until(`${runId} has failed`, async () => {
    const row = await runOf(runId);
    return row?.status === 'failed' ? row : undefined;
  });
const completedRun = (runId: string) =>
  until(`${runId} has ended with a version`, async () => {
    const row = await runOf(runId);
    return row?.status === 'completed' ? row : undefined;
  });

async function leakyHistory(model: string): Promise<void> {
  const rows = tinyTable({ seed: 'history', rows: 400 });
  const leaking = rows.map((row) => ({ ...row, cells: { ...row.cells, width: row.label === 'yes' ? 1 : 0 } }));
  await writeFile(world.historyFile(model), toCsv(leaking));
}

test('a training whose feature knows the target waits for a person; a reason lets it go', async () => {
  const spec = await world.define('leaky');
  await leakyHistory('leaky');
  await world.apply(spec);
  const first = workflowIds.train('leaky', 1);
  const ended = await failedRun(first);
  expect(ended.detail).toMatch(/^waits for a person: "width" alone explains 0\.99\d* of the variance of "y" on/);
  expect(ended.detail).toContain('leakage: { allow');
  expect(await alertsOf('leaky', first)).toEqual([
    {
      kind: 'leakage-suspected',
      severity: 'warning',
      title: `${first} waits for a person: leakage suspected`,
      body: ended.detail,
    },
  ]);
  expect(await world.settled('leaky')).toMatchObject({ championVersion: null, runningTrainings: 0 });

  const [newest] = await db().select({ digest: snapshot.digest }).from(snapshot).where(eq(snapshot.model, 'leaky'));
  const response = await fetch(`${world.stack.controlUrl}/v1/snapshots/${newest?.digest}/profile`, {
    headers: { authorization: `Bearer ${world.stack.tokens.admin}` },
  });
  const { profile } = snapshotProfileAnswer.parse(await response.json());
  expect(profile.leakage).toMatchObject([{ column: 'width', kind: 'target-copy' }]);

  await world.apply({
    ...spec,
    leakage: { action: 'stop', suspectFrom: 0.95, allow: ['width'], reason: 'the width is measured before' },
  });
  await completedRun(workflowIds.train('leaky', 2));
});

test('a person lets the suspicion go by its name, and takes it back; the next training hears of both', async () => {
  const spec = await world.define('allowed');
  await leakyHistory('allowed');
  await world.apply(spec);
  expect((await failedRun(workflowIds.train('allowed', 1))).detail).toContain('(width:target-copy)');
  const tell = async (path: string, body: object) => {
    const response = await fetch(`${world.stack.controlUrl}/v1/models/allowed/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.stack.tokens.admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  };
  // Of another kind it is another suspicion.
  const reason = 'the width is measured before';
  expect((await tell('training-allowances', { suspicion: 'width:id', reason })).status).toBe(200);
  await world.retrain('allowed', { reason: 'again' });
  await failedRun(workflowIds.train('allowed', 2));
  const width = { suspicion: 'width:target-copy', reason };
  expect(await tell('training-allowances', width)).toMatchObject({
    body: { text: expect.stringContaining('trainings go on in spite of width:target-copy') },
  });
  expect((await tell('training-allowances', width)).status).toBe(409);
  await world.retrain('allowed', { reason: 'it is allowed' });
  await completedRun(workflowIds.train('allowed', 3));
  expect((await tell('training-allowances/revoke', { ...width, reason: 'it is not' })).status).toBe(200);
  // While its rollout is under way, another training is refused.
  await until('the first champion answers', async () => {
    const { championVersion, rollout, runningTrainings } = await world.settled('allowed');
    return championVersion !== null && rollout === null && runningTrainings === 0;
  });
  await world.retrain('allowed', { rollout: false, reason: 'it is not' });
  await failedRun(workflowIds.train('allowed', 4));
  const told = await db()
    .select({ type: audit.type, actor: audit.actor, reason: audit.reason, data: audit.data })
    .from(audit)
    .where(and(eq(audit.model, 'allowed'), like(audit.type, 'perennial.leakage.%')))
    .orderBy(audit.seq);
  expect(told.map(({ type, reason: why, data }) => [type, why, JSON.parse(String(data))])).toEqual([
    ['perennial.leakage.allowed', reason, { feature: 'width', kind: 'id' }],
    ['perennial.leakage.allowed', reason, { feature: 'width', kind: 'target-copy' }],
    ['perennial.leakage.revoked', 'it is not', { feature: 'width', kind: 'target-copy' }],
  ]);
  expect(new Set(told.map(({ actor }) => actor)).size).toBe(1);
});
