import type { RunOutcome } from '../../src/domain/record/runs.ts';
import { parseRunId } from '../../src/domain/words/run-id.ts';
import { activeRollout, findRollout } from '../../src/db/routing/rollouts.ts';
import { findRun } from '../../src/db/runs/runs.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function readOutcomeActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** What became of a run, as far as its model has to act upon it. */
  async function readOutcome(input: { readonly model: string; readonly runId: string }): Promise<RunOutcome> {
    const run = await findRun(db, input.runId);
    if (run === null) return { state: 'over' };
    if (run.status === 'running') return { state: 'running' };
    if (run.kind === 'train') {
      const version = run.output?.['version'];
      const opened = await activeRollout(db, input.model);
      return opened !== null && opened.status === 'active' && opened.version === version
        ? { state: 'version-ready', version, attempt: opened.attempt }
        : { state: 'over' };
    }
    const key = parseRunId(input.runId);
    if (key?.kind !== 'rollout') return { state: 'over' };
    const row = await findRollout(db, key);
    return row?.status === 'promoted'
      ? { state: 'promoted', rollout: { model: key.model, version: key.version, attempt: key.attempt } }
      : { state: 'over' };
  }

  return { readOutcome };
}
