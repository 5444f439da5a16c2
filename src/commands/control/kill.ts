import type { KillAnswer } from '../../contracts/http/command-requests.ts';
import { appendAudit } from '../../db/audit/audit.ts';
import { lastApprovedVersion } from '../../db/routing/approved-version.ts';
import { withTransaction, type Db } from '../../db/base/connect.ts';
import { onceFor } from '../../db/people/command-effects.ts';
import { putFreeze } from '../../db/routing/freezes.ts';
import { endOpenAbTest } from '../../db/routing/ab-tests.ts';
import { endOpenRollout, moveChampionTo } from '../../db/routing/move-champion.ts';
import { lockAllRouting, lockRouting } from '../../db/routing/routing.ts';
import { listModelNames } from '../../db/models/specs.ts';
import type { RolloutKey } from '../../domain/words/ids.ts';
import type { CommandContext, CommandInput } from '../base/context.ts';
import { authoriseFor, everyModel, linkOf, modelOrNull, refuseUnknown, refuseWithoutReason } from './freeze.ts';
import { actorOf, runCommand } from '../base/run-command.ts';
import { waitUntilServed } from '../base/wait-until-served.ts';

/** Installations are planned for 5,000 models. */
const modelsMax = 10_000;
/** Models spelled out in an answer. */
const listedMax = 1_000;

type Killed = KillAnswer['models'][number] & { readonly endedRollout: RolloutKey | null };

/**
 * The kill switch: back to the last champion that a person approved, the challenger out, an A/B test over, then
 * frozen. It is one transaction per model in Postgres and needs no Temporal: going back must not wait for anybody.
 * Where no version was ever approved, the champion stays, but the challenger still goes and the freeze still comes; the
 * answer says so.
 */
export async function kill(context: CommandContext, input: CommandInput): Promise<KillAnswer> {
  refuseWithoutReason(input.reason, 'kill');
  authoriseFor(context, input.model);
  return runCommand(context, input, {
    kind: 'kill',
    permission: 'operate',
    body: {},
    perform: async (commandId) => {
      await refuseUnknown(context, input.model);
      // All are frozen before the first is moved: nothing automatic may act in between.
      if (input.model === everyModel)
        await withTransaction(context.database, (tx) =>
          onceFor(tx, { commandId, model: everyModel }, () => pull(tx, context, input, everyModel, null)),
        );
      const names = input.model === everyModel ? await listModelNames(context.database.db, modelsMax) : [input.model];
      const killed: Killed[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one model's lock at a time
      for (const name of names)
        killed.push(
          await withTransaction(context.database, (tx) =>
            onceFor(tx, { commandId, model: name }, () => killOne(tx, context, { ...input, commandId }, name)),
          ),
        );
      await tellRollouts(context, killed);
      return {
        text: textOf(input.model, killed) + (await servingOf(context, input.model, killed)),
        link: linkOf(context, input.model),
        models: killed
          .slice(0, listedMax)
          .map(({ model, from, to, why, challengerOut }) => ({ model, from, to, why, challengerOut })),
      };
    },
  });
}

/** Of one model: whether its version answers by now. A thousand models are not waited for. */
async function servingOf(context: CommandContext, model: string, [one]: readonly Killed[]): Promise<string> {
  if (model === everyModel || one === undefined || one.to === null) return '';
  return `; v${one.to} ${await waitUntilServed(context, model, one.to)}`;
}

async function killOne(
  tx: Db,
  context: CommandContext,
  input: CommandInput & { readonly commandId: string },
  model: string,
): Promise<Killed> {
  const actor = actorOf(context);
  const before = await lockRouting(tx, model);
  const from = before.champion?.version ?? null;
  await endOpenAbTest(tx, model, actor, `kill switch: ${input.reason}`);
  const target = await lastApprovedVersion(tx, model);
  const moved =
    target === null
      ? null
      : await moveChampionTo(tx, {
          model,
          version: target.version,
          actor,
          why: `kill switch: ${input.reason}`,
          commandId: input.commandId,
        });
  const endedRollout = moved?.endedRollout ?? (await endOpenRollout(tx, model, actor, `kill switch: ${input.reason}`));
  const view = {
    model,
    from,
    to: target === null ? from : target.version,
    why: whyOf(model, from, target),
    challengerOut: endedRollout?.version ?? null,
  };
  await pull(tx, context, input, model, view);
  return { ...view, endedRollout };
}

/** The freeze and its audit row; killing all freezes once for all, so single models get no freeze of their own. */
async function pull(
  tx: Db,
  context: CommandContext,
  input: CommandInput,
  model: string,
  view: KillAnswer['models'][number] | null,
): Promise<Record<string, never>> {
  const actor = actorOf(context);
  // No promotion under way may end behind the freeze of all.
  if (model === everyModel) await lockAllRouting(tx);
  if (model === input.model) await putFreeze(tx, { model, kind: 'kill', actor, reason: input.reason });
  const data = view === null ? {} : { from: view.from, to: view.to, why: view.why, challengerOut: view.challengerOut };
  await appendAudit(tx, {
    type: 'perennial.model.killed',
    model: modelOrNull(model),
    subject: { of: 'model', model },
    actor,
    tokenId: context.principal.tokenId,
    reason: input.reason,
    data,
  });
  return {};
}

function whyOf(
  model: string,
  from: number | null,
  target: { readonly version: number; readonly why: string } | null,
): string {
  if (from === null && target === null) return 'it has no champion';
  if (target === null)
    return (
      `no version was ever approved by a person, so v${from} stays; choose one with \`perennial rollback ` +
      `${model} --to N\``
    );
  return from === target.version ? `v${from} stays: ${target.why}` : target.why;
}

/** Best effort: a rollout that is not told finds its row closed at its next look. */
async function tellRollouts({ bus }: CommandContext, killed: readonly Killed[]): Promise<void> {
  for (const { endedRollout } of killed) {
    if (endedRollout === null) continue;
    // oxlint-disable-next-line no-await-in-loop -- when Temporal is away, one wait is enough
    if (!(await bus.nudge({ endedRollout }))) return;
  }
}

function textOf(model: string, killed: readonly Killed[]): string {
  const [only] = killed;
  if (model !== everyModel && only !== undefined) {
    const move = only.to !== only.from ? `back from v${only.from} to v${only.to} (${only.why})` : only.why;
    const challenger = only.challengerOut === null ? '' : `; challenger v${only.challengerOut} is out`;
    return `${move}${challenger}; frozen until \`perennial thaw ${model}\``;
  }
  const moved = killed.filter((one) => one.to !== one.from).length;
  const out = killed.filter((one) => one.challengerOut !== null).length;
  return (
    `${moved} of ${killed.length} models went back to what a person approved, ${out} challengers are out; ` +
    `everything is frozen until \`perennial thaw --all\``
  );
}
