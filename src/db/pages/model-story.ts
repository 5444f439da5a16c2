import { and, desc, eq, sql } from 'drizzle-orm';
import type { Db } from '../base/connect.ts';
import { aliasMove, decision, evidence } from '../schema/index.ts';

export interface MoveLine {
  readonly fromVersion: number | null;
  readonly toVersion: number | null;
  readonly actor: string;
  readonly why: string;
  readonly movedAt: Date;
  readonly evidence: {
    readonly id: number;
    readonly kind: string;
    readonly verdict: string;
    readonly subject: string;
  } | null;
}

const movesMax = 50;

/** Who was champion when, latest first, each with what the move rests on. */
export async function championMoves(db: Db, model: string): Promise<readonly MoveLine[]> {
  // The latest first, then what they rest on: joined the other way round, the evidence of all models would be read.
  const latest = db
    .select()
    .from(aliasMove)
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion')))
    .orderBy(desc(aliasMove.movedAt), desc(aliasMove.moveId))
    .limit(movesMax)
    .as('latest');
  const rows = await db
    .select({
      fromVersion: latest.fromVersion,
      toVersion: latest.toVersion,
      actor: latest.actor,
      why: latest.why,
      movedAt: latest.movedAt,
      id: evidence.evidenceId,
      kind: evidence.kind,
      verdict: evidence.verdict,
      subject: evidence.subject,
    })
    .from(latest)
    .leftJoin(evidence, eq(evidence.evidenceId, latest.evidenceId))
    .orderBy(desc(latest.movedAt), desc(latest.moveId));
  return rows.map(({ id, kind, verdict, subject, ...move }) => ({
    ...move,
    evidence:
      id === null || kind === null || verdict === null || subject === null ? null : { id, kind, verdict, subject },
  }));
}

export type DecisionLine = Pick<
  typeof decision.$inferSelect,
  'key' | 'windowNumber' | 'retrain' | 'trigger' | 'blockedBy' | 'reason' | 'considered' | 'runId' | 'createdAt'
>;

/** Decisions looked at for one page; folded, they are a screen. */
export const decisionsMax = 200;

/** Every "retrains because …" and "did not retrain because …", latest first. */
export async function decisionLines(db: Db, model: string): Promise<readonly DecisionLine[]> {
  return db
    .select({
      key: decision.key,
      windowNumber: decision.windowNumber,
      retrain: decision.retrain,
      trigger: decision.trigger,
      blockedBy: decision.blockedBy,
      reason: decision.reason,
      considered: decision.considered,
      runId: decision.runId,
      createdAt: decision.createdAt,
    })
    .from(decision)
    .where(eq(decision.model, model))
    .orderBy(desc(decision.createdAt), sql`${decision.windowNumber} desc nulls last`)
    .limit(decisionsMax);
}
