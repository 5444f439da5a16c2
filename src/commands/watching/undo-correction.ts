import type { CommandAnswer } from '../../contracts/http/answers.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { readModel } from '../../db/models/specs.ts';
import { performOnce } from '../../db/people/command-effects.ts';
import { correctionBefore, correctionsNamed } from '../../db/routing/correction-past.ts';
import { lockRouting, writeRouting } from '../../db/routing/routing.ts';
import { putEvidence } from '../../db/runs/evidence.ts';
import { identityCorrection } from '../../domain/rollout/correction.ts';
import type { RoutedVersion, RoutingEntry } from '../../domain/rollout/routing.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { waitUntilServed } from '../base/wait-until-served.ts';
import { refuseWithoutReason } from '../control/freeze.ts';

export interface UndoCorrectionInput extends CommandInput {
  /** A digest or the beginning of one, or `identity`; null: the correction before the one that answers. */
  readonly to: string | null;
  /** The version that must be champion; null: whichever is. */
  readonly version: number | null;
  /** Says what would be done, and does nothing. */
  readonly isDryRun: boolean;
}

/** From which correction of which version to which. */
interface Undone {
  readonly version: number;
  readonly from: string;
  readonly to: string;
}

/**
 * Puts an earlier correction of the champion back and holds it there: the watch goes on judging, and changes nothing
 * until `resumeCorrection`. Throws `conflict` without a champion, for another champion than the one that was meant,
 * where nothing was ever corrected, or where a held one is to be undone without a name; `not_found` for a digest that
 * is none of its corrections.
 */
export async function undoCorrection(context: CommandContext, input: UndoCorrectionInput): Promise<CommandAnswer> {
  refuseWithoutReason(input.reason, 'undo of a correction');
  const { model, to, version, isDryRun } = input;
  return runCommand(context, input, {
    kind: 'undo-correction',
    permission: 'operate',
    body: { to, version, isDryRun },
    perform: async (commandId) => {
      await readModel(context.database.db, model);
      const done = await withTransaction(context.database, (tx) =>
        performOnce(tx, { commandId, model }, () => undoNow(tx, context, input, commandId)),
      );
      if (done === null) return { text: 'nothing came of it', link: null };
      const { from } = done;
      const what = `v${done.version} ${isDryRun ? 'would answer' : 'answers'} ${sayCorrection(done.to)} in place of `;
      if (isDryRun) return { text: `${what}${short(from)}, held until a resume; nothing was changed`, link: null };
      const served = await waitUntilServed(context, model, done.version);
      const held = `held until \`perennial correction resume ${model}\``;
      return { text: `${what}${short(from)}, ${held}; v${done.version} ${served}`, link: null };
    },
  });
}

async function undoNow(
  tx: Db,
  context: CommandContext,
  input: UndoCorrectionInput,
  commandId: string,
): Promise<Undone & Record<string, unknown>> {
  const { model, reason } = input;
  // Behind whoever is changing the routing: the watch that locks it next sees the hold.
  const entry = await lockRouting(tx, model);
  const champion = championOf(entry, input);
  const undone = { version: champion.version, from: champion.correction, to: await aimedAt(tx, champion, input) };
  if (input.isDryRun) return undone;
  const actor = actorOf(context);
  const revision = await writeRouting(
    tx,
    { ...entry, champion: { ...champion, correction: undone.to, isCorrectionHeld: true } },
    'keep',
  );
  const { version, from, to } = undone;
  const { evidenceId } = await putEvidence(tx, {
    model,
    kind: 'correction',
    subject: { of: 'correction-word', commandId, version },
    verdict: 'undone',
    body: { digest: to, before: from, by: actor, text: reason },
  });
  const said = {
    model,
    subject: { of: 'version', model, version },
    actor,
    tokenId: context.principal.tokenId,
    reason,
    evidenceId,
    data: { version, digest: to, revision },
  } as const;
  if (from !== to) await appendAudit(tx, { type: 'perennial.correction.changed', ...said });
  await appendAudit(tx, { type: 'perennial.correction.held', ...said });
  return undone;
}

function championOf({ model, champion }: RoutingEntry, { version }: UndoCorrectionInput): RoutedVersion {
  if (champion === null)
    throw new PerennialError('conflict', `No version of "${model}" answers: there is no correction to undo.`, {
      path: 'model',
      hint: 'See `perennial status`.',
    });
  if (version !== null && version !== champion.version)
    throw new PerennialError('conflict', `v${champion.version} of "${model}" is champion, not v${version}.`, {
      path: 'version',
      hint: 'Only the correction of the champion can be undone.',
    });
  return champion;
}

async function aimedAt(tx: Db, champion: RoutedVersion, { model, to }: UndoCorrectionInput): Promise<string> {
  const of = { model, version: champion.version };
  if (to !== null) return namedBy(await correctionsNamed(tx, of, to), of, to);
  if (champion.isCorrectionHeld === true)
    throw new PerennialError('conflict', `The correction of v${of.version} of "${model}" is held already.`, {
      path: 'to',
      hint: `Name another one with \`--to\`, or let go with \`perennial correction resume ${model}\`.`,
    });
  const before = await correctionBefore(tx, of, champion.correction);
  if (before !== null) return before;
  // What a version began with has nothing before it but the model itself.
  if (champion.correction !== identityCorrection) return identityCorrection;
  throw new PerennialError('conflict', `v${of.version} of "${model}" has answered uncorrected all along.`, {
    path: 'model',
    hint: 'Hold it so with `--to identity`.',
  });
}

function namedBy(found: readonly string[], of: { model: string; version: number }, to: string): string {
  const [one, other] = found;
  if (one === undefined)
    throw new PerennialError('not_found', `v${of.version} of "${of.model}" has had no correction "${to}".`, {
      path: 'to',
      hint: `See \`perennial correction list ${of.model} --version ${of.version}\`.`,
    });
  if (other !== undefined)
    throw new PerennialError('invalid_request', `More than one correction of v${of.version} begins with "${to}".`, {
      path: 'to',
      hint: 'Give more of its digest.',
    });
  return one;
}

function sayCorrection(digest: string): string {
  return digest === identityCorrection ? 'uncorrected (identity)' : `with correction ${short(digest)}`;
}

function short(digest: string): string {
  return digest.slice(0, 16);
}
