import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { startAbTest } from '../../domain/ab-test/add-units.ts';
import type { DeclaredAbTest, TestedArm } from '../../domain/ab-test/declared.ts';
import { planOf } from '../../domain/ab-test/declare-ab-test.ts';
import type { AbTestEnd } from '../../domain/record/closed-sets.ts';
import {
  weightOfPercent,
  type AbTestArm,
  type RoutedAbTest,
  type RoutedVersion,
  type RoutingEntry,
} from '../../domain/rollout/routing.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { appendAudit } from '../audit/audit.ts';
import type { Db } from '../base/connect.ts';
import { closeRun, openRun } from '../runs/runs.ts';
import { abTest, routing } from '../schema/index.ts';
import { lockRouting, routedVersionOf, writeRouting } from './routing.ts';
import { streamOf } from './stream.ts';

export type AbTestRow = typeof abTest.$inferSelect;

/** Of an A/B test: its model, and how many there were of it. */
export interface AbTestKey {
  readonly model: string;
  readonly number: number;
}

const byKey = ({ model, number }: AbTestKey) => and(eq(abTest.model, model), eq(abTest.number, number));

export async function findAbTest(db: Db, key: AbTestKey): Promise<AbTestRow | null> {
  const [row] = await db.select().from(abTest).where(byKey(key));
  return row ?? null;
}

/** The row, locked until the transaction ends. Null where there is none, or where it has ended. */
export async function lockOpenAbTest(tx: Db, key: AbTestKey): Promise<AbTestRow | null> {
  const [row] = await tx.select().from(abTest).where(byKey(key)).for('update');
  return row === undefined || row.endedAt !== null ? null : row;
}

/** The one that runs, or is about to; null for none. */
export async function openAbTest(db: Db, model: string): Promise<AbTestRow | null> {
  const [row] = await db
    .select()
    .from(abTest)
    .where(and(eq(abTest.model, model), isNull(abTest.endedAt)));
  return row ?? null;
}

