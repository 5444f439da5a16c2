import { authorise } from '../../access/principal.ts';
import { rolesWith, hasPermission } from '../../access/roles.ts';
import { rolloutLines, type RolloutLine } from '../../db/pages/rollout-list.ts';
import { rolloutPageOf, type RolloutPage } from '../../db/pages/rollout.ts';
import { liveDelegations } from '../../db/people/delegations.ts';
import { freezeOf } from '../../db/routing/freezes.ts';
import { refusalOfApprover } from '../../domain/spec/approval/may-approve.ts';
import { defaultApproval } from '../../domain/spec/default-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds, type RolloutKey } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';

export interface RolloutShown {
  readonly page: RolloutPage;
  readonly runLink: string;
  /** Roles that may approve, abort and roll back this model. */
  readonly deciders: readonly string[];
  readonly canDecide: boolean;
  /** Why whoever reads may not approve, although the role would do: the plan names others. Null where it does not. */
  readonly approvalRefusal: string | null;
  readonly frozen: { readonly actor: string; readonly reason: string } | null;
}

export async function rolloutPage(context: CommandContext, key: RolloutKey): Promise<RolloutShown> {
  authorise(context.principal, 'read', key.model);
  const { db } = context.database;
  const page = await rolloutPageOf(db, key);
  const { name } = context.principal;
  const mine = (await liveDelegations(db, key.model)).filter(({ delegate }) => delegate === name);
  const delegators = mine.map(({ delegator }) => delegator);
  return {
    page,
    approvalRefusal: refusalOfApprover(key.model, page.plan.approval ?? defaultApproval, { name, delegators }),
    runLink: context.bus.uiUrl(workflowIds.rollout(key.model, key.version, key.attempt)),
    deciders: rolesWith('operate'),
    canDecide: hasPermission(context.principal.role, 'operate'),
    frozen: await freezeOf(db, key.model),
  };
}

/** Throws `conflict` when the page that a person decided on is not about what is under way now. */
export function refuseOther(
  open: { readonly version: number; readonly attempt: number } | null,
  key: RolloutKey,
  verb: string,
): void {
  if (open !== null && open.version === key.version && open.attempt === key.attempt) return;
  const now = open === null ? 'no rollout is under way' : `v${open.version}, attempt ${open.attempt}, is under way`;
  throw new PerennialError(
    'conflict',
    `This page is about v${key.version}, attempt ${key.attempt}, of "${key.model}", but ${now}: nothing was done.`,
    { path: verb, hint: 'Read the current rollout and decide again.' },
  );
}

const openMax = 200;
const endedMax = 100;

/** What is under way, what waits for a person first; then what ended, latest first. */
export async function rolloutsShown(
  context: CommandContext,
  input: { readonly model: string | null },
): Promise<{ readonly open: readonly RolloutLine[]; readonly ended: readonly RolloutLine[] }> {
  authorise(context.principal, 'read', input.model);
  const filter = { scope: context.principal.scope, model: input.model };
  const { db } = context.database;
  return {
    open: await rolloutLines(db, { ...filter, state: 'open', limit: openMax }),
    ended: await rolloutLines(db, { ...filter, state: 'ended', limit: endedMax }),
  };
}
