import { widthOf } from '../../answering/decide.ts';
import { join } from 'node:path';
import type { Metrics } from '../../domain/metrics/metrics.ts';
import { pickRows, type ScoredRows } from '../../domain/metrics/scored-rows.ts';
import { scoreRows } from '../../domain/metrics/score-rows.ts';
import { gatedSlices } from '../../domain/spec/gates/declared-slices.ts';
import { quantileIn } from '../../domain/spec/trainer-spec.ts';
import { droppedIn } from '../../domain/training/selection/selection.ts';
import type { JudgeJob, TrainedModel, TrainReport } from '../../domain/training/training.ts';
import { sliceColumns, type FeatureColumns } from '../../onnx/run/columns.ts';
import { readFitted } from '../fit/read-fitted.ts';
import type { OnProgress, RowRange } from '../interface.ts';
import { newestFold } from '../prepare/fold-rows.ts';
import { files, type Baselines, type FittedFile, type Split } from '../prepare/folder.ts';
import { readJson } from '../prepare/json-files.ts';
import { readFolder, withParts, type FolderRows } from '../prepare/read-folder.ts';
import { correctHoldOut } from './hold-out/correct-hold-out.ts';
import { featureRelations } from './feature-relations.ts';
import { meanContributions } from './mean-contributions.ts';
import { worstParity } from './parity.ts';
import { scoreChampion, type ScoredChampion } from './score-champion.ts';
import { scoreFolds } from './score-folds.ts';
import type { Scored } from './score-model.ts';
import { fairnessOf } from './slices/fairness-of.ts';
import { sliceMembers } from './slices/slice-members.ts';
import { sliceMetrics } from './slices/slice-metrics.ts';
import { chooseThreshold, gainsIn } from './threshold.ts';
import { writeProfile } from './write-profile.ts';
import { writeTestScores } from './write-test-scores.ts';

/**
 * The third step: every figure of the report is computed from what ONNX Runtime answers with the files of the folder,
 * never from what a trainer says of itself. Throws `parity_failed` for a file that disagrees with its trainer.
 */
export async function judge(
  folder: string,
  job: Omit<JudgeJob, 'job' | 'folder'>,
  onProgress: OnProgress,
): Promise<TrainReport> {
  const read = await readFolder(folder);
  const fitted = await readFitted(folder, read);
  const rows = fitted.parts === undefined ? read : withParts(read, fitted.parts);
  const { spec, table, split } = rows;
  const baselines = await readJson<Baselines>(join(folder, files.baselines));
  const score = (file: FittedFile) => scoreFolds(folder, rows, file, onProgress);

  const candidate = await score(fitted.candidate);
  const others: Scored[] = [];
  for (const file of baselines.models)
    // oxlint-disable-next-line no-await-in-loop -- one session at a time bounds memory
    others.push(file.modelFile === candidate.file.modelFile ? candidate : await score(file));
  const threshold = chooseThreshold(spec, table, candidate.validationPredictions, split.validation);
  const trained = (scored: Scored) => trainedOf(rows, scored, threshold);
  const champion = await scoreChampion(job, rows, (scores, own, comparable) =>
    measureChampion(rows, testRows(rows, scores, own), comparable),
  );
  const release = fitted.release === null ? candidate : await score(fitted.release);
  const first = correctHoldOut({
    spec,
    signature: rows.signature,
    columns: testColumns(rows),
    labels: table.labels.subarray(split.test.from, split.test.to),
    scores: candidate.testScores,
    // Not of the release: what a refit learnt of the test rows must not choose features by which these are judged.
    // Nor of a column that the model does not read: a correction would carry its course on beyond all that was seen.
    importance: candidate.file.importance.filter(({ feature }) => fitted.withheld?.includes(feature) !== true),
    learnt: {
      columns: sliceColumns(table.columns, split.training.from, split.training.to),
      labels: table.labels.subarray(split.training.from, split.training.to),
    },
  });
  const fairness = fairnessOf(spec, testColumns(rows), testRows(rows, candidate.testScores, threshold));
  const contributions = await meanContributions(folder, rows, release);
  await writeProfile(folder, rows, { candidate, release }, droppedIn(fitted.selection));
  await writeScores(folder, rows, { candidate, champion, others });
  await onProgress({ phase: 'score', done: 1, of: 1 });
  return {
    rows: rowsOf(rows),
    trainedThroughOrder: table.order.reduce((last, order) => Math.max(last, order), 0),
    historyShare: fitted.historyShare,
    candidate: trained(candidate),
    baselines: others.map(trained),
    // A refit has seen the test rows, so its own metrics on them would flatter it: it carries those of the candidate,
    // whose configuration it is.
    release: { ...trained(release), testMetrics: trained(candidate).testMetrics },
    releaseProfileFile: files.profile,
    champion: champion === null ? null : { testMetrics: champion.testMetrics, comparableRows: champion.comparableRows },
    slices: sliceMetrics(spec.slices, testColumns(rows), testRows(rows, candidate.testScores, threshold)),
    ...(fairness === null ? {} : { fairness }),
    importance: release.file.importance,
    ...(contributions === null ? {} : { contributions }),
    ...(fitted.selection === undefined ? {} : { selection: fitted.selection }),
    ...(fitted.calibration === undefined ? {} : { calibration: fitted.calibration }),
    ...(fitted.ensemble === undefined ? {} : { ensemble: fitted.ensemble }),
    ...(rows.limits === undefined ? {} : { outliers: rows.limits }),
    ...(first === null ? {} : { firstCorrection: first }),
    relations: featureRelations({ ...rows, ...rows.table, ...relatedIn(split) }),
    testScoresFile: files.testScores,
    parity: worstParity(
      // Of a program of somebody else it is asked what its own file was compared by.
      (fitted.external === undefined ? [candidate, ...others, release] : [candidate, release]).map(
        ({ parity }) => parity,
      ),
    ),
    ...(fitted.warmStart === undefined ? {} : { warmStart: fitted.warmStart }),
    ...(fitted.external === undefined ? {} : { external: fitted.external }),
    ...(job.search === undefined ? {} : { search: job.search }),
    ...(fitted.memory === undefined ? {} : { memory: fitted.memory }),
  };
}

