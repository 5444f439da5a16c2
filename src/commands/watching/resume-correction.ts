import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { lockRouting, writeRouting } from '../../db/routing/routing.ts';
import { putEvidence } from '../../db/runs/evidence.ts';
import type { RoutedVersion } from '../../domain/rollout/routing.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { refuseWithoutReason } from '../control/freeze.ts';

export interface ResumeCorrectionInput extends CommandInput {
  /** The version whose correction is held; null: whichever is. */
  readonly version: number | null;
}

/** The watch may change the correction again, from the next window on. Throws `conflict` where none is held. */
export async function resumeCorrection(context: CommandContext, input: ResumeCorrectionInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'resume of a correction');
  return runCommand(context, input, {
    kind: 'resume-correction',
    permission: 'operate',
    body: { version: input.version },
    perform: async (commandId) => {
      await readModel(context.database.db, input.model);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model: input.model }, () => resumeNow(tx, context, input, commandId)),
      );
      const which = done === null ? '' : ` of v${done.version}`;
      return { text: `the watch corrects the answers${which} again, from the next window on`, link: null };
    },
  });
}

async function resumeNow(
  tx: Db,
  context: CommandContext,
  { model, version: asked, reason }: ResumeCorrectionInput,
  commandId: string,
) {
  const entry = await lockRouting(tx, model);
  const isMeant = (routed: RoutedVersion | null): routed is RoutedVersion =>
    routed?.isCorrectionHeld === true && (asked ?? routed.version) === routed.version;
  const held = [entry.champion, entry.challenger].find(isMeant);
  if (held === undefined)
    throw new PerennialError(
      'conflict',
      `Nobody holds a correction of ${asked === null ? '' : `v${asked} of `}"${model}".`,
      {
        path: 'model',
        hint: `See \`perennial correction list ${model}\`.`,
      },
    );
  const actor = actorOf(context);
  const { version, correction: digest } = held;
  const letGo = (routed: RoutedVersion | null) => (routed === null || !isMeant(routed) ? routed : withoutHold(routed));
  const next = { ...entry, champion: letGo(entry.champion), challenger: letGo(entry.challenger) };
  const revision = await writeRouting(tx, next, 'keep');
  const { evidenceId } = await putEvidence(tx, {
    model,
    kind: 'correction',
    subject: { of: 'correction-word', commandId, version },
    verdict: 'resumed',
    body: { digest, before: digest, by: actor, text: reason },
  });
  await appendAudit(tx, {
    type: 'perennial.correction.resumed',
    model,
    subject: { of: 'version', model, version },
    actor,
    tokenId: context.principal.tokenId,
    reason,
    evidenceId,
    data: { version, digest, revision },
  });
  return { version };
}

function withoutHold(routed: RoutedVersion): RoutedVersion {
  const { isCorrectionHeld: _, ...rest } = routed;
  return rest;
}
