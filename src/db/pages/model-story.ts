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
  const rows = await db
    .select({
      fromVersion: aliasMove.fromVersion,
      toVersion: aliasMove.toVersion,
      actor: aliasMove.actor,
      why: aliasMove.why,
      movedAt: aliasMove.movedAt,
      id: evidence.evidenceId,
      kind: evidence.kind,
      verdict: evidence.verdict,
      subject: evidence.subject,
    })
    .from(aliasMove)
    .leftJoin(evidence, eq(evidence.evidenceId, aliasMove.evidenceId))
    .where(and(eq(aliasMove.model, model), eq(aliasMove.alias, 'champion')))
    .orderBy(desc(aliasMove.movedAt), desc(aliasMove.moveId))
    .limit(movesMax);
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
