import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expression } from '../../../src/domain/features/expressions/expression.ts';
import { startLoopWorld, windowRows, type LoopWorld } from '../../worlds/loop-world.ts';
import { tinyTable, toCsv } from '../../worlds/tiny-table.ts';
import { until } from '../../worlds/wait.ts';

let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

const column = (name: string): Expression => ({ op: 'column', name });

async function post(path: string, body: object): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${world.stack.inferenceUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.stack.tokens.predictor}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

test('derived features are trained on, served, watched together and retrained; no request carries them', async () => {
  const spec = await world.define('derived', {
    features: [
      { kind: 'number', name: 'height', missing: 'allow', use: 'derived' },
      { kind: 'number', name: 'width', missing: 'allow' },
      { kind: 'category', name: 'colour', missing: 'allow' },
    ],
    watch: { window: { rows: 6 * windowRows }, falseAlarmRate: 1e-6, multivariate: true },
    derived: [
      { name: 'lead', expression: { op: 'difference', of: [column('height'), { op: 'value', value: 0.1 }] } },
      { name: 'unmeasured', expression: { op: 'isMissing', of: [column('height')] } },
      { name: 'hues', expression: { op: 'cross', of: [column('colour'), column('colour')] } },
    ],
  });
  // A reference of 6,000 rows and more keeps some of them as they stood together.
  await writeFile(world.historyFile('derived'), toCsv(tinyTable({ seed: 'history', rows: 45_000 })));
  await world.apply(spec);
  await until('v1 is champion', async () => {
    const { championVersion, isSettled } = await world.settled('derived');
    return championVersion === 1 && isSettled;
  });

  const tall = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red' }] });
  expect(JSON.parse(tall.text).predictions[0]).toMatchObject({ label: 'yes', arm: 'champion' });
  const refused = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red', lead: 1 }] });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).detail).toBe(
    'rows[0] has "lead", which the model computes by itself as difference(height, 0.1); leave it out',
  );

  // Two windows of as many rows as features need to be watched together.
  await world.play('derived', 12);
  // By feature of the profile, the prediction last: each row of the window stands in one cell of each.
  const { rows } = await world.stack.database.pool.query<{ rows: number; cells: number[][] }>(
    "select rows, cells from counter where model = 'derived' and version = 1 and window_number = 2",
  );
  const [counted] = rows;
  expect(counted?.cells.map((cells) => cells.reduce((sum, count) => sum + count, 0))).toEqual(
    Array.from({ length: 3 + 3 + 1 }, () => counted?.rows),
  );

  const evidence = await world.stack.database.pool.query<{ together: { verdict: string; auroc: number } }>(
    `select e.body -> 'drift' -> 'together' as together from "window" w join evidence e using (evidence_id)
      where w.model = 'derived' and w.number = 2`,
  );
  // What the training kept is of the rows that came: a classifier that knows both tells them apart as little as by chance.
  expect(evidence.rows[0]?.together).toMatchObject({ verdict: 'stable', auroc: expect.any(Number) });

  await world.challenge('derived');
  await world.playOut('derived');
  expect((await world.settled('derived')).championVersion).toBe(2);
  await until('v2 answers', async () => {
    const answer = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red' }] });
    return JSON.parse(answer.text).predictions[0].version === 2 ? answer : undefined;
  });
});
