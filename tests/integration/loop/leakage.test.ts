import { writeFile } from 'node:fs/promises';
import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshotProfileAnswer } from '../../../src/contracts/http/data/snapshot-profile.ts';
import { alert, run, snapshot } from '../../../src/db/schema/index.ts';
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

test('a training whose feature knows the target waits for a person; a reason lets it go', async () => {
  const spec = await world.define('leaky');
  const rows = tinyTable({ seed: 'history', rows: 400 });
  const leaking = rows.map((row) => ({ ...row, cells: { ...row.cells, width: row.label === 'yes' ? 1 : 0 } }));
  await writeFile(world.historyFile('leaky'), toCsv(leaking));
  await world.apply(spec);
  const first = workflowIds.train('leaky', 1);
  const ended = await until('the training has ended', async () => {
    const row = await runOf(first);
    return row?.status === 'failed' ? row : undefined;
  });
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
  await until('a version was trained', async () => {
    const row = await runOf(workflowIds.train('leaky', 2));
    return row?.status === 'completed' ? row : undefined;
  });
});
