import { authorise } from '../../access/principal.ts';
import { encodeCursor } from '../../contracts/http/page.ts';
import type { SettledView, StatusView } from '../../contracts/http/views.ts';
import { controlStateOf } from '../../db/routing/control-state.ts';
import { coveredNames, settledOf } from '../../db/views/views.ts';
import { statusesOf, statusOf } from '../../db/views/views-status.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { CommandContext } from '../base/context.ts';

/** One model as it stands now. Throws `model_not_found` listing what exists. */
export async function status(context: CommandContext, input: { readonly model: string }): Promise<StatusView> {
  authorise(context.principal, 'read', input.model);
  const view = await statusOf(context.database.db, input.model);
  return linked(context, view);
}

/** What `If-Match` compares: see `controlStateOf`. Null when there is no such model. */
export async function controlState(context: CommandContext, input: { readonly model: string }): Promise<string | null> {
  authorise(context.principal, 'read', input.model);
  return controlStateOf(context.database.db, input.model);
}

/** The models that the principal's scope covers, by name; at most `limit` (1..200). */
export async function statusOfAll(
  context: CommandContext,
  input: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ readonly models: readonly StatusView[]; readonly next: string | null }> {
  authorise(context.principal, 'read', null);
  const names = await coveredNames(context.database.db, { ...input, scope: context.principal.scope });
  const page = names.slice(0, input.limit);
  // The scope chose the names already; a pattern that chose too much must not show a model all the same.
  for (const name of page) authorise(context.principal, 'read', name);
  const models = (await statusesOf(context.database.db, page)).map((view) => linked(context, view));
  const last = models.at(-1);
  return { models, next: names.length > input.limit && last !== undefined ? encodeCursor(last.model) : null };
}

/** What a client that replays traffic polls. */
export async function settled(context: CommandContext, input: { readonly model: string }): Promise<SettledView> {
  authorise(context.principal, 'read', input.model);
  return settledOf(context.database.db, input.model);
}

/** With its page in the Temporal Web UI. */
function linked(context: CommandContext, view: StatusView): StatusView {
  return { ...view, link: context.bus.uiUrl(workflowIds.model(view.model)) };
}
