import type { EntityFacts } from '../../src/domain/record/runs.ts';
import { isTrainable } from '../../src/domain/spec/trainer-spec.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { readModel, readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { unperformedCommands } from '../../src/db/people/unperformed-commands.ts';
import { activeRollout } from '../../src/db/routing/rollouts.ts';
import { findRun, runningRuns } from '../../src/db/runs/runs.ts';
import { frozenDecisions } from '../../src/db/watching/frozen-decisions.ts';
import { undecidedWindows } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';

export function readEntityFactsActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Reads from Postgres what is under way, what has ended unseen and what is undecided, whatever signals came. */
  async function readEntityFacts(input: {
    readonly model: string;
    readonly awaited: readonly string[];
  }): Promise<EntityFacts> {
    const row = await readModel(db, input.model);
    const running = (await runningRuns(db, input.model, ['train', 'rollout'])).map((run) => run.runId);
    const ended = input.awaited.filter((runId) => !running.includes(runId));
    const unstarted = await unstartedRollout(input.model);
    return {
      pausedBy: row.pausedBy,
      running: unstarted === null ? running : [...running, unstarted],
      ended: unstarted === null ? ended : [...ended, unstarted],
      unperformed: await unperformedCommands(db, input.model),
      undecidedWindows: [
        ...(await undecidedWindows(db, input.model)),
        ...(await frozenDecisions(db, input.model, 1)).map(({ window }) => window),
      ],
      neverTrained:
        row.trainCounter === 0 && isTrainable((await readSpecRevision(db, input.model, row.specRevision)).spec.trainer),
      specRevision: row.specRevision,
    };
  }

  /**
   * A version whose rollout was opened in Postgres but whose workflow nobody started: the signal in between was lost.
   */
  async function unstartedRollout(name: string): Promise<string | null> {
    const open = await activeRollout(db, name);
    if (open === null) return null;
    const started = await findRun(db, workflowIds.rollout(name, open.version, open.attempt));
    if (started !== null) return null;
    return (await findVersion(db, name, open.version))?.runId ?? null;
  }

  return { readEntityFacts };
}
