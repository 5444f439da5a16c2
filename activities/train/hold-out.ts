import { metricIntervals, type MetricIntervals } from '../../src/domain/metrics/metric-intervals.ts';
import { reliabilityOf, type ReliabilityBin } from '../../src/domain/metrics/reliability.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { TestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { codeIdentity, type CodeIdentity } from './code-identity.ts';
import { testRows } from '../../src/trainers/test-rows.ts';

export interface HoldOutFacts {
  readonly intervals: MetricIntervals;
  readonly reliability: readonly ReliabilityBin[] | null;
  readonly code: CodeIdentity;
}

/**
 * What people read beside the gate's verdict; kept with its evidence, because the hold-out scores are not read again.
 */
export function holdOutFacts(spec: ModelSpec, threshold: number | null, scores: TestScores): HoldOutFacts {
  const rows = testRows(spec, scores, scores.candidate, threshold);
  return {
    intervals: metricIntervals(rows),
    reliability: reliabilityOf(rows),
    code: codeIdentity(),
  };
}