/** Latest first; `before` a number, or null for the latest. */
export async function listAbTests(
  db: Db,
  model: string,
  { before, rowsMax }: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly AbTestRow[]> {
  return db
    .select()
    .from(abTest)
    .where(and(eq(abTest.model, model), before === null ? undefined : lt(abTest.number, before)))
    .orderBy(desc(abTest.number))
    .limit(rowsMax);
}

export interface NewAbTest {
  readonly model: string;
  readonly specRevision: number;
  /** The champion, which stays the control whoever becomes champion. */
  readonly controlVersion: number;
  readonly declared: DeclaredAbTest;
  readonly actor: string;
  readonly why: string;
}

/** Writes it down with its run; to be called under the lock of the routing. It takes no entity yet. */
export async function insertAbTest(tx: Db, given: NewAbTest): Promise<AbTestKey> {
  const { model, declared, controlVersion, ...rest } = given;
  const [last] = await listAbTests(tx, model, { before: null, rowsMax: 1 });
  const key = { model, number: (last?.number ?? 0) + 1 };
  const runId = workflowIds.abTest(key.model, key.number);
  const arms = [controlVersion, ...declared.versions].map((version, at): TestedArm => ({
    name: at === 0 ? 'control' : `v${version}`,
    version,
    weight: 1,
    assigned: 0,
    failures: 0,
    stoppedSeq: null,
    why: null,
  }));
  const plan = planOf(declared);
  await tx.insert(abTest).values({
    ...rest,
    ...key,
    status: 'starting',
    plan,
    declared,
    arms,
    state: startAbTest(arms.map(({ name, weight }) => ({ arm: name, weight }))),
    salt: runId,
    deadlineAt: sql`now() + make_interval(secs => ${declared.daysMax * 86_400})`,
  });
  await openRun(tx, { runId, model, kind: 'ab-test', trigger: `${given.actor}: ${given.why}`, input: { ...key } });
  return key;
}

export type RoutedTest =
  | { readonly state: 'routed'; readonly revision: number }
  | { readonly state: 'gone'; readonly reason: string };

/** Gives it its share of entities, once. */
export async function routeAbTest(tx: Db, key: AbTestKey, leaseMs: number): Promise<RoutedTest> {
  const entry = await lockRouting(tx, key.model);
  const row = await lockOpenAbTest(tx, key);
  if (row === null) return { state: 'gone', reason: (await findAbTest(tx, key))?.reason ?? 'it does not exist' };
  if (entry.abTest?.number === key.number) return { state: 'routed', revision: entry.revision };
  const arms: AbTestArm[] = [];
  for (const { name, version, weight, stoppedSeq } of row.arms)
    // oxlint-disable-next-line no-await-in-loop -- one connection
    arms.push({ name, weight, isStopped: stoppedSeq !== null, version: await asRouted(tx, entry, version) });
  const routed: RoutedAbTest = {
    number: key.number,
    salt: row.salt,
    share: weightOfPercent(row.declared.sharePercent),
    arms,
    leaseUntilMs: null,
  };
  const revision = await writeRouting(tx, { ...entry, abTest: routed }, 'keep');
  await renewAbTestLease(tx, key, leaseMs);
  await tx
    .update(abTest)
    .set({ firstRevision: row.firstRevision ?? revision })
    .where(byKey(key));
  return { state: 'routed', revision };
}

/** With the correction that it answers with now: the control is asked about as its callers know it. */
async function asRouted(tx: Db, { model, champion }: RoutingEntry, version: number): Promise<RoutedVersion> {
  return champion?.version === version ? champion : routedVersionOf(tx, model, version);
}

/** Every serving process knows it: it is counted from the next row on. */
export async function beginAbTest(tx: Db, key: AbTestKey): Promise<void> {
  const row = await lockOpenAbTest(tx, key);
  if (row === null || row.status !== 'starting') return;
  const { lastSeq } = await streamOf(tx, key.model);
  await tx
    .update(abTest)
    .set({ status: 'running', begunAt: sql`now()`, startedSeq: lastSeq, exposedSeq: lastSeq, countedSeq: lastSeq })
    .where(byKey(key));
}

/** False when its share is given back: nobody keeps it alive any more. */
export async function renewAbTestLease(db: Db, { model, number }: AbTestKey, leaseMs: number): Promise<boolean> {
  const renewed = await db
    .update(routing)
    .set({ abTestLeaseUntil: sql`now() + make_interval(secs => ${leaseMs / 1_000})` })
    .where(and(eq(routing.model, model), sql`(${routing.entry} #>> '{abTest,number}')::int = ${number}`))
    .returning({ model: routing.model });
  return renewed.length > 0;
}

/** An arm that does harm gets no entity any more; the control answers those that it has. */
export async function stopArm(
  tx: Db,
  row: AbTestRow,
  { name, why, throughSeq }: { readonly name: string; readonly why: string; readonly throughSeq: number },
): Promise<readonly TestedArm[]> {
  const entry = await lockRouting(tx, row.model);
  const arms = row.arms.map((arm) => (arm.name === name ? { ...arm, stoppedSeq: throughSeq, why } : arm));
  await tx.update(abTest).set({ arms }).where(byKey(row));
  if (entry.abTest?.number === row.number)
    await writeRouting(
      tx,
      {
        ...entry,
        abTest: {
          ...entry.abTest,
          arms: entry.abTest.arms.map((arm) => (arm.name === name ? { ...arm, isStopped: true } : arm)),
        },
      },
      'keep',
    );
  const runId = workflowIds.abTest(row.model, row.number);
  await appendAudit(tx, {
    type: 'perennial.ab-test.arm-stopped',
    model: row.model,
    subject: { of: 'run', runId },
    actor: 'ab-test',
    reason: why,
    runId,
    data: { number: row.number, arm: name },
  });
  return arms;
}

export interface AbTestEnding {
  readonly ending: AbTestEnd;
  readonly actor: string;
  readonly reason: string;
  readonly evidenceId?: number | null;
}

/**
 * Unconditional: whoever asks, its arms leave the routing. A second end changes nothing; false says that it was one.
 */
export async function endAbTest(tx: Db, key: AbTestKey, end: AbTestEnding): Promise<boolean> {
  const entry = await lockRouting(tx, key.model);
  const row = await lockOpenAbTest(tx, key);
  if (entry.abTest?.number === key.number) await writeRouting(tx, { ...entry, abTest: null }, 'keep');
  if (row === null) return false;
  const { ending, reason, actor, evidenceId = null } = end;
  await tx
    .update(abTest)
    .set({
      status: 'ended',
      ending,
      reason,
      evidenceId,
      endedAt: sql`now()`,
      endedSeq: row.exposedSeq,
      lastRevision: entry.revision,
    })
    .where(byKey(key));
  const runId = workflowIds.abTest(key.model, key.number);
  await closeRun(tx, runId, { status: 'completed', detail: `${ending}: ${reason}`, output: { ending, evidenceId } });
  await appendAudit(tx, {
    type: 'perennial.ab-test.ended',
    model: key.model,
    subject: { of: 'run', runId },
    actor,
    reason,
    runId,
    evidenceId,
    data: { number: key.number, ending, winner: row.standing?.judgement.winner ?? null },
  });
  return true;
}

/** The one of a model that is open, if any, ends with what somebody did to the model. */
export async function endOpenAbTest(tx: Db, model: string, actor: string, reason: string): Promise<AbTestKey | null> {
  // The routing first: whoever changes a test holds it.
  await lockRouting(tx, model);
  const open = await openAbTest(tx, model);
  if (open === null) return null;
  await endAbTest(tx, open, { ending: 'stopped', actor, reason });
  return { model, number: open.number };
}
