import { widthOf } from '../answering/decide.ts';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../domain/words/canonical.ts';
import type { ScoredRows } from '../domain/metrics/scored-rows.ts';
import { scoreRows } from '../domain/metrics/score-rows.ts';
import { trainableOf } from '../domain/spec/trainer-spec.ts';
import { signatureOf, type Signature } from '../domain/spec/signature.ts';
import type { TrainedModel, TrainJob, TrainReport } from '../domain/training/training.ts';
import { sliceColumns, type FeatureColumn, type FeatureColumns } from '../onnx/run/columns.ts';
import { loadModel } from '../onnx/run/run-model.ts';
import { scoreColumns } from '../onnx/run/score-columns.ts';
import { checkLabels } from './prepare/check-labels.ts';
import { checkpointFile } from './fit/checkpoint-file.ts';
import { exportModel, type Exported } from './fit/export-model.ts';
import type { FittedModel, OnProgress, RowRange } from './interface.ts';
import { linearTrainer } from './families/linear/linear.ts';
import type { Parity } from './fit/parity.ts';
import { priorTrainer } from './families/prior/prior.ts';
import { readTable } from './prepare/read-table.ts';
import { referenceProfile } from './judge/reference-profile.ts';
import { scoreChampion } from './judge/score-champion.ts';
import { chooseThreshold, gainsIn, refitModel, selectModel, stageOf, type FitContext } from './fit/select-model.ts';
import { sliceMetrics } from './judge/slice-metrics.ts';
import { splitByTime, type TimeSplit } from './prepare/split-by-time.ts';
import { tableDigest, type TrainingTable } from './prepare/table.ts';
import { writeTestScores } from './judge/write-test-scores.ts';

const profileFile = 'profile.json';
const testScoresFile = 'test-scores.parquet';

/**
 * One training, from Parquet to ONNX files with evidence. Every figure is computed from what ONNX Runtime answers, not
 * from the trainer. Equal jobs on equal rows write equal model bytes, also after a resume from `checkpointDir`.
 * Throws PerennialError: `invalid_data` (nothing to learn, missing column), `parity_failed`, `artifact_corrupt`
 * (champion).
 */
export async function runTrain(job: TrainJob, onProgress: OnProgress): Promise<TrainReport> {
  const { spec } = job;
  await mkdir(job.outputDir, { recursive: true });
  await onProgress({ phase: 'load', done: 0, of: 1 });
  const { table, unlabelledRows } = await readTable(spec, job.dataPaths);
  await onProgress({ phase: 'load', done: 1, of: 1, note: `${table.rows} labelled rows` });
  checkLabels(spec, table, unlabelledRows);
  const split = splitByTime(table, spec.split, spec.target.labelDelay, true);
  const dataDigest = tableDigest(table);
  const context = fitContext(job, table, dataDigest, onProgress);
  const selected = await selectModel(context, split.training, split.validation);
  const threshold = chooseThreshold(spec, table, selected.model, split.validation);
  const run: Run = { job, table, split, context, dataDigest, onProgress, threshold };

  const candidate = await exportAndScore(run, selected.model, 'candidate');
  const baselines = await fitBaselines(run, candidate, selected.fittedOn);
  const champion = await scoreChampion(job, context.signature, table, split.test, (scores, ownThreshold) =>
    scoreRows(scoredTest(run, scores, ownThreshold)),
  );
  const release = context.settings.refit ? await refitRelease(run, selected, candidate) : { ...candidate, selected };
  await writeProfile(run, release);
  const gains = gainsIn(spec, table, split.test);
  await writeTestScores(join(job.outputDir, testScoresFile), {
    order: table.order.subarray(split.test.from, split.test.to),
    labels: table.labels.subarray(split.test.from, split.test.to),
    candidate: candidate.testScores,
    champion: champion?.scores ?? null,
    gains,
    width: widthOf(context.signature),
  });
  await onProgress({ phase: 'score', done: 1, of: 1 });
  return {
    rows: rowsOf(table, split),
    trainedThroughOrder: table.order[table.rows - 1] ?? 0,
    historyShare: selected.historyShare,
    candidate: candidate.trained,
    baselines: baselines.map(({ trained }) => trained),
    release: release.trained,
    releaseProfileFile: profileFile,
    champion: champion === null ? null : { testMetrics: champion.testMetrics, comparableRows: champion.comparableRows },
    slices: sliceMetrics(sliceColumnsOf(run), scoredTest(run, candidate.testScores, threshold)),
    importance: release.selected.model.importance,
    testScoresFile,
    parity: worstParity([
      candidate.exported.parity,
      ...baselines.map(({ exported }) => exported.parity),
      release.exported.parity,
    ]),
  };
}

interface Run {
  readonly job: TrainJob;
  readonly table: TrainingTable;
  readonly split: TimeSplit;
  readonly context: FitContext;
  readonly dataDigest: string;
  readonly onProgress: OnProgress;
  readonly threshold: number | null;
}

interface Scored {
  readonly exported: Exported;
  readonly trained: TrainedModel;
  /** By ONNX Runtime, over the test rows. */
  readonly testScores: Float64Array;
}

