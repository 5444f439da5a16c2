import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, CommandReceipt, RolloutCommandKind } from '../../domain/record/messages.ts';
import type { CommandAnswer } from '../../contracts/http/answers.ts';
import type { Db } from '../../db/base/connect.ts';
import { delegatorsOf } from '../../db/people/delegations.ts';
import type { CommandRow } from '../../db/people/commands.ts';
import { aimCommand } from '../../db/people/command-effects.ts';
import { activeRollout, findRollout } from '../../db/routing/rollouts.ts';
import { readModel, readSpecRevision } from '../../db/models/specs.ts';
import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { defaultApproval } from '../../domain/spec/default-spec.ts';
import { askedStep } from '../../domain/rollout/rollout-plan.ts';
import { NotRunningError, PerennialError } from '../../domain/words/errors.ts';
import { workflowIds, type RolloutKey } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { noteApproval } from './note-approval.ts';

/** A rollout is written down with its version, and begins when the model's own workflow has read of it. */
const beginsWithinMs = 10_000;
const lookAgainMs = 200;

/** What `approve` and `abort` share: a person's word to the rollout that holds the model's slot. */
export async function decideRollout(
  context: CommandContext,
  input: CommandInput,
  kind: RolloutCommandKind,
): Promise<CommandAnswer> {
  return runCommand(context, input, {
    kind,
    permission: 'operate',
    body: {},
    perform: async (commandId, row) => {
      const { db } = context.database;
      await readModel(db, input.model);
      const { version, attempt } =
        (await aimCommand(db, commandId, () => aimOf(db, input.model, kind))) ?? noRollout(input.model, kind);
      const rollout = { model: input.model, version, attempt };
      const link = context.bus.uiUrl(workflowIds.rollout(rollout.model, version, attempt));
      if (row.failure !== null) throw new PerennialError('conflict', `${row.failure}.`.replace('..', '.'));
      if (kind === 'approve') await refuseOthers(db, rollout, row);
      // Heard by an earlier delivery: that rollout may be over, and another one must not hear of it.
      if (row.performedAt !== null) return { text: `v${version} has been decided`, link };
      const waiting = kind === 'approve' ? await noteApproval(context.database, rollout) : null;
      if (waiting !== null) return { text: `v${version}: ${waiting}`, link };
      const message = { commandId, actor: actorOf(context), reason: input.reason };
      const receipt = await deliverOnceBegun(context, { kind, model: input.model, rollout, message });
      return { text: receipt.text, link };
    },
  });
}

/** Without it, who decides the moment that `status` shows a rollout is told that nothing runs. */
async function deliverOnceBegun(
  { bus, database }: CommandContext,
  command: Extract<Command, { readonly kind: RolloutCommandKind }>,
): Promise<CommandReceipt> {
  const deadlineMs = performance.now() + beginsWithinMs;
  for (;;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- each try follows the last
      return await bus.deliver(command);
    } catch (error) {
      if (!(error instanceof NotRunningError) || performance.now() > deadlineMs) throw error;
      // oxlint-disable-next-line no-await-in-loop -- as above
      const open = await openRollout(database.db, command.model);
      const { version, attempt } = command.rollout;
      if (open?.version !== version || open.attempt !== attempt) throw error;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(lookAgainMs);
    }
  }
}

async function openRollout(db: Db, model: string): Promise<{ version: number; attempt: number } | null> {
  const open = await activeRollout(db, model);
  return open === null ? null : { version: open.version, attempt: open.attempt };
}

/** An approval speaks of the step that is asked for then, and of no later one. */
async function aimOf(
  db: Db,
  model: string,
  kind: RolloutCommandKind,
): Promise<{ version: number; attempt: number; step?: number } | null> {
  const open = await activeRollout(db, model);
  if (open === null) return null;
  const { version, attempt } = open;
  if (kind !== 'approve') return { version, attempt };
  const { spec } = await readSpecRevision(db, model, open.specRevision);
  const step = askedStep(open, spec.rollout);
  return { version, attempt, ...(step === null ? {} : { step }) };
}

/** By the plan that the rollout began with: a definition that changes meanwhile changes nothing of who is asked. */
async function refuseOthers(db: Db, key: RolloutKey, { commandId, actor: name }: CommandRow): Promise<void> {
  const found = await findRollout(db, key);
  if (found === null) return;
  const { approval = defaultApproval } = (await readSpecRevision(db, key.model, found.specRevision)).spec.rollout;
  const delegators = await delegatorsOf(db, commandId);
  const refusal = refusalOfApprover(key.model, approval, { name, delegators });
  if (refusal !== null)
    throw new PerennialError('forbidden', refusal, {
      hint: `Ask one of them, or take it out with \`perennial abort ${key.model}\`, which needs no approval.`,
    });
}

function noRollout(model: string, kind: RolloutCommandKind): never {
  throw new PerennialError('conflict', `No rollout of "${model}" is under way: there is nothing to ${kind}.`);
}
