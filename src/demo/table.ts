import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rootDir } from '../config.ts';
import { inferInOrder } from '../data/infer/infer-in-order.ts';
import type { InferredSpec } from '../data/infer/infer-spec.ts';
import { writeDefinition } from '../data/infer/write-definition.ts';
import { loopCounts } from '../db/watching/loop-counts.ts';
import { findVersion } from '../db/models/versions.ts';
import { PerennialError } from '../domain/words/errors.ts';
import type { Metrics } from '../domain/metrics/metrics.ts';
import { usualMetrics } from '../domain/metrics/usual-metrics.ts';
import { sayLines } from '../domain/training/line-account.ts';
import { saySelection } from '../domain/training/selection/say-selection.ts';
import type { ModelSpec } from '../domain/spec/spec.ts';
import { isRows } from '../domain/words/extent.ts';
import { workflowIds } from '../domain/words/ids.ts';
import { readConfig } from '../config.ts';
import { sortedFolderName } from '../domain/words/state-folder.ts';
import { createReplayer, type ReplayBatch } from '../replay/replay.ts';
import { readTrafficTable, type TrafficTable } from '../replay/traffic-table.ts';
import type { DataOptions, DemoOptions } from './options.ts';
import { onStage, type Stage } from './stage.ts';
import { reportTable, type TableFigures } from './table-report.ts';
import { applySpec, firstChampion } from './first-champion.ts';
import { readServed } from './served-rows.ts';
import { loopEffort } from './yardsticks/loop-effort.ts';
import { measureYardsticks } from './yardsticks/measure-yardsticks.ts';

const batchRowsMax = 250;

/** The loop on anyone's table: the first fifth is history, the rest is replayed as live traffic with late labels. */
export async function playTable(options: DemoOptions, data: DataOptions): Promise<number> {
  const inferred = await inferInOrder({
    path: path.resolve(data.path),
    target: data.target,
    workDir: path.join(readConfig().stateDir, sortedFolderName),
    ...(data.name === null ? {} : { name: data.name }),
    ...(data.time === null ? {} : { time: data.time }),
    ...(data.positive === null ? {} : { positive: data.positive }),
    ...(data.entity === null ? {} : { entity: data.entity }),
    ...(data.dateOrder === null ? {} : { dateOrder: data.dateOrder }),
    ...(data.timeZone === null ? {} : { timeZone: data.timeZone }),
    ...(data.labelDelayRows === null ? {} : { labelDelayRows: data.labelDelayRows }),
  });
  const { spec } = inferred;
  const { json, keep } = options;
  const sourceFilesIn = () => [inferred.file.path];
  return onStage({ json, keep, play: ['table', JSON.stringify(spec)], sourceFilesIn }, async (stage) => {
    await tellDefinition(stage, inferred, options);
    await applySpec(stage, spec);
    const first = await firstChampion(stage, spec.name);
    const firstEffort = await loopEffort(stage);
    const version = await findVersion(stage.stack.database.db, spec.name, 1);
    if (version === null) throw new PerennialError('internal', 'the first champion has no version row');
    stage.act(
      'train',
      `v${first.version} is champion: ${metricsText(spec, version.report.candidate.testMetrics)} on ` +
        `${version.report.rows.test} test rows`,
      stage.workflowLink(workflowIds.train(spec.name, 1)),
    );
    for (const finding of saySelection(version.report.selection ?? {})) stage.act('note', finding);
    const table = await readTrafficTable(inferred.file, spec);
    await replay(stage, inferred, table);
    const firstCpuSeconds = firstEffort?.trainingCpuSeconds ?? null;
    const figures = await measure(stage, inferred, table, { firstCpuSeconds, hasLearners: options.hasYardsticks });
    reportTable(options, stage, spec, figures);
    return figures.lostPredictions === 0 &&
      figures.lostLabels === 0 &&
      figures.champions === 1 &&
      figures.openRuns === 0
      ? 0
      : 1;
  });
}