function fitContext(job: TrainJob, table: TrainingTable, dataDigest: string, onProgress: OnProgress): FitContext {
  const { features, target, trainer, split } = job.spec;
  const digest = createHash('sha256')
    .update(canonicalJson({ features, target, trainer, split, dataDigest }))
    .digest('hex')
    .slice(0, 32);
  return {
    signature: signatureOf(job.spec),
    table,
    settings: trainableOf(trainer),
    checkpoint: (stage) => checkpointFile(job.checkpointDir, `${digest}-${stage}`),
    onProgress: (stage, done, of) =>
      onProgress({ phase: stage.startsWith('refit') ? 'refit' : 'fit', done, of, note: stage }),
  };
}

async function exportAndScore(run: Run, model: FittedModel, name: string): Promise<Scored> {
  const { table, split, context } = run;
  const exported = await exportModel({
    model,
    signature: context.signature,
    columns: table.columns,
    golden: { from: split.validation.from, to: split.test.to },
    test: split.test,
    dataDigest: run.dataDigest,
    outputDir: run.job.outputDir,
    modelFile: `${name}.onnx`,
    onProgress: run.onProgress,
  });
  const testMetrics = scoreRows(scoredTest(run, exported.testScores, run.threshold));
  const trained: TrainedModel = {
    family: model.family,
    modelFile: exported.modelFile,
    threshold: run.threshold,
    testMetrics,
    trees: model.trees,
  };
  return { exported, trained, testScores: exported.testScores };
}

/** On the same rows as the candidate. A linear candidate is its own linear baseline. */
async function fitBaselines(run: Run, candidate: Scored, fittedOn: RowRange): Promise<Scored[]> {
  const { context, split } = run;
  const { settings } = context;
  const stage = (name: string) => stageOf(context, name, fittedOn, split.validation);
  const prior = await priorTrainer.fit({ ...stage('prior'), settings });
  const first = await exportAndScore(run, prior, 'prior');
  if (candidate.trained.family === 'linear') return [first, candidate];
  const linear = await linearTrainer.fit({ ...stage('linear'), settings });
  return [first, await exportAndScore(run, linear, 'linear')];
}

/**
 * The refit has seen the test rows, so its own metrics on them would flatter it: it carries those of the candidate,
 * whose configuration it is.
 */
async function refitRelease(run: Run, selected: Awaited<ReturnType<typeof selectModel>>, candidate: Scored) {
  const refitted = await refitModel(run.context, selected, run.split.training);
  const scored = await exportAndScore(run, refitted.model, 'release');
  return { ...scored, trained: { ...scored.trained, testMetrics: candidate.trained.testMetrics }, selected: refitted };
}

/**
 * What the served model says of the rows it was fitted on. The candidate's scores on unseen rows are another model's: a
 * refit has more trees, which alone moves every quantile and would alarm on every window.
 */
async function writeProfile(
  { job, table, context }: Run,
  release: { readonly exported: Exported; readonly selected: { readonly fittedOn: RowRange } },
): Promise<void> {
  const { fittedOn } = release.selected;
  const unseen = context.settings.refit ? null : release.exported.heldOutScores;
  const scores =
    unseen ??
    (await scoresOn(
      join(job.outputDir, release.exported.modelFile),
      context.signature,
      sliceColumns(table.columns, fittedOn.from, fittedOn.to),
    ));
  await writeFile(
    join(job.outputDir, profileFile),
    `${canonicalJson(referenceProfile(context.signature, table.columns, fittedOn, scores))}\n`,
  );
}

async function scoresOn(modelPath: string, signature: Signature, columns: FeatureColumns): Promise<Float64Array> {
  const { session } = await loadModel(modelPath);
  try {
    return await scoreColumns(session, signature, columns);
  } finally {
    await session.release();
  }
}

function scoredTest({ table, split, context, job }: Run, scores: Float64Array, threshold: number | null): ScoredRows {
  const { task, classes } = context.signature;
  const labels = table.labels.subarray(split.test.from, split.test.to);
  return { task, classes, labels, scores, threshold, gains: gainsIn(job.spec, table, split.test) };
}

function sliceColumnsOf({ job, table, split }: Run): FeatureColumn[] {
  const test = sliceColumns(table.columns, split.test.from, split.test.to);
  return job.spec.slices.flatMap((name) => test.byName.get(name) ?? []);
}

function rowsOf(table: TrainingTable, { training, validation, test, gapRows }: TimeSplit): TrainReport['rows'] {
  const size = ({ from, to }: RowRange) => to - from;
  return { all: table.rows, training: size(training), validation: size(validation), test: size(test), gap: gapRows };
}

function worstParity(parities: readonly Parity[]): Parity {
  return {
    rows: Math.min(...parities.map(({ rows }) => rows)),
    maxAbsoluteDifference: Math.max(...parities.map(({ maxAbsoluteDifference }) => maxAbsoluteDifference)),
    labelMismatches: parities.reduce((sum, { labelMismatches }) => sum + labelMismatches, 0),
  };
}
