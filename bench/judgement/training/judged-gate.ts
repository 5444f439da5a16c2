import { scoreRows } from '../../../src/domain/metrics/score-rows.ts';
import type { ScoredRows } from '../../../src/domain/metrics/scored-rows.ts';
import type { GateSpec } from '../../../src/domain/spec/spec.ts';
import { sideOf, type PairedRows } from '../../../src/domain/training/compare-paired.ts';
import { judgeGate, type GateJudgement } from '../../../src/domain/training/judge-gate.ts';

/** A gate as the platform asks it; the challenger of these rows is the candidate. */
export function judged(gates: readonly GateSpec[], candidate: PairedRows, champion: PairedRows | null): GateJudgement {
  const rows = sideOf(candidate, 'challenger');
  const prior = priorOf(rows);
  const baselines = { prior: { metrics: scoreRows(prior), rows: prior } };
  return judgeGate({ gates, candidate: rows, baselines, champion, promotion: { metric: 'logLoss' } });
}

/** What somebody says who knows the share of positives of these rows. */
function priorOf(rows: ScoredRows): ScoredRows {
  const share = Array.from(rows.labels).reduce((sum, label) => sum + label, 1) / (rows.labels.length + 2);
  const scores = new Float64Array(rows.scores.length);
  for (let cell = 0; cell < scores.length; cell++) scores[cell] = cell % 2 === 1 ? share : 1 - share;
  return { ...rows, scores };
}

/** How often each verdict is said in so many trainings, each of which is judged once. */
export function tally<Verdict>(runs: number, verdictOf: (run: number) => Verdict): (verdict: Verdict) => number {
  const counts = new Map<Verdict, number>();
  for (let run = 0; run < runs; run++) {
    const verdict = verdictOf(run);
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }
  return (verdict) => counts.get(verdict) ?? 0;
}

/** In how many of so many trainings this happens. */
export function count(runs: number, happens: (run: number) => boolean): number {
  let found = 0;
  for (let run = 0; run < runs; run++) if (happens(run)) found++;
  return found;
}
