import { and, desc, eq, isNull, ne, sql } from 'drizzle-orm';
import { waitAfterNothingMs } from '../../domain/watch/found-nothing.ts';
import type { PublishedNews } from '../../domain/watch/triggers/timed-triggers.ts';
import type { LastTraining, RetrainDecision } from '../../domain/watch/decide-retrain.ts';
import type { Budgeted, TrainingAt } from '../../domain/watch/triggers/training-budget.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { parseOccasion } from '../../domain/record/occasion.ts';
import { trafficThrough, type TrainInput } from '../../domain/record/runs.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Database, type Db } from '../base/connect.ts';
import { performDecided } from '../people/perform-decided.ts';
import { openRun } from '../runs/runs.ts';
import { decision, model, rollout, run, window } from '../schema/index.ts';
import { noteEditionUses } from '../tags/subscriptions.ts';
import { unhelpfulTrainings, type UnhelpfulTrainings } from './unhelpful-trainings.ts';
import { countLabelled } from '../traffic/read/count-labelled.ts';
import { historyRowsOf } from '../models/snapshots.ts';
import { lastSeqsOf } from './windows.ts';

export type DecisionRow = typeof decision.$inferSelect;

export async function findDecision(db: Db, name: string, key: string): Promise<DecisionRow | null> {
  const [row] = await db
    .select()
    .from(decision)
    .where(and(eq(decision.model, name), eq(decision.key, key)));
  return row ?? null;
}

/** A training as a decision needs it: what it was started with. */
interface PastTraining {
  readonly runId: string;
  readonly trigger: string | null;
  readonly startedAtMs: number;
  readonly input: TrainInput;
}

const pastTrainingsMax = 200;

async function pastTrainings(db: Db, name: string): Promise<readonly PastTraining[]> {
  const rows = await db
    .select()
    .from(run)
    .where(and(eq(run.model, name), eq(run.kind, 'train'), ne(run.status, 'lost')))
    .orderBy(desc(run.startedAt))
    .limit(pastTrainingsMax);
  return rows.map((row) => ({
    runId: row.runId,
    trigger: row.trigger,
    startedAtMs: row.startedAt.getTime(),
    input: row.input as unknown as TrainInput,
  }));
}

export interface TrainingFacts {
  readonly lastTraining: LastTraining | null;
  readonly labelledRows: number;
  readonly budgeted: Budgeted;
  /** Labelled rows before the window whose decay a training was begun for; null where there was none. */
  readonly changedAtLabelledRows: number | null;
  readonly unhelpful: UnhelpfulTrainings;
  readonly isRunning: boolean;
}

/** What has been trained and what is under way, as of the end of a window (null: before the first). */
export async function trainingFacts(
  db: Db,
  name: string,
  asOf: {
    readonly window: number | null;
    readonly lastSeq: number;
    readonly nowMs: number;
    readonly isWindowEnd: boolean;
  },
): Promise<TrainingFacts> {
  const past = await pastTrainings(db, name);
  const seqs = await lastSeqsOf(
    db,
    name,
    past.flatMap((training) => trafficThrough(training.input) ?? []),
  );
  const seqOf = (training: PastTraining): number => {
    const through = trafficThrough(training.input);
    return through === null ? 0 : (seqs.get(through) ?? 0);
  };
  const historyRows = await historyRowsOf(db, name);
  const counted = (await hasRowsAtLast(db, name, past, asOf.nowMs)) ? [] : past;
  const last = counted[0];
  const decayed = decayedWindowOf(counted);
  const [labelledRows = 0, labelledThen = 0, labelledBefore = 0] = await countLabelled(db, name, [
    asOf.window,
    last === undefined ? null : trafficThrough(last.input),
    decayed === null ? null : decayed - 1,
  ]);
  const oldest = past.at(-1);
  const at = (training: PastTraining): TrainingAt => ({ atRows: seqOf(training), atMs: training.startedAtMs });
  return {
    lastTraining:
      last === undefined
        ? null
        : {
            atRows: seqOf(last),
            atMs: last.startedAtMs,
            labelledRows: historyRows + labelledThen,
            specRevision: last.input.specRevision,
          },
    labelledRows: historyRows + labelledRows,
    budgeted: {
      since: oldest === undefined ? { atRows: asOf.lastSeq, atMs: asOf.nowMs } : at(oldest),
      trainings: counted
        .filter(({ trigger }) => trigger !== 'person' && trigger !== 'first')
        .map(at)
        .toReversed(),
    },
    changedAtLabelledRows: decayed === null ? null : historyRows + labelledBefore,
    unhelpful: await unhelpfulTrainings(db, name, past),
    isRunning: await isUnderWay(db, name, asOf),
  };
}

/** The window whose decay the last training for it was begun for; null where there was none. */
function decayedWindowOf(past: readonly PastTraining[]): number | null {
  const last = past.find(({ trigger }) => trigger === 'decay');
  return last === undefined ? null : trafficThrough(last.input);
}

/**
 * True where the only trainings found a source that held nothing, and it holds rows now: those were no trainings. The
 * run of the last ingest says it. Where that has happened again and again, it takes some time to be true.
 */
