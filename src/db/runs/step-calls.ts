import { and, asc, eq, sql } from 'drizzle-orm';
import { stepsPrefix, formatOccasion, type Occasion } from '../../domain/record/occasion.ts';
import { stepCallVerdicts, type StepCallVerdict } from '../../domain/record/user-steps/messages.ts';
import {
  stepFailureActions,
  stepPoints,
  type StepFailureAction,
  type StepPoint,
} from '../../domain/spec/closed-sets.ts';
import { appendAudit } from '../audit/audit.ts';
import { atomically, type Db } from '../base/connect.ts';
import { evidence } from '../schema/index.ts';

/** One call of a user step, as its run keeps it: evidence of the kind `user-step`. */
export interface StepCall {
  readonly point: StepPoint;
  readonly name: string;
  readonly verdict: StepCallVerdict;
  /** What it said, or why it said nothing. */
  readonly text: string;
  readonly queue: string;
  readonly onFailure: StepFailureAction;
  readonly metrics: Readonly<Record<string, number>>;
  /** How often it was begun; 0 where no worker took it, null where Temporal could not say. */
  readonly attempts: number | null;
  /** Who did it last, as its worker calls itself; null as above. */
  readonly worker: string | null;
  readonly askedAt: string;
  /** From the asking to its end, with the wait for a worker. */
  readonly tookMs: number;
}

export interface StoredStepCall extends StepCall {
  readonly runId: string;
  readonly evidenceId: number;
}

interface Asked {
  readonly model: string;
  readonly runId: string;
  /** Of the workflow: a run that was started again asks again, and its answer takes the place of the one before. */
  readonly execution: string;
}

/** Keeps a call with its row of the audit. Told twice by one execution, the first answer stays. */
export async function putStepCall(db: Db, asked: Asked, call: StepCall): Promise<StoredStepCall> {
  const { model, runId, execution } = asked;
  const occasion: Occasion = { of: 'step', runId, point: call.point, name: call.name };
  const subject = formatOccasion(occasion);
  return atomically(db, async (tx) => {
    const row = { verdict: call.verdict, body: { ...call, execution } };
    const [written] = await tx
      .insert(evidence)
      .values({ model, kind: 'user-step', subject, ...row })
      .onConflictDoUpdate({
        target: [evidence.model, evidence.kind, evidence.subject],
        set: { ...row, createdAt: sql`now()` },
        setWhere: sql`${evidence.body} ->> 'execution' is distinct from ${execution}`,
      })
      .returning(columns);
    if (written === undefined) {
      const [before] = await tx
        .select(columns)
        .from(evidence)
        .where(and(eq(evidence.model, model), eq(evidence.kind, 'user-step'), eq(evidence.subject, subject)));
      if (before === undefined) throw new Error(`the call ${subject} of ${model} was not stored`);
      return storedOf(before, runId);
    }
    const { point, name, verdict, text, onFailure, queue, attempts, tookMs } = call;
    await appendAudit(tx, {
      type: verdict === 'pass' ? 'perennial.step.passed' : 'perennial.step.failed',
      model,
      subject: { of: 'run', runId },
      actor: `step ${name}`,
      reason: text === '' ? verdict : text,
      runId,
      evidenceId: written.evidenceId,
      data: { point, step: name, verdict, queue, attempts, tookMs, ...(verdict === 'pass' ? {} : { onFailure }) },
    });
    return storedOf(written, runId);
  });
}

/** The calls of a run, in the order in which they were asked; at most as many as a definition may have. */
export async function stepCallsOf(db: Db, model: string, runId: string): Promise<readonly StoredStepCall[]> {
  const prefix = stepsPrefix(runId);
  const rows = await db
    .select(columns)
    .from(evidence)
    .where(
      and(
        eq(evidence.model, model),
        eq(evidence.kind, 'user-step'),
        // By the pattern index, whatever the collation of the database.
        sql`${evidence.subject} ~>=~ ${prefix} and ${evidence.subject} ~<~ ${`${prefix.slice(0, -1)}0`}`,
      ),
    )
    .orderBy(asc(evidence.createdAt), asc(evidence.evidenceId))
    .limit(100);
  return rows.map((row) => storedOf(row, runId));
}

const columns = {
  evidenceId: evidence.evidenceId,
  subject: evidence.subject,
  verdict: evidence.verdict,
  body: evidence.body,
  createdAt: evidence.createdAt,
};

interface Row {
  readonly evidenceId: number;
  readonly subject: string;
  readonly verdict: string;
  readonly body: Record<string, unknown>;
  readonly createdAt: Date;
}

/** Of a body whose numbers have gone by their age, point, name, verdict and sentence are left. */
function storedOf({ evidenceId, subject, verdict, body, createdAt }: Row, runId: string): StoredStepCall {
  const [point, name = ''] = subject.slice(stepsPrefix(runId).length).split('/');
  const { metrics } = body;
  return {
    runId,
    evidenceId,
    point: stepPoints.find((one) => one === point) ?? 'afterIngest',
    name,
    verdict: stepCallVerdicts.find((one) => one === verdict) ?? 'none',
    text: textOf(body['text']) ?? '',
    queue: textOf(body['queue']) ?? '',
    onFailure: stepFailureActions.find((one) => one === body['onFailure']) ?? 'stop',
    metrics: isNumbers(metrics) ? metrics : {},
    attempts: numberOf(body['attempts']),
    worker: textOf(body['worker']),
    askedAt: textOf(body['askedAt']) ?? createdAt.toISOString(),
    tookMs: numberOf(body['tookMs']) ?? 0,
  };
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((number) => typeof number === 'number')
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
