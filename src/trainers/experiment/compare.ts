import { readTestScores, type TestScores } from '../../data/snapshot/read-test-scores.ts';
import { comparableRowsMin } from '../../domain/training/against-champion.ts';
import {
  boundsAt,
  compareCandidates,
  type CandidateValues,
} from '../../domain/training/experiment/compare-candidates.ts';
import type { CompareJob, CompareResult, Difference } from '../../domain/training/experiment/experiment.ts';
import { differenceOf } from '../../domain/training/gate-samples.ts';
import { directionOf, titleOf } from '../../domain/metrics/metrics.ts';
import { rowValues } from '../../domain/metrics/row-values.ts';
import { pickRows, type ScoredRows } from '../../domain/metrics/scored-rows.ts';
import type { OnProgress } from '../interface.ts';
import { testRows } from '../test-rows.ts';

type Candidate = CompareJob['candidates'][number];

interface Judged {
  readonly candidate: Candidate;
  readonly rows: ScoredRows;
  readonly values: CandidateValues;
}

/**
 * Compares judged candidates on their test rows, which must be the same; one that has others came to nothing. Rows are
 * the youngest of those that a gate would read.
 */
export async function compare(job: CompareJob, onProgress: OnProgress): Promise<CompareResult> {
  const { metric, alpha, candidates } = job;
  const judged: Judged[] = [];
  const failed: CompareResult['standings'][number][] = [];
  let first: { readonly name: string; readonly scores: TestScores } | null = null;
  let champion: TestScores | null = null;
  for (const candidate of candidates) {
    // oxlint-disable-next-line no-await-in-loop -- the scores of one after the other: they may take much memory
    const scores = await readTestScores(candidate.scoresPath, []);
    first ??= { name: candidate.name, scores };
    const rows = testRows(candidate.spec, scores, scores.candidate, candidate.threshold);
    const values = rowValues(metric, rows);
    const reason = !isSame(first.scores, scores)
      ? `its test rows are others than those of "${first.name}"`
      : values === null
        ? `${titleOf(metric)} does not exist on its test rows`
        : null;
    if (reason !== null) failed.push({ name: candidate.name, standing: 'failed', difference: null, reason });
    else if (values !== null) judged.push({ candidate, rows, values: { name: candidate.name, values } });
    if (scores.champion !== null) champion ??= scores;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await onProgress({ phase: 'score', done: judged.length + failed.length, of: candidates.length });
  }
  const compared = compareCandidates(
    judged.map(({ values }) => values),
    directionOf(metric),
    alpha,
  );
  const best = judged.find(({ candidate }) => candidate.name === compared[0]?.name);
  return {
    rows: first?.scores.labels.length ?? 0,
    standings: [...compared.map((standing) => ({ ...standing, reason: null })), ...failed],
    championDifference:
      best === undefined || champion === null ? null : againstChampion(job, best, champion, judged.length),
  };
}

function isSame(a: TestScores, b: TestScores): boolean {
  return (
    a.order.length === b.order.length &&
    a.order.every((order, row) => order === b.order[row]) &&
    a.labels.every((label, row) => label === b.labels[row])
  );
}

/** On rows that it was not trained on. The best one was chosen of several, so each side shares the error with them. */
function againstChampion(
  { metric, alpha, champion }: CompareJob,
  { candidate, rows }: Judged,
  scores: TestScores,
  candidates: number,
): Difference | null {
  if (champion === null || champion.unseenRows < comparableRowsMin || scores.champion === null) return null;
  const all = testRows(candidate.spec, scores, scores.champion, champion.threshold);
  const from = Math.max(0, scores.labels.length - champion.unseenRows);
  const young = Array.from({ length: scores.labels.length - from }, (_, row) => from + row);
  const sample = differenceOf(metric, pickRows(all, young), pickRows(rows, young));
  if (sample === null) return null;
  return boundsAt(sample, alpha / 2 / candidates);
}
