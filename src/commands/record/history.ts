import { authorise } from '../../access/principal.ts';
import { isInScope } from '../../access/scope.ts';
import type { Page } from '../../contracts/http/page.ts';
import type {
  AlertView,
  ChampionAtView,
  HistoryView,
  RolloutView,
  RunDetailView,
  VersionDetailView,
  VersionView,
} from '../../contracts/http/views.ts';
import { readCurrentSpec, readModel, type StoredSpec } from '../../db/models/specs.ts';
import { listAlerts } from '../../db/views/views-alerts.ts';
import { historyOf } from '../../db/views/views-history.ts';
import { championAt } from '../../db/views/views-moves.ts';
import { runNotFound, runOf } from '../../db/views/views-runs.ts';
import { listVersions, versionOf } from '../../db/views/views-versions.ts';
import { listRollouts } from '../../db/views/views-rollouts.ts';
import type { CommandContext } from '../base/context.ts';

interface OfModel {
  readonly model: string;
}

interface OfPage {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** What happened to a model, latest first. */
export async function history(
  context: CommandContext,
  input: OfModel & OfPage & { readonly before: Date | null },
): Promise<HistoryView> {
  authorise(context.principal, 'read', input.model);
  return historyOf(context.database.db, input.model, input);
}

/** Who was champion at an instant (now, unless said), and why. */
export async function champion(
  context: CommandContext,
  input: OfModel & { readonly at: Date },
): Promise<ChampionAtView> {
  authorise(context.principal, 'read', input.model);
  return championAt(context.database.db, input.model, input.at);
}

export async function version(
  context: CommandContext,
  input: OfModel & { readonly version: number },
): Promise<VersionDetailView> {
  authorise(context.principal, 'read', input.model);
  return versionOf(context.database.db, input.model, input.version);
}

export async function versions(context: CommandContext, input: OfModel & OfPage): Promise<Page<VersionView>> {
  authorise(context.principal, 'read', input.model);
  return listVersions(context.database.db, input.model, input);
}

export async function rollouts(context: CommandContext, input: OfModel & OfPage): Promise<Page<RolloutView>> {
  authorise(context.principal, 'read', input.model);
  await readModel(context.database.db, input.model);
  return listRollouts(context.database.db, input.model, input.limit, input.cursor);
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
  if (!isInScope(context.principal.scope, view.model)) throw runNotFound(input.runId);
  return { ...view, link: context.bus.uiUrl(view.runId) };
}

/** Alerts of one model, or of all that the scope covers, latest first. */
export async function alerts(
  context: CommandContext,
  input: OfPage & { readonly model: string | null; readonly isOpenOnly: boolean },
): Promise<Page<AlertView>> {
  authorise(context.principal, 'read', input.model);
  return listAlerts(context.database.db, { ...input, scope: context.principal.scope });
}
