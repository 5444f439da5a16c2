import { inArray } from 'drizzle-orm';
import type { CandidateView, ExperimentLine, ExperimentView } from '../../contracts/http/trainers/experiments.ts';
import { diffSpecs } from '../../domain/spec/diff-spec.ts';
import type { ModelSpec } from '../../domain/spec/spec.ts';
import type { ExperimentResult } from '../../domain/training/experiment/experiment.ts';
import type { Metrics } from '../../domain/metrics/metrics.ts';
import { workflowIds } from '../../domain/words/ids.ts';
import type { Db } from '../base/connect.ts';
import { findRun, type RunRow } from '../runs/runs.ts';
import { run } from '../schema/index.ts';
import {
  candidatesOf,
  experimentsOf,
  readExperiment,
  type CandidateRow,
  type ExperimentRow,
} from '../trainers/experiments.ts';

/** Settings listed for one candidate; a definition may have thousands of features. */
const changesMax = 200;

/** Latest first; those before a number, or null for the latest. Law: an index of the model, and a run for each. */
export async function experimentLines(
  db: Db,
  model: string,
  page: { readonly before: number | null; readonly rowsMax: number },
): Promise<readonly ExperimentLine[]> {
  const rows = await experimentsOf(db, model, page);
  const ids = rows.map(({ number }) => workflowIds.experiment(model, number));
  const runs = ids.length === 0 ? [] : await db.select().from(run).where(inArray(run.runId, ids));
  const byId = new Map(runs.map((row) => [row.runId, row]));
  return rows.map((row) => lineOf(row, byId.get(workflowIds.experiment(model, row.number)) ?? null));
}

/** One experiment with its candidates, the best first. Throws `not_found`. */
export async function experimentViewOf(db: Db, model: string, number: number): Promise<ExperimentView> {
  const row = await readExperiment(db, { model, number });
  const candidates = await candidatesOf(db, { model, number });
  const { result } = row;
  const shown = ranked(candidates, result);
  const first = shown[0]?.spec ?? null;
  return {
    ...lineOf(row, await findRun(db, workflowIds.experiment(model, number))),
    alpha: result?.alpha ?? null,
    testRows: result?.rows ?? null,
    candidates: shown.map((candidate) => candidateOf(candidate, first, result)),
    champion: championOf(result),
  };
}

function lineOf(row: ExperimentRow, found: RunRow | null): ExperimentLine {
  return {
    model: row.model,
    number: row.number,
    runId: workflowIds.experiment(row.model, row.number),
    status: found?.status ?? 'lost',
    text: found?.detail ?? null,
    best: row.result?.standings.find(({ standing }) => standing === 'best')?.name ?? null,
    metric: row.metric,
    snapshot: row.snapshot,
    startedBy: row.actor,
    reason: row.reason,
    startedAt: row.createdAt.toISOString(),
    endedAt: found?.endedAt?.toISOString() ?? null,
  };
}

function ranked(candidates: readonly CandidateRow[], result: ExperimentResult | null): readonly CandidateRow[] {
  if (result === null) return candidates;
  const places = new Map(result.standings.map(({ name }, at) => [name, at]));
  const placeOf = ({ name }: CandidateRow): number => places.get(name) ?? candidates.length;
  return candidates.toSorted((a, b) => placeOf(a) - placeOf(b));
}

function candidateOf(row: CandidateRow, first: ModelSpec | null, result: ExperimentResult | null): CandidateView {
  const { name, specDigest, spec, outcome, reason } = row;
  const found = result?.standings.find((standing) => standing.name === name) ?? null;
  return {
    name,
    specDigest,
    standing: found?.standing ?? (reason === null ? null : 'failed'),
    difference: found?.difference ?? null,
    family: outcome?.family ?? null,
    trees: outcome?.trees ?? null,
    metrics: figuresOf(outcome?.testMetrics ?? null),
    intervals: Object.fromEntries(
      Object.entries(outcome?.intervals ?? {}).map(([metric, { lower, upper }]) => [metric, { lower, upper }]),
    ),
    rows: outcome?.rows ?? null,
    inputs: spec.features.length,
    fileBytes: outcome?.fileBytes ?? null,
    latencyUs: outcome?.latencyUs ?? null,
    fitMs: outcome?.fitMs ?? null,
    reason: found?.reason ?? reason,
    changes: first === null ? [] : diffSpecs(first, spec).slice(0, changesMax),
  };
}

function championOf(result: ExperimentResult | null): ExperimentView['champion'] {
  const champion = result?.champion ?? null;
  if (champion === null) return null;
  const { version, testMetrics, unseenRows, difference } = champion;
  return { version, metrics: figuresOf(testMetrics), unseenRows, difference };
}

function figuresOf(metrics: Metrics | null): Record<string, number> {
  if (metrics === null) return {};
  const { rows: _rows, ...figures } = metrics;
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => typeof value === 'number'));
}
