import { runKinds, runStatuses } from '../../domain/record/closed-sets.ts';
import { authorise } from '../../access/principal.ts';
import { hasPermission } from '../../access/roles.ts';
import { isInScope } from '../../access/scope.ts';
import { knownDifferences, runSideOf, type KnownDifference, type RunSide } from '../../db/pages/compare.ts';
import { runLines, runNotFound, runPageOf, type RunLine, type RunPage } from '../../db/pages/runs.ts';
import type { TrialView } from '../../contracts/http/trials.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { RunStep } from '../../domain/record/messages.ts';
import type { CommandContext } from '../base/context.ts';
import { runSteps } from '../control/run-steps.ts';
import { listTrials } from '../trainings/list-trials.ts';
import { cut } from '../../domain/words/cut.ts';

/** A page does not wait longer than this for Temporal: what Postgres knows is shown without it. */
const stepsWaitMsMax = 2_000;
const pageRows = 50;

export interface RunQuery {
  readonly model: string | null;
  readonly kind: string | null;
  readonly status: string | null;
  readonly trigger: string | null;
  readonly since: string | null;
  /** From the page before. */
  readonly cursor: string | null;
}

export interface RunsShown {
  readonly lines: readonly RunLine[];
  /** Of the next page; null on the last. */
  readonly next: string | null;
}

/** Runs of all models that the scope covers, latest first, a page at a time. */
export async function runsShown(context: CommandContext, query: RunQuery): Promise<RunsShown> {
  authorise(context.principal, 'read', query.model);
  const lines = await runLines(context.database.db, {
    scope: context.principal.scope,
    model: query.model,
    kind: runKinds.find((kind) => kind === query.kind) ?? null,
    status: runStatuses.find((status) => status === query.status) ?? null,
    trigger: query.trigger,
    since: dayOf(query.since, 'since'),
    before: placeOf(query.cursor),
    limit: pageRows,
  });
  const shown = lines.slice(0, pageRows);
  const last = shown.at(-1);
  return {
    lines: shown,
    next: lines.length > pageRows && last !== undefined ? `${last.startedAt.toISOString()}~${last.runId}` : null,
  };
}

/** An ISO day or instant; null for none. Throws `invalid_request` for anything else. */
export function dayOf(text: string | null, name: string): Date | null {
  if (text === null) return null;
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new PerennialError('invalid_request', `"${cut(text, 40)}" is not a day or an instant.`, {
    path: name,
    hint: 'Write it as 2026-05-03 or 2026-05-03T14:03:00Z.',
  });
}

function placeOf(cursor: string | null): { readonly startedAt: Date; readonly runId: string } | null {
  if (cursor === null) return null;
  const at = cursor.indexOf('~');
  const startedAt = new Date(cursor.slice(0, at));
  if (at < 0 || Number.isNaN(startedAt.getTime()))
    throw new PerennialError('invalid_request', 'The place in the list is not one that a page gave.', {
      path: 'cursor',
      hint: 'Begin again at /runs.',
    });
  return { startedAt, runId: cursor.slice(at + 1) };
}

export interface RunShown {
  readonly page: RunPage;
  readonly link: string;
  /** Null when Temporal did not answer in time. */
  readonly steps: readonly RunStep[] | null;
  readonly canOperate: boolean;
  /** Of the search of a training; none for every other run. */
  readonly trials: readonly TrialView[];
}

/** One run with its steps, if Temporal answers. A run outside the scope does not exist. */
export async function runShown(context: CommandContext, input: { readonly runId: string }): Promise<RunShown> {
  authorise(context.principal, 'read', null);
  const page = await runPageOf(context.database.db, input.runId);
  if (!isInScope(context.principal.scope, page.run.model)) throw runNotFound(input.runId);
  return {
    page,
    // Nothing else has trials, and most trainings search nothing.
    trials: page.run.input['search'] === true ? (await listTrials(context, input)).trials : [],
    link: context.bus.uiUrl(input.runId),
    steps: await stepsInTime(context, input.runId),
    canOperate: hasPermission(context.principal.role, 'operate'),
  };
}

async function stepsInTime(context: CommandContext, runId: string): Promise<readonly RunStep[] | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, stepsWaitMsMax, null);
  });
  // Away, forgotten or slow: the page says so, and all the rest of it stands in Postgres.
  const asked = runSteps(context, { runId })
    .then(({ steps }) => steps)
    .catch(() => null);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

export interface ComparisonShown {
  readonly a: RunSide;
  readonly b: RunSide;
  readonly links: { readonly a: string; readonly b: string };
  readonly known: readonly KnownDifference[];
}

/** Two runs side by side. Both must be covered by the scope. */
export async function comparisonShown(
  context: CommandContext,
  input: { readonly a: string; readonly b: string },
): Promise<ComparisonShown> {
  authorise(context.principal, 'read', null);
  const { db } = context.database;
  const [a, b] = [await runSideOf(db, input.a), await runSideOf(db, input.b)];
  for (const side of [a, b]) if (!isInScope(context.principal.scope, side.run.model)) throw runNotFound(side.run.runId);
  const known =
    a.version === null || b.version === null || a.run.model !== b.run.model
      ? []
      : await knownDifferences(db, a.run.model, [a.version.version, b.version.version]);
  return { a, b, links: { a: context.bus.uiUrl(input.a), b: context.bus.uiUrl(input.b) }, known };
}
