import { authorise } from '../../access/principal.ts';
import { runSideOf, type RunSide } from '../../db/pages/compare.ts';
import { trainingLines, trainingsLookedAt, type TrainingKey, type TrainingLine } from '../../db/pages/trainings.ts';
import { readCurrentSpec } from '../../db/models/specs.ts';
import { findMetric, metricsOf } from '../../domain/metrics/metrics.ts';
import type { MetricName } from '../../domain/metrics/registry.ts';
import { runStatuses } from '../../domain/record/closed-sets.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import { cut } from '../../domain/words/cut.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import { parseRunId } from '../../domain/words/run-id.ts';
import { parseWhole } from '../../domain/words/whole-number.ts';
import type { CommandContext } from '../base/context.ts';
import { dayOf } from './runs.ts';

const pageRows = 25;
/** Trainings side by side. */
export const comparedMax = 8;

/** What became of a training: what its gate said, or how its run ended without a version. */
export const trainingOutcomes = ['pass', 'insufficient', 'fail', ...runStatuses.filter((one) => one !== 'completed')];

export interface TrainingQuery {
  readonly metric: string | null;
  readonly min: string | null;
  readonly max: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly outcome: string | null;
  /** From the page before. */
  readonly cursor: string | null;
}

export interface TrainingsShown {
  readonly metric: MetricName;
  readonly metrics: readonly MetricName[];
  readonly currency: string | null;
  readonly lines: readonly TrainingLine[];
  /** Of the next page; null on the last. */
  readonly next: string | null;
}

/** Trainings of a model that are as asked, the latest first, a page at a time. */
export async function trainingsShown(
  context: CommandContext,
  model: string,
  query: TrainingQuery,
): Promise<TrainingsShown> {
  authorise(context.principal, 'read', model);
  const { db } = context.database;
  const { spec } = await readCurrentSpec(db, model);
  const metrics = metricsOf(spec.target.task);
  const metric = metricIn(query.metric, metrics) ?? spec.rollout.promotion.metric;
  const [min, max] = [figureOf(query.min, 'min'), figureOf(query.max, 'max')];
  const looked = await trainingLines(db, model, {
    metric,
    since: dayOf(query.since, 'since'),
    until: dayOf(query.until, 'until'),
    before: placeOf(query.cursor, model),
  });
  const found = looked.filter(
    ({ value, status, gateVerdict }) =>
      (min === null || (value !== null && value >= min)) &&
      (max === null || (value !== null && value <= max)) &&
      (query.outcome === null || query.outcome === (gateVerdict ?? status)),
  );
  const lines = found.slice(0, pageRows);
  // Where filters have left out what was looked at, the next page goes on behind that.
  const last = found.length > pageRows ? lines.at(-1) : looked.length === trainingsLookedAt ? looked.at(-1) : undefined;
  const next = last === undefined ? null : `${last.key.startedAt}~${last.key.runId}`;
  return { metric, metrics, currency: spec.value?.currency ?? null, lines, next };
}

export interface TrainingsCompared {
  readonly sides: readonly RunSide[];
}

/** Trainings of a model side by side, by their numbers, in the order of time. Throws `not_found`. */
export async function trainingsCompared(
  context: CommandContext,
  model: string,
  asked: readonly string[],
): Promise<TrainingsCompared> {
  authorise(context.principal, 'read', model);
  const numbers = [...new Set(asked)].map((text) => ({ text, number: parseWhole(text) }));
  const wrong = numbers.find(({ number }) => number === null);
  if (wrong !== undefined) throw refused(model, `"${cut(wrong.text, 40)}" is no number of a training.`);
  if (numbers.length < 2) throw refused(model, 'Two trainings at least stand side by side.');
  if (numbers.length > comparedMax)
    throw refused(model, `${numbers.length} trainings are too many: at most ${comparedMax} stand side by side.`);
  const sides: RunSide[] = [];
  for (const { number } of numbers)
    // oxlint-disable-next-line no-await-in-loop -- eight at most
    sides.push(await runSideOf(context.database.db, workflowIds.train(model, number ?? 0)));
  return { sides: sides.toSorted((a, b) => a.run.startedAt.getTime() - b.run.startedAt.getTime()) };
}

function refused(model: string, sentence: string): PerennialError {
  return new PerennialError('invalid_request', sentence, {
    path: 'run',
    hint: `Choose them at /models/${model}/trainings.`,
  });
}

function metricIn(asked: string | null, metrics: readonly MetricName[]): MetricName | null {
  if (asked === null) return null;
  const metric = metrics.find((name) => name === asked);
  if (metric !== undefined) return metric;
  const why = findMetric(asked) === null ? 'is no metric' : 'is no metric of this task';
  throw new PerennialError('invalid_request', `"${cut(asked, 40)}" ${why}.`, {
    path: 'metric',
    hint: `Use one of ${metrics.join(', ')}.`,
  });
}

function figureOf(text: string | null, path: string): number | null {
  if (text === null) return null;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new PerennialError('invalid_request', `"${cut(text, 40)}" is not a number.`, {
    path,
    hint: 'Write it as 0.85.',
  });
}

function placeOf(cursor: string | null, model: string): TrainingKey | null {
  if (cursor === null) return null;
  const at = cursor.indexOf('~');
  const [startedAt, runId] = [new Date(cursor.slice(0, Math.max(0, at))), cursor.slice(at + 1)];
  const key = parseRunId(runId);
  if (at > 0 && !Number.isNaN(startedAt.getTime()) && key?.kind === 'train' && key.model === model)
    return { startedAt: startedAt.toISOString(), runId };
  throw new PerennialError('invalid_request', 'The place in the list is not one that a page gave.', {
    path: 'cursor',
    hint: `Begin again at /models/${model}/trainings.`,
  });
}
