import { answeredAfter } from '../db/traffic/read/count-rows.ts';
import { acknowledgedAt, type LoopFacts } from '../db/watching/loop-facts.ts';
import type { RolloutRow } from '../db/routing/rollouts.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { grouped } from './acts.ts';
import type { Play } from './play.ts';

/** The evidence that took a challenger out, if it was a look that did. */
export interface StopEvidence {
  readonly stoppedBy: string | null;
  readonly eValue: number;
  readonly boundary: number;
  readonly championFailures: number;
  readonly challengerFailures: number;
  readonly atMs: number;
  readonly challengerRows: number;
  /** Position of the traffic up to which it looked. */
  readonly throughSeq: number;
}

export function stopEvidenceOf(facts: LoopFacts, rollout: RolloutRow): StopEvidence | null {
  const look = facts.looks.find(
    ({ evidenceId, kind, verdict }) => evidenceId === rollout.evidenceId && kind === 'look' && verdict === 'stop',
  );
  if (look === undefined) return null;
  const body = look.body as Omit<StopEvidence, 'atMs' | 'challengerRows'> & {
    readonly exposure: { readonly challengerRows: number };
  };
  const { stoppedBy, eValue, boundary, championFailures, challengerFailures, throughSeq, exposure } = body;
  return {
    throughSeq,
    stoppedBy,
    eValue,
    boundary,
    championFailures,
    challengerFailures,
    challengerRows: exposure.challengerRows,
    atMs: look.createdAt.getTime(),
  };
}

/**
 * A challenger was taken out: by which evidence, after how many rows, and how fast nobody was answered by it any more.
 */
export async function tellEnd({ stage, acts, spec }: Play, facts: LoopFacts, rollout: RolloutRow): Promise<void> {
  const { db } = stage.stack.database;
  const workflowId = workflowIds.rollout(spec.name, rollout.version, rollout.attempt);
  const key = `end/${rollout.version}`;
  const stop = stopEvidenceOf(facts, rollout);
  if (stop === null) {
    acts.tell(
      key,
      'rolled back',
      `v${rollout.version}: ${rollout.reason ?? 'without a reason'}`,
      { version: rollout.version, reason: rollout.reason },
      workflowId,
      rollout.endedAt?.getTime(),
    );
    return;
  }
  const revision = (rollout.lastRevision ?? 0) + 1;
  const reached = await acknowledgedAt(db, spec.name, revision);
  const toZeroMs = Math.max(0, (reached?.getTime() ?? rollout.endedAt?.getTime() ?? stop.atMs) - stop.atMs);
  const rows = stop.throughSeq - rollout.startedSeq;
  const later = await answeredAfter(db, spec.name, rollout.version, stop.throughSeq);
  const text =
    `v${rollout.version} is thrown back: e-value ${grouped(stop.eValue)} (stops at ${grouped(stop.boundary)}), first ` +
    `failures ${stop.challengerFailures} against the champion's ${stop.championFailures}; ` +
    `${grouped(rows)} rows until stopped, ${grouped(stop.challengerRows)} of them answered by it, 0 % after ` +
    `${Math.round(toZeroMs)} ms, ${later} rows answered since`;
  acts.tell(
    key,
    'thrown back',
    text,
    {
      version: rollout.version,
      eValue: Number(stop.eValue.toPrecision(4)),
      boundary: stop.boundary,
      challengerFailures: stop.challengerFailures,
      championFailures: stop.championFailures,
      rowsUntilStopped: rows,
      challengerRows: stop.challengerRows,
      toZeroMs: Math.round(toZeroMs),
      rowsAnsweredSince: later,
    },
    workflowId,
    rollout.endedAt?.getTime(),
  );
}
