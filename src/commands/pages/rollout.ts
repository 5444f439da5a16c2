import { authorise } from '../../access/principal.ts';
import { rolesWith, hasPermission } from '../../access/roles.ts';
import { rolloutLines, type RolloutLine } from '../../db/pages/rollout-list.ts';
import { rolloutPageOf, type RolloutPage } from '../../db/pages/rollout.ts';
import { freezeOf } from '../../db/routing/freezes.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { workflowIds, type RolloutKey } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';
import { approversOf, type Approvers } from './approvers.ts';

export interface RolloutShown {
  readonly page: RolloutPage;
  readonly runLink: string;
  /** Roles that may approve, abort and roll back this model. */
  readonly deciders: readonly string[];
  readonly canDecide: boolean;
  readonly approvers: Approvers;
  readonly frozen: { readonly actor: string; readonly reason: string } | null;
}

export async function rolloutPage(context: CommandContext, key: RolloutKey): Promise<RolloutShown> {
  authorise(context.principal, 'read', key.model);
  const { db } = context.database;
  const page = await rolloutPageOf(db, key);
  return {
    page,
    approvers: await approversOf(context, key.model, page.plan),
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
