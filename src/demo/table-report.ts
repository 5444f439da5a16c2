import { probabilityMin } from '../statistics/samples/losses.ts';
import type { LoopCounts } from '../db/watching/loop-counts.ts';
import { usualMetrics } from '../domain/metrics/usual-metrics.ts';
import { classesOf, taskOf } from '../domain/tasks/task-of.ts';
import type { LineAccount } from '../domain/training/line-account.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { prequential } from '../replay/prequential.ts';
import type { DemoOptions } from './options.ts';
import type { Stage } from './stage.ts';
import type { ServedRows } from './served-rows.ts';
import type { LoopEffort } from './yardsticks/loop-effort.ts';
import type { Yardsticks } from './yardsticks/measure-yardsticks.ts';
import { compareYardsticks, pick, sayYardsticks, yardsticksAsJson } from './yardsticks/report-yardsticks.ts';

export interface TableFigures extends Omit<LoopCounts, 'labels'> {
  /** Where the lines of the file went; null for Parquet. */
  readonly lines: LineAccount | null;
  readonly readingNotes: readonly string[];
  readonly rows: number;
  readonly liveRows: number;
  readonly labels: Float64Array;
  readonly loop: ServedRows;
  /** CPU of the loop; null where it is not known. */
  readonly effort: LoopEffort | null;
  readonly yardsticks: Yardsticks;
  readonly lostPredictions: number;
  readonly lostLabels: number;
  readonly seconds: number;
}

/** Prequential quality of the loop beside its yardsticks: a table for people, or one JSON line. */
export function reportTable(options: DemoOptions, stage: Stage, spec: ModelSpec, figures: TableFigures): void {
  const { effort, trainings } = figures;
  const loop = prequential(spec, figures.labels, figures.loop);
  const compared = compareYardsticks(spec, figures.labels, figures.loop, figures.yardsticks.measured);
  const staging = stagingCost(spec, figures);
  if (options.json) {
    const line = {
      model: spec.name,
      task: spec.target.task,
      lines: figures.lines,
      readingNotes: figures.readingNotes,
      rows: figures.rows,
      liveRows: figures.liveRows,
      loop: pick(loop, usualMetrics[spec.target.task].shown),
      ...yardsticksAsJson(spec, compared, figures.yardsticks.missing),
      trainings,
      trainingCpuSeconds: effort?.trainingCpuSeconds ?? null,
      workerCpuSeconds: effort?.workerCpuSeconds ?? null,
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
  const own = { metrics: loop, effort: { trainings, cpuSeconds: effort?.trainingCpuSeconds ?? null } };
  const lines = [
    '',
    ...sayYardsticks(spec, own, compared, figures.yardsticks.missing),
    '',
    `  ${trainings} trainings (${figures.refused} refused by the gate), ${figures.rollouts} rollouts ` +
      `(${figures.rollBacks} rolled back), ${figures.alarms} alarms`,
    ...sayWorker(effort),
    `  staging cost: ${staging.perLiveRow.toFixed(4)} ${staging.loss} per row ` +
      `over ${staging.rows} rows on which a better version stood by`,
    `  lost predictions ${figures.lostPredictions}, lost labels ${figures.lostLabels}; ${figures.seconds.toFixed(0)} s`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function sayWorker(effort: LoopEffort | null): readonly string[] {
  if (effort === null) return [];
  return [
    `  CPU: ${effort.trainingCpuSeconds.toFixed(0)} s of its trainings, and ${effort.workerCpuSeconds.toFixed(0)} s ` +
      'of the worker itself (windows, corrections, decisions)',
  ];
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