async function hasRowsAtLast(db: Db, name: string, past: readonly PastTraining[], nowMs: number): Promise<boolean> {
  const last = past[0];
  if (last !== undefined && nowMs < last.startedAtMs + waitAfterNothingMs(past.length)) return false;
  const { rows } = await db.execute(sql`
    select 1 from trigger_look l where l.model = ${name} and l.lag_unread > 0
      and not exists (select from version v where v.model = l.model)
      and (select r.output ->> 'heldNothing' from run r where r.model = l.model and r.kind = 'ingest'
        order by r.started_at desc limit 1) = 'true'`);
  return rows.length > 0;
}

/**
 * For the decision of a window, a rollout that ended exactly at its end was under way during it: so the answer does not
 * depend on whether the rollout's last look or the window's verdict came first. A person or a new definition asks about
 * now. One that waits for a person is not under way: nobody knows for how long, and the loop must learn meanwhile.
 */
async function isUnderWay(
  db: Db,
  name: string,
  asOf: { readonly lastSeq: number; readonly isWindowEnd: boolean },
): Promise<boolean> {
  const trainings = await db
    .select({ runId: run.runId })
    .from(run)
    .where(and(eq(run.model, name), eq(run.kind, 'train'), eq(run.status, 'running')))
    .limit(1);
  if (trainings.length > 0) return true;
  const open = await db
    .select({ version: rollout.version })
    .from(rollout)
    .where(and(eq(rollout.model, name), eq(rollout.status, 'active')))
    .limit(1);
  if (open.length > 0) return true;
  if (!asOf.isWindowEnd || asOf.lastSeq === 0) return false;
  const justEnded = await db
    .select({ version: rollout.version })
    .from(rollout)
    .where(
      and(
        eq(rollout.model, name),
        sql`${rollout.startedSeq} < ${asOf.lastSeq}`,
        sql`${rollout.endedSeq} >= ${asOf.lastSeq}`,
      ),
    )
    .limit(1);
  return justEnded.length > 0;
}

export interface StoredDecision {
  readonly row: DecisionRow;
  readonly training: TrainInput | null;
}

/**
 * Stores a decision once per key and, with a yes, the run that it starts, in one transaction under the model's lock: a
 * retried decision finds its first answer and the same training number.
 */
export async function storeDecision(
  database: Pick<Database, 'db'>,
  given: {
    readonly model: string;
    readonly key: string;
    readonly window: number | null;
    readonly decided: RetrainDecision;
    /** Publications that a yes is also an answer to. */
    readonly news?: readonly PublishedNews[];
    readonly training: Omit<TrainInput, 'number' | 'runId' | 'trigger'>;
  },
): Promise<StoredDecision> {
  return atomically(database.db, async (tx) => {
    await tx.select({ name: model.name }).from(model).where(eq(model.name, given.model)).for('update');
    await markDecided(tx, given.model, given.key);
    await performDecided(tx, given);
    const existing = await findDecision(tx, given.model, given.key);
    if (existing !== null) return { row: existing, training: await trainingOf(tx, existing) };
    const training = given.decided.retrain ? await allocate(tx, given) : null;
    const row = {
      model: given.model,
      key: given.key,
      windowNumber: given.window,
      retrain: given.decided.retrain,
      trigger: given.decided.trigger,
      blockedBy: given.decided.blockedBy,
      reason: given.decided.reason,
      considered: given.decided.considered.map((considered) => ({ ...considered })),
      runId: training?.runId ?? null,
    };
    await tx.insert(decision).values(row);
    const { runId } = row;
    if (runId !== null)
      await noteEditionUses(tx, { model: given.model, decisionKey: given.key, runId }, given.news ?? []);
    await appendAudit(tx, {
      type: row.retrain ? 'perennial.retrain.decided' : 'perennial.retrain.declined',
      model: row.model,
      subject: { of: 'decision', model: row.model, key: row.key },
      actor: 'model',
      reason: row.reason,
      runId: row.runId,
      data: { key: row.key, window: row.windowNumber, trigger: row.trigger, blockedBy: row.blockedBy },
    });
    return { row: { ...row, createdAt: new Date() }, training };
  });
}

/** In the decision's transaction: whoever looks for undecided windows reads the marks and never the decisions. */
async function markDecided(tx: Db, name: string, key: string): Promise<void> {
  const occasion = parseOccasion(key);
  if (occasion?.of !== 'window') return;
  await tx
    .update(window)
    .set({ decidedAt: new Date() })
    .where(and(eq(window.model, name), eq(window.number, occasion.window), isNull(window.decidedAt)));
}

async function allocate(tx: Db, given: Parameters<typeof storeDecision>[1]): Promise<TrainInput> {
  const [counted] = await tx
    .update(model)
    .set({ trainCounter: sql`${model.trainCounter} + 1` })
    .where(eq(model.name, given.model))
    .returning({ number: model.trainCounter });
  const number = counted?.number ?? 0;
  const runId = workflowIds.train(given.model, number);
  const trigger = given.decided.trigger ?? 'unknown';
  const training: TrainInput = { ...given.training, number, runId, trigger };
  await openRun(tx, { runId, model: given.model, kind: 'train', trigger, input: training });
  return training;
}

async function trainingOf(db: Db, row: DecisionRow): Promise<TrainInput | null> {
  if (row.runId === null) return null;
  // One that has ended is not started again by a word that is repeated.
  const [found] = await db
    .select({ input: run.input })
    .from(run)
    .where(and(eq(run.runId, row.runId), eq(run.status, 'running')));
  return found === undefined ? null : (found.input as unknown as TrainInput);
}
