import { taskOf } from '../tasks/task-of.ts';
import { PerennialError } from '../words/errors.ts';
import { metricOf } from './metric-of.ts';
import { metricsOf, type Metrics } from './metrics.ts';
import type { MetricName } from './registry.ts';
import type { ScoredRows } from './scored-rows.ts';

/**
 * Every metric that makes sense for the task, by the same formulas for trainer, gate and watch. A metric that these
 * rows cannot give (AUROC with one class present, value without gains) is absent. Throws `internal` when the lengths
 * disagree.
 */
export function scoreRows(rows: ScoredRows): Metrics {
  checkShape(rows);
  const metrics: { [Name in MetricName]?: number } = {};
  for (const name of metricsOf(rows.task)) {
    const value = metricOf(name, rows)();
    if (value !== null && Number.isFinite(value)) metrics[name] = value;
  }
  return { ...metrics, rows: rows.labels.length };
}

export function checkShape(rows: Pick<ScoredRows, 'task' | 'classes' | 'labels' | 'scores'>): void {
  const columns = taskOf(rows.task).scoreCount(rows.classes);
  if (rows.scores.length === rows.labels.length * columns) return;
  throw new PerennialError(
    'internal',
    `${rows.labels.length} labels need ${rows.labels.length * columns} scores (${columns} per row), ` +
      `but there are ${rows.scores.length}`,
  );
}
