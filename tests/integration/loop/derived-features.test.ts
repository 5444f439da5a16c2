import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expression } from '../../../src/domain/features/expressions/expression.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
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

test('derived features are trained on, served, watched and retrained; no request carries them', async () => {
  await world.champion('derived', {
    features: [
      { kind: 'number', name: 'height', missing: 'allow', use: 'derived' },
      { kind: 'number', name: 'width', missing: 'allow' },
      { kind: 'category', name: 'colour', missing: 'allow' },
    ],
    derived: [
      { name: 'lead', expression: { op: 'difference', of: [column('height'), { op: 'value', value: 0.1 }] } },
      { name: 'unmeasured', expression: { op: 'isMissing', of: [column('height')] } },
      { name: 'hues', expression: { op: 'cross', of: [column('colour'), column('colour')] } },
    ],
  });

  const tall = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red' }] });
  expect(JSON.parse(tall.text).predictions[0]).toMatchObject({ label: 'yes', arm: 'champion' });
  const refused = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red', lead: 1 }] });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).detail).toBe(
    'rows[0] has "lead", which the model computes by itself as difference(height, 0.1); leave it out',
  );

  await world.play('derived', 2);
  // By feature of the profile, the prediction last: each row of the window stands in one cell of each.
  const { rows } = await world.stack.database.pool.query<{ rows: number; cells: number[][] }>(
    "select rows, cells from counter where model = 'derived' and version = 1 and window_number = 2",
  );
  const [counted] = rows;
  expect(counted?.cells.map((cells) => cells.reduce((sum, count) => sum + count, 0))).toEqual(
    Array.from({ length: 3 + 3 + 1 }, () => counted?.rows),
  );

  await world.challenge('derived');
  await world.playOut('derived');
  expect((await world.settled('derived')).championVersion).toBe(2);
  await until('v2 answers', async () => {
    const answer = await post('/v1/models/derived/predict', { rows: [{ height: 2, width: 0, colour: 'red' }] });
    return JSON.parse(answer.text).predictions[0].version === 2 ? answer : undefined;
  });
});