async function tellDefinition(stage: Stage, inferred: InferredSpec, options: DemoOptions): Promise<void> {
  const { spec } = inferred;
  if (inferred.lines !== null) stage.act('read', sayLines(inferred.lines));
  for (const note of inferred.notes) stage.act('note', note);
  const definition = writeDefinition(spec);
  if (!options.json && !stage.isResumed) process.stdout.write(`\n${definition.replace(/^/gm, '    ')}\n`);
  if (!options.keep) return;
  const file = path.join(rootDir, 'models', `${spec.name.replace('.', '-')}.ts`);
  await writeFile(file, definition, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  stage.act('define', `the definition is ${path.relative(process.cwd(), file)}`);
}

/** Window by window; what a killed demo had played is found in Postgres and not played again. */
async function replay(stage: Stage, inferred: InferredSpec, table: TrafficTable): Promise<void> {
  const { spec, historyRows } = inferred;
  const windowRows = isRows(spec.watch.window) ? spec.watch.window.rows : 500;
  const liveRows = table.rows.length - historyRows;
  const starts = batchStarts(liveRows, windowRows, batchRowsOf(spec));
  const replayer = createReplayer({
    model: spec.name,
    inference: stage.inference,
    control: stage.control,
    onWait: (what) => stage.progress(`waiting for ${what}`),
  });
  // What a killed demo had just played may still have to be decided: later rows belong to whatever comes of it.
  const { lastSeq } = await replayer.settled();
  await replayer.settle(lastSeq);
  const done = Math.floor(lastSeq / windowRows) * windowRows;
  for (let from = done; from < liveRows; from += windowRows) {
    const to = Math.min(liveRows, from + windowRows);
    const view = await replayer.play(batchesOf(inferred, table, starts, from, to), to);
    const rollout = view.rollout === null ? '' : `, v${view.rollout.version} in step ${view.rollout.step ?? '-'}`;
    stage.progress(
      `${to.toLocaleString('en')} of ${liveRows.toLocaleString('en')} rows, champion ` +
        `v${view.championVersion ?? 0}${rollout}`,
    );
  }
  // Every label comes in the end; the last ones are too late to change anything.
  await replayer.play(
    [{ labels: labelsOf(inferred, table, (starts.at(-1) ?? 0) - delayOf(inferred), liveRows), rows: [] }],
    liveRows,
  );
}

function delayOf({ spec }: InferredSpec): number {
  return isRows(spec.target.labelDelay) ? spec.target.labelDelay.rows : 0;
}

/** With answers that are corrected within a window, no more rows than it takes labels to do so. */
function batchRowsOf({ watch: { correction } }: ModelSpec): number {
  return Math.min(batchRowsMax, correction?.everyRows ?? batchRowsMax);
}

/** Where each request begins: no request crosses the end of a window. */
function batchStarts(liveRows: number, windowRows: number, batchRows: number): readonly number[] {
  const starts: number[] = [];
  for (let from = 0; from < liveRows; from += windowRows) {
    for (let at = from; at < Math.min(liveRows, from + windowRows); at += batchRows) starts.push(at);
  }
  return starts;
}

/** The requests of one window; before each, the labels of rows that are a label delay old by then. */
function batchesOf(
  inferred: InferredSpec,
  table: TrafficTable,
  starts: readonly number[],
  from: number,
  to: number,
): readonly ReplayBatch[] {
  const delay = delayOf(inferred);
  // Of the whole replay: a label of a row that has none is not sent.
  let labelsSoFar = labelsOf(inferred, table, 0, (starts.findLast((at) => at < from) ?? 0) - delay).length;
  return starts.flatMap((at, i) => {
    if (at < from || at >= to) return [];
    const end = Math.min(to, starts[i + 1] ?? to);
    const labels = labelsOf(inferred, table, (starts[i - 1] ?? 0) - delay, at - delay);
    labelsSoFar += labels.length;
    const isPaced = inferred.spec.watch.correction?.everyRows !== undefined;
    return [
      {
        labels,
        rows: rowsOf(inferred, table, at, end),
        ...(isPaced ? { restsAt: { rows: at, labels: labelsSoFar } } : {}),
      },
    ];
  });
}

function rowsOf(
  { spec, historyRows }: InferredSpec,
  table: TrafficTable,
  from: number,
  to: number,
): ReplayBatch['rows'] {
  return table.rows.slice(historyRows + from, historyRows + to).map((row, i) => {
    const cells: Record<string, unknown> = { ...row.features };
    if (spec.entity !== null && row.entity !== null) cells[spec.entity.column] ??= row.entity;
    if (spec.eventTime !== null && row.eventTimeMs !== null)
      cells[spec.eventTime.column] ??= new Date(row.eventTimeMs).toISOString();
    return { predictionId: `row-${from + i}`, cells };
  });
}

function labelsOf({ historyRows }: InferredSpec, table: TrafficTable, from: number, to: number): ReplayBatch['labels'] {
  const labels: ReplayBatch['labels'][number][] = [];
  for (let row = Math.max(0, from); row < to; row++) {
    const label = table.rows[historyRows + row]?.label ?? null;
    if (label !== null && !Number.isNaN(table.labels[historyRows + row]))
      labels.push({ labelId: `label-${row}`, predictionId: `row-${row}`, label });
  }
  return labels;
}

async function measure(
  stage: Stage,
  inferred: InferredSpec,
  table: TrafficTable,
  asked: { readonly firstCpuSeconds: number | null; readonly hasLearners: boolean },
): Promise<TableFigures> {
  const { spec, historyRows } = inferred;
  const { db } = stage.stack.database;
  const first = await findVersion(db, spec.name, 1);
  if (first === null) throw new PerennialError('internal', 'the first version is gone');
  const labels = table.labels.subarray(historyRows);
  const liveRows = labels.length;
  const loop = await readServed(db, spec, liveRows);
  const effort = await loopEffort(stage);
  const labelDelayRows = delayOf(inferred);
  const yardsticks = await measureYardsticks(stage, spec, { first, table, historyRows, labelDelayRows, ...asked });
  const counts = await loopCounts(db, spec.name);
  const labelsSent = labels.filter((label) => !Number.isNaN(label)).length;
  return {
    ...counts,
    lines: inferred.lines,
    readingNotes: inferred.readingNotes,
    rows: table.rows.length,
    liveRows,
    labels,
    loop,
    effort,
    yardsticks,
    lostPredictions: liveRows - loop.storedRows,
    lostLabels: labelsSent - counts.labels,
    seconds: stage.seconds(),
  };
}

function metricsText(spec: ModelSpec, metrics: Metrics): string {
  const shown = usualMetrics[spec.target.task].shown.flatMap((name) => {
    const value = metrics[name];
    return value === undefined ? [] : [`${name} ${value.toFixed(3)}`];
  });
  return shown.join(', ');
}
