import { authorise } from '../access/principal.ts';
import { scopeCovers } from '../access/scope.ts';
import type { SettledView, StatusView } from '../contracts/views.ts';
import { listModelNames } from '../db/specs.ts';
import { settledOf, statusOf } from '../db/views.ts';
import { workflowIds } from '../domain/ids.ts';
import type { CommandContext } from './context.ts';

/** Names read before a scope is applied; installations are planned for 5,000 models. */
const namesMax = 10_000;

/** One model as it stands now. Throws `model_not_found` listing what exists. */
export async function status(context: CommandContext, input: { readonly model: string }): Promise<StatusView> {
  authorise(context.principal, 'read', input.model);
  const view = await statusOf(context.database.db, input.model);
  return { ...view, link: context.bus.uiUrl(workflowIds.model(input.model)) };
}

/** The models that the principal's scope covers, by name; at most `limit` (1..200). */
export async function statusOfAll(context: CommandContext, input: { readonly limit: number }): Promise<readonly StatusView[]> {
  authorise(context.principal, 'read', null);
  const names = await listModelNames(context.database.db, namesMax);
  const covered = names.filter((name) => scopeCovers(context.principal.scope, name)).slice(0, input.limit);
  const views: StatusView[] = [];
  for (const model of covered) views.push(await status(context, { model }));
  return views;
}

/** What a client that replays traffic polls. */
export async function settled(context: CommandContext, input: { readonly model: string }): Promise<SettledView> {
  authorise(context.principal, 'read', input.model);
  return settledOf(context.database.db, input.model);
}
