import { labelPlanOf } from '../../src/domain/watch/mature-through.ts';
import type { GuardInput } from '../../src/domain/record/runs.ts';
import { createSealedLog } from '../../src/data/sealed/read-sealed.ts';
import { putEvidence } from '../../src/db/runs/evidence.ts';
import { readRouting } from '../../src/db/routing/routing.ts';
import { closeRun } from '../../src/db/runs/runs.ts';
import { readSpecRevision } from '../../src/db/models/specs.ts';
import { recentScoredRows } from '../../src/db/traffic/read/labelled-rows.ts';
import { readMaturity } from '../../src/db/traffic/mature/read-maturity.ts';
import { findRollout } from '../../src/db/routing/rollouts.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { lastClosedWindow } from '../../src/db/watching/windows.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import type { PromotionVerdict } from '../../src/domain/rollout/judge-promotion.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import { compareWithPredecessor } from './compare-with-predecessor.ts';
import { guardDefault } from './plan-guard.ts';

/** It looks at every window from the declared labels on, until this many times as many are in. */
const looksTimes = 4;

export interface GuardLook {
  /** `undecided`: labels enough, and neither proven. `not-comparable`: the predecessor cannot answer these requests. */
  readonly verdict: 'wait' | 'fine' | 'worse' | 'superseded' | 'undecided' | 'not-comparable';
  readonly text: string;
  readonly evidenceId: number | null;
}

export function guardLookActivities(deps: ActivityDependencies) {
  const { db } = deps.database;
  /**
   * The window through which a guard was last undecided: until the next one closes there is nothing new to score. Lost
   * with its process, which costs one look.
   */
  const undecidedThrough = new Map<string, number>();

  /** Re-scores the champion's labelled requests with its predecessor and compares the two on the same rows. */
  async function guardLook(input: GuardInput): Promise<GuardLook> {
    const champion = (await readRouting(db, input.model))?.champion?.version;
    if (champion !== input.version)
      return end(input, { verdict: 'superseded', text: 'another version is champion', evidenceId: null });
    const afterSeq = input.afterSeq ?? (await promotedAt(input));
    const version = await findVersion(db, input.model, input.version);
    const predecessor = await findVersion(db, input.model, input.predecessor);
    if (version === null || predecessor === null || afterSeq === null)
      return end(input, { verdict: 'superseded', text: 'a version is gone', evidenceId: null });
    const { spec } = await readSpecRevision(db, input.model, version.specRevision);
    const wanted = (spec.rollout.guard ?? guardDefault).labelledRows;
    const through = await lastClosedWindow(db, input.model);
    const guardId = guardIdOf(input);
    if (through !== null && undecidedThrough.get(guardId) === through.number)
      return { verdict: 'wait', text: 'no window has closed since the last look', evidenceId: null };
    if (through === null) return { verdict: 'wait', text: 'no window has closed', evidenceId: null };
    const rowsMax = wanted * looksTimes;
    const known = { throughSeq: through.lastSeq, throughWindow: through.number };
    const maturity = await readMaturity(db, input.model, labelPlanOf(spec), known);
    const range = {
      version: input.version,
      throughWindow: through.number,
      matureSeq: maturity.throughSeq,
      afterSeq,
      rowsMax,
    };
    const recent = await recentScoredRows(db, input.model, range, createSealedLog(deps.store));
    const rows = recent.filter((row) => row.version === input.version);
    if (rows.length < wanted) {
      const text = `${rows.length} of ${wanted} mature labelled rows. ${maturity.text}`;
      return { verdict: 'wait', text, evidenceId: null };
    }
    const judged = await compareWithPredecessor(deps, spec, rows, version, predecessor, wanted);
    if (judged === null) {
      const text = `v${input.predecessor} cannot answer the requests of v${input.version}: they are not compared`;
      return end(input, { verdict: 'not-comparable', text, evidenceId: null });
    }
    // Of all that were read: some may be answers of a later challenger, and then these would never be as many.
    if (judged.verdict === 'undecided' && recent.length < rowsMax) {
      undecidedThrough.set(guardId, through.number);
      return { verdict: 'wait', text: judged.text, evidenceId: null };
    }
    const verdict = guardVerdictOf(judged.verdict);
    const evidence = await putEvidence(db, {
      model: input.model,
      kind: 'guard',
      subject:
        input.moved === undefined ? { of: 'version', version: input.version } : { of: 'run', runId: guardIdOf(input) },
      verdict,
      body: { ...judged, maturity, predecessor: input.predecessor, throughWindow: through.number },
    });
    return end(input, { verdict, text: judged.text, evidenceId: evidence.evidenceId });
  }

  /** Where its rollout ended, for a guard that was planned before this was told to it. */
  async function promotedAt({ model, version }: GuardInput): Promise<number | null> {
    const promoted = await findRollout(db, { model, version, attempt: 1 });
    return promoted === null ? null : (promoted.endedSeq ?? 0);
  }

  async function end(input: GuardInput, look: GuardLook): Promise<GuardLook> {
    const guardId = guardIdOf(input);
    undecidedThrough.delete(guardId);
    await closeRun(db, guardId, {
      status: 'completed',
      detail: `${look.verdict}: ${look.text}`,
      output: { verdict: look.verdict },
    });
    return look;
  }

  return { guardLook };
}

function guardIdOf({ model, version, moved }: GuardInput): string {
  return workflowIds.guard(model, version, moved);
}

function guardVerdictOf(verdict: PromotionVerdict): 'fine' | 'worse' | 'undecided' {
  if (verdict === 'worse') return 'worse';
  return verdict === 'better' || verdict === 'not-worse' ? 'fine' : 'undecided';
}
