import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../../tests/worlds/opened-database.ts';
import { putStepCall, stepCallsOf, type StepCall } from './step-calls.ts';

const { database } = await openTestDatabase();
const { db } = database;

const call = (more: Partial<StepCall> = {}): StepCall => ({
  point: 'evaluate',
  name: 'audit',
  verdict: 'pass',
  text: 'fine',
  queue: 'shop-steps',
  onFailure: 'stop',
  metrics: { gap: 0.1 },
  attempts: 1,
  worker: '7@host',
  askedAt: '2026-05-03T14:03:00.000Z',
  tookMs: 12,
  ...more,
});
const asked = { model: 'fraud', runId: 'train/fraud/3', execution: 'first' };

test('what a step said is told once, and its run started again says it anew', async () => {
  const first = await putStepCall(db, asked, call());
  expect(first).toMatchObject({ runId: 'train/fraud/3', verdict: 'pass', metrics: { gap: 0.1 }, attempts: 1 });
  const again = await putStepCall(db, asked, call({ verdict: 'fail', text: 'told twice' }));
  expect(again).toEqual(first);
  const anew = await putStepCall(db, { ...asked, execution: 'second' }, call({ verdict: 'none', text: 'gone' }));
  expect(anew).toMatchObject({ evidenceId: first.evidenceId, verdict: 'none', text: 'gone' });
  const { rows } = await db.execute(
    sql`select type, reason from audit where type like 'perennial.step.%' order by seq`,
  );
  expect(rows).toEqual([
    { type: 'perennial.step.passed', reason: 'fine' },
    { type: 'perennial.step.failed', reason: 'gone' },
  ]);
});

test('a run shows its own calls in their order, and none of a run whose id begins as its own', async () => {
  const other = { model: 'fraud', runId: 'train/fraud/30', execution: 'x' };
  await putStepCall(db, other, call({ name: 'others' }));
  await putStepCall(db, { ...asked, runId: 'train/fraud/4' }, call({ point: 'afterIngest', name: 'one' }));
  await putStepCall(db, { ...asked, runId: 'train/fraud/4' }, call({ point: 'beforeTrain', name: 'two' }));
  expect((await stepCallsOf(db, 'fraud', 'train/fraud/3')).map(({ name }) => name)).toEqual(['audit']);
  expect(await stepCallsOf(db, 'fraud', 'train/fraud/4')).toMatchObject([
    { point: 'afterIngest', name: 'one' },
    { point: 'beforeTrain', name: 'two' },
  ]);
});

test('of a call whose numbers have gone by their age the sentence stays', async () => {
  await db.execute(sql`update evidence set body = jsonb_build_object('text', body -> 'text', 'removedAt', now())
    where subject = 'step/train/fraud/4/afterIngest/one'`);
  const [old] = await stepCallsOf(db, 'fraud', 'train/fraud/4');
  expect(old).toMatchObject({ point: 'afterIngest', name: 'one', verdict: 'pass', text: 'fine', attempts: null });
});