function trainedOf(rows: FolderRows, { file, testScores }: Scored, threshold: number | null): TrainedModel {
  const { family, modelFile, trees } = file;
  return { family, modelFile, threshold, testMetrics: scoreRows(testRows(rows, testScores, threshold)), trees };
}

function testRows({ spec, signature, table, split }: FolderRows, scores: Float64Array, threshold: number | null) {
  const { task, classes } = signature;
  const labels = table.labels.subarray(split.test.from, split.test.to);
  const gains = gainsIn(spec, table, split.test);
  const quantile = quantileIn(spec.trainer);
  return { task, classes, labels, scores, threshold, gains, quantile } satisfies ScoredRows;
}

interface AllScored {
  readonly candidate: Scored;
  readonly champion: ScoredChampion | null;
  readonly others: readonly Scored[];
}

async function writeScores(
  folder: string,
  rows: FolderRows,
  { candidate, champion, others }: AllScored,
): Promise<void> {
  const { spec, signature, table, split } = rows;
  const { test } = split;
  const slices = gatedSlices(spec);
  await writeTestScores(join(folder, files.testScores), {
    order: table.order.subarray(test.from, test.to),
    labels: table.labels.subarray(test.from, test.to),
    candidate: candidate.testScores,
    champion: champion?.scores ?? null,
    baselines: Object.fromEntries(others.map(({ file, testScores }) => [file.family, testScores])),
    gains: gainsIn(spec, table, test),
    eventTimeMs: spec.watch.season == null ? null : (table.eventTimeMs?.subarray(test.from, test.to) ?? null),
    slices: { count: slices.length, members: sliceMembers(slices, testColumns(rows)) },
    width: widthOf(signature),
  });
}

function testColumns({ table, split: { test } }: FolderRows): FeatureColumns {
  return sliceColumns(table.columns, test.from, test.to);
}

/** What blocks judge is most of the history, which a champion knows by heart: it is measured on what it does not. */
function measureChampion({ split }: FolderRows, tested: ScoredRows, comparableRows: number): Metrics {
  if (split.folds === undefined) return scoreRows(tested);
  const from = tested.labels.length - comparableRows;
  const young = Array.from({ length: comparableRows }, (_, row) => from + row);
  return young.length === 0 ? { rows: 0 } : scoreRows(pickRows(tested, young));
}

/** Which rows say what a feature tells, and on which it is held to it. */
function relatedIn(split: Split): Pick<Split, 'training' | 'test'> {
  const newest = newestFold(split);
  return newest === null ? split : { training: newest.before, test: newest.block };
}

function rowsOf({ rows, split }: FolderRows): TrainReport['rows'] {
  const { training, validation, test, gapRows, folds } = split;
  const size = ({ from, to }: RowRange) => to - from;
  return {
    all: rows,
    training: size(training),
    validation: size(validation),
    test: size(test),
    gap: gapRows,
    ...(folds === undefined ? {} : { folds: folds.length }),
  };
}
