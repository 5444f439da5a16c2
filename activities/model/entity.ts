import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { CommandMessage } from '../../src/domain/record/messages.ts';
import type { EntityFacts, RunOutcome } from '../../src/domain/record/runs.ts';
import { workflowIds } from '../../src/domain/words/ids.ts';
import { parseRunId } from '../../src/domain/words/run-id.ts';
import { appendAudit } from '../../src/db/audit/audit.ts';
import { withTransaction } from '../../src/db/base/connect.ts';
import { findCommand } from '../../src/db/people/commands.ts';
import { frozenDecisions } from '../../src/db/watching/frozen-decisions.ts';
import { activeRollout, findRollout } from '../../src/db/routing/rollouts.ts';
import { findRun, runningRuns } from '../../src/db/runs/runs.ts';
import { model } from '../../src/db/schema/index.ts';
import { isTrainable } from '../../src/domain/spec/trainer-spec.ts';
import { readModel, readSpecRevision } from '../../src/db/models/specs.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { undecidedWindows } from '../../src/db/watching/windows.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** What the long-lived entity of a model asks of Postgres. */
export function entityActivities({ database }: ActivityDependencies) {
  const { db } = database;

  /** Level-triggered view: what is under way, what has ended unseen, what is undecided. */
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

  async function readOutcome(input: { readonly model: string; readonly runId: string }): Promise<RunOutcome> {
    const run = await findRun(db, input.runId);
    if (run === null) return { state: 'over' };
    if (run.status === 'running') return { state: 'running' };
    if (run.kind === 'train') {
      const version = run.output?.['version'];
      const opened =
        typeof version === 'number' ? await findRollout(db, { model: input.model, version, attempt: 1 }) : null;
      return opened !== null && opened.status === 'active'
        ? { state: 'version-ready', version: opened.version }
        : { state: 'over' };
    }
    const key = parseRunId(input.runId);
    if (key?.kind !== 'rollout') return { state: 'over' };
    const row = await findRollout(db, key);
    return row?.status === 'promoted'
      ? { state: 'promoted', rollout: { model: key.model, version: key.version, attempt: key.attempt } }
      : { state: 'over' };
  }

  async function setPaused(input: {
    readonly model: string;
    readonly paused: boolean;
    readonly message: CommandMessage;
  }): Promise<void> {
    const { message } = input;
    if (!input.paused && !(await verifyCommand({ model: input.model, kind: 'resume', commandId: message.commandId })))
      return;
    const by = message.commandId === null ? `unauthenticated, through Temporal (${message.actor})` : message.actor;
    await withTransaction(database, async (tx) => {
      // A retried activity finds the state that it made: no second row in the audit.
      const state = input.paused
        ? { pausedBy: by, pausedReason: message.reason }
        : { pausedBy: null, pausedReason: null };
      const changes = input.paused
        ? sql`(${model.pausedBy} is distinct from ${by} or ${model.pausedReason} is distinct from ${message.reason})`
        : isNotNull(model.pausedBy);
      const changed = await tx
        .update(model)
        .set(state)
        .where(and(eq(model.name, input.model), changes))
        .returning({ name: model.name });
      if (changed.length === 0) return;
      const type = input.paused ? 'perennial.model.paused' : 'perennial.model.resumed';
      await appendAudit(tx, {
        type,
        model: input.model,
        subject: { of: 'model', model: input.model },
        actor: by,
        reason: message.reason,
        runId: workflowIds.model(input.model),
        data: { commandId: message.commandId },
      });
    });
  }

  /** An Update carries a command id; only the row behind it says that somebody was allowed to. */
  async function verifyCommand(input: {
    readonly model: string;
    readonly kind: string;
    readonly commandId: string | null;
  }): Promise<boolean> {
    if (input.commandId === null || !/^[0-9a-f-]{36}$/i.test(input.commandId)) return false;
    const row = await findCommand(db, input.commandId);
    return row !== null && row.model === input.model && row.kind === input.kind;
  }

  return { readEntityFacts, readOutcome, setPaused, verifyCommand };
}
