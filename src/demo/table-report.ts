import { probabilityMin } from '../statistics/samples/losses.ts';
import type { LoopCounts } from '../db/watching/loop-counts.ts';
import type { Metrics } from '../domain/metrics/metrics.ts';
import type { MetricName } from '../domain/metrics/registry.ts';
import { usualMetrics } from '../domain/metrics/usual-metrics.ts';
import { classesOf, taskOf } from '../domain/tasks/task-of.ts';
import type { LineAccount } from '../domain/training/line-account.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { pairedTests, prequential, type PairedTest } from '../replay/prequential.ts';
import type { Served } from '../replay/yardsticks.ts';
import type { DemoOptions } from './options.ts';
import type { Stage } from './stage.ts';
import type { ServedRows } from './served-rows.ts';

export interface TableFigures extends Omit<LoopCounts, 'labels'> {
  /** Where the lines of the file went; null for Parquet. */
  readonly lines: LineAccount | null;
  readonly readingNotes: readonly string[];
  readonly rows: number;
  readonly liveRows: number;
  readonly labels: Float64Array;
  readonly loop: ServedRows;
  readonly frozen: Served;
  readonly fixed: Served;
  readonly fixedEveryRows: number;
  readonly lostPredictions: number;
  readonly lostLabels: number;
  readonly seconds: number;
}

/** Prequential quality of the loop beside its two yardsticks: a table for people, or one JSON line. */
export function reportTable(options: DemoOptions, stage: Stage, spec: ModelSpec, figures: TableFigures): void {
  const loop = prequential(spec, figures.labels, figures.loop);
  const frozen = prequential(spec, figures.labels, figures.frozen);
  const fixed = prequential(spec, figures.labels, figures.fixed);
  const againstFrozen = pairedTests(spec, figures.labels, figures.loop, figures.frozen);
  const againstFixed = pairedTests(spec, figures.labels, figures.loop, figures.fixed);
  const staging = stagingCost(spec, figures);
  const names = usualMetrics[spec.target.task].shown;
  if (options.json) {
    const line = {
      model: spec.name,
      task: spec.target.task,
      lines: figures.lines,
      readingNotes: figures.readingNotes,
      rows: figures.rows,
      liveRows: figures.liveRows,
      loop: pick(loop, names),
      neverRetrained: pick(frozen, names),
      fixedInterval: { ...pick(fixed, names), everyRows: figures.fixedEveryRows, trainings: figures.fixed.trainings },
      pairedAgainstNeverRetrained: againstFrozen,
      pairedAgainstFixedInterval: againstFixed,
      trainings: figures.trainings,
      refusedByGate: figures.refused,
      rollouts: figures.rollouts,
      promoted: figures.promoted,
      rollBacks: figures.rollBacks,
      stagingCost: staging,
      alarms: figures.alarms,
      lostPredictions: figures.lostPredictions,
      lostLabels: figures.lostLabels,
      seconds: Number(figures.seconds.toFixed(1)),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  const row = (name: string, metrics: Metrics) =>
    `  ${name.padEnd(34)}${names.map((metric) => (metrics[metric]?.toFixed(4) ?? '-').padStart(11)).join('')}`;
  const lines = [
    '',
    `  ${'prequential, each row before its label'.padEnd(34)}${names.map((name) => name.padStart(11)).join('')}`,
    row('the loop', loop),
    row('first champion, never retrained', frozen),
    row(`retrained every ${figures.fixedEveryRows} rows`, fixed),
    '',
    ...againstFrozen.map((test) => `  ${sayTest(test)} than never retraining`),
    '',
    `  ${figures.trainings} trainings (${figures.refused} refused by the gate), ${figures.rollouts} rollouts ` +
      `(${figures.rollBacks} rolled back), ${figures.alarms} alarms; fixed: ${figures.fixed.trainings} trainings`,
    `  staging cost: ${staging.perLiveRow.toFixed(4)} ${staging.loss} per row ` +
      `over ${staging.rows} rows on which a better version stood by`,
    `  lost predictions ${figures.lostPredictions}, lost labels ${figures.lostLabels}; ${figures.seconds.toFixed(0)} s`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function sayTest(test: PairedTest): string {
  const verdict = test.lower > 0 ? 'better' : test.upper < 0 ? 'worse' : 'not proven different';
  return (
    `${test.metric}: ${Math.abs(test.estimate).toFixed(4)} ${test.estimate >= 0 ? 'better' : 'worse'} ` +
    `[${test.lower.toFixed(4)}, ${test.upper.toFixed(4)}], ${verdict}`
  );
}

function pick(metrics: Metrics, names: readonly MetricName[]): Record<string, number | null> {
  return Object.fromEntries(
    names.map((name) => [name, metrics[name] === undefined ? null : Number(metrics[name].toFixed(6))]),
  );
}

export interface StagingCost {
  readonly rows: number;
  /** What it is called. */
  readonly loss: string;
  /**
   * Loss of what was served minus loss of the version promoted later, summed over those rows and divided by all live
   * rows.
   */
  readonly perLiveRow: number;
}

/** What it cost not to promote at once: rows served by the old champion while the later one only stood by. */
export function stagingCost(spec: ModelSpec, figures: Pick<TableFigures, 'labels' | 'loop' | 'liveRows'>): StagingCost {
  const { loss, scoreCount } = taskOf(spec.target.task);
  const width = scoreCount(classesOf(spec.target));
  let sum = 0;
  let rows = 0;
  figures.labels.forEach((label, row) => {
    if (Number.isNaN(label) || Number.isNaN(figures.loop.promotedScores[row * width] ?? Number.NaN)) return;
    const lossOf = (scores: Float64Array): number =>
      loss.ofRow(scores.subarray(row * width, (row + 1) * width), label, probabilityMin);
    sum += lossOf(figures.loop.scores) - lossOf(figures.loop.promotedScores);
    rows += 1;
  });
  return {
    rows,
    loss: loss.rowWords,
    perLiveRow: figures.liveRows === 0 ? 0 : sum / figures.liveRows,
  };
}
