import { authorise } from '../access/principal.ts';
import { scopeCovers } from '../access/scope.ts';
import type { AlertView, ChampionAtView, HistoryView, RolloutView, RunDetailView, VersionDetailView } from '../contracts/views.ts';
import { readCurrentSpec, readModel, type StoredSpec } from '../db/specs.ts';
import { championAt, historyOf, listAlerts, runOf, versionOf } from '../db/views-history.ts';
import { listRollouts } from '../db/views-rollouts.ts';
import { PerennialError } from '../domain/errors.ts';
import type { CommandContext } from './context.ts';

interface OfModel {
  readonly model: string;
}

/** What happened to a model, latest first. */
export async function history(context: CommandContext, input: OfModel & { readonly limit: number; readonly before: Date | null }): Promise<HistoryView> {
  authorise(context.principal, 'read', input.model);
  return historyOf(context.database.db, input.model, { limit: input.limit, before: input.before });
}

/** Who was champion at an instant (now, unless said), and why. */
export async function champion(context: CommandContext, input: OfModel & { readonly at: Date }): Promise<ChampionAtView> {
  authorise(context.principal, 'read', input.model);
  return championAt(context.database.db, input.model, input.at);
}

export async function version(context: CommandContext, input: OfModel & { readonly version: number }): Promise<VersionDetailView> {
  authorise(context.principal, 'read', input.model);
  return versionOf(context.database.db, input.model, input.version);
}

export async function rollouts(context: CommandContext, input: OfModel & { readonly limit: number }): Promise<readonly RolloutView[]> {
  authorise(context.principal, 'read', input.model);
  await readModel(context.database.db, input.model);
  return listRollouts(context.database.db, input.model, input.limit);
}

/** The definition that is current. */
export async function currentSpec(context: CommandContext, input: OfModel): Promise<StoredSpec> {
  authorise(context.principal, 'read', input.model);
  return readCurrentSpec(context.database.db, input.model);
}

/** A run of a model outside the scope is "not found" like one that does not exist: ids must not leak names. */
export async function run(context: CommandContext, input: { readonly runId: string }): Promise<RunDetailView> {
  authorise(context.principal, 'read', null);
  const view = await runOf(context.database.db, input.runId);
  if (!scopeCovers(context.principal.scope, view.model)) throw new PerennialError('not_found', `There is no run "${input.runId}".`);
  return { ...view, link: context.bus.uiUrl(view.runId) };
}

/** Alerts of one model, or of all that the scope covers, latest first. */
export async function alerts(
  context: CommandContext,
  input: { readonly model: string | null; readonly openOnly: boolean; readonly limit: number },
): Promise<readonly AlertView[]> {
  authorise(context.principal, 'read', input.model);
  const views = await listAlerts(context.database.db, input);
  return views.filter((view) => scopeCovers(context.principal.scope, view.model));
}
