import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evidence, version } from '../../../src/db/schema/index.ts';
import { requestJson } from '../../../src/replay/http.ts';
import { integer } from '../../../src/sdk/declare/trainer/draws.ts';
import { search, streaming } from '../../../src/sdk/declare/trainer/trainer.ts';
import { startLoopWorld, type LoopWorld } from '../../worlds/loop-world.ts';
import { until } from '../../worlds/wait.ts';

/** The whole product on engines of its own. */
let world: LoopWorld;
beforeAll(async () => {
  world = await startLoopWorld();
});
afterAll(() => world.close());

interface Run {
  readonly status: string;
  readonly detail: string | null;
  readonly output: Readonly<Record<string, unknown>> | null;
}

const control = () => ({ url: world.stack.controlUrl, token: world.stack.tokens.admin });

async function again(model: string): Promise<Run> {
  const { runId } = await requestJson<{ runId: string }>(control(), 'POST', `/v1/models/${model}/reproduce`, {
    version: 1,
  });
  return until(`${runId} has ended`, async () => {
    const run = await requestJson<Run>(control(), 'GET', `/v1/runs/${encodeURIComponent(runId)}`);
    return run.status === 'running' ? undefined : run;
  });
}

test('a version is made again from what is recorded of it, to the same bytes, as often as somebody asks', async () => {
  await world.champion('plain');
  const first = await again('plain');
  expect(first).toMatchObject({ status: 'completed', output: { isEqual: true, erasedFrom: 0 } });
  expect(first.detail).toContain('v1 again has the same bytes (SHA-256 ');
  // Traffic came since, and the history says the opposite: what it was made of is pinned.
  await world.play('plain', 2);
  await world.teachOpposite('plain');
  expect(await again('plain')).toMatchObject({ output: first.output });
});

test('of a search the chosen settings are fitted, and not all trials', async () => {
  const trainer = search({ gbdt: { leavesMax: integer(3, 15), treesMax: 40 } }, { trialsMax: 4 });
  await world.champion('searched', { trainer });
  expect(await again('searched')).toMatchObject({ status: 'completed', output: { isEqual: true } });
});

test('other bytes are told with what is known to differ', async () => {
  const { db } = world.stack.database;
  await world.champion('changed');
  const isFirst = and(eq(version.model, 'changed'), eq(version.version, 1));
  const [made] = await db.select().from(version).where(isFirst);
  await db
    .update(version)
    .set({ modelDigest: '0'.repeat(64) })
    .where(isFirst);
  const fault = await again('changed');
  expect(fault).toMatchObject({ status: 'completed', output: { isEqual: false, madeDigest: made?.modelDigest } });
  expect(fault.detail).toContain('nothing that is recorded has changed since');
  await db
    .update(evidence)
    .set({ body: sql`jsonb_set(${evidence.body}, '{code,digest}', '"0123456789abcdef"')` })
    .where(eq(evidence.evidenceId, made?.gateEvidenceId ?? 0));
  expect((await again('changed')).detail).toContain('the code that trains was 0123456789abcdef and is ');
});

test('what cannot be made of its rows alone ends with one sentence', async () => {
  await world.champion('stream', { trainer: streaming() });
  const streamed = await again('stream');
  expect(streamed.status).toBe('failed');
  expect(streamed.detail).toContain('v1 goes on from the champion of its day, so it is not made of its rows alone.');
  await expect(requestJson(control(), 'POST', '/v1/models/stream/reproduce', { version: 9 })).rejects.toThrow(
    /version 9/,
  );
});
