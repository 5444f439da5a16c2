import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { readTestScores } from '../../src/data/snapshot/read-test-scores.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import {
  putOutcome,
  readCandidate,
  readExperiment,
  type CandidateKey,
  type ExperimentRow,
} from '../../src/db/trainers/experiments.ts';
import { metricIntervals } from '../../src/domain/metrics/metric-intervals.ts';
import type { ModelSpec } from '../../src/domain/spec/spec.ts';
import type { CandidateOutcome } from '../../src/domain/training/experiment/experiment.ts';
import type { ChampionOfJob, TrainReport } from '../../src/domain/training/training.ts';
import { PerennialError } from '../../src/domain/words/errors.ts';
import { takeFitted } from '../../src/trainers/fit/read-fitted.ts';
import { files } from '../../src/trainers/prepare/folder.ts';
import { testRows } from '../../src/trainers/test-rows.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from '../train/training-children.ts';
import { linkPrepared, ownFolder, stepFolder } from '../train/training-folders.ts';
import { seenThrough } from '../train/training-inputs.ts';
import { candidateBase } from './candidate-folder.ts';

export interface JudgeCandidateAsk extends CandidateKey {
  /** Folders below the train folder: of the rows, and of what was made of them. */
  readonly prepared: string;
  readonly fitted: string;
  /** From when its fit was asked for until it was done. */
  readonly fitMs: number;
}

/** Enough for a median that is shown; a gate asks for more. */
const latencyRounds = 3;

export function judgeCandidateActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { trainDir, store } = deps;
  const { db } = deps.database;

  /**
   * Scores the files of a candidate on its test rows, keeps what they come to as a row, and ends its folder with the
   * files: nothing of it becomes a version. What was judged before stays.
   */
  async function judgeCandidate(ask: JudgeCandidateAsk): Promise<void> {
    const base = candidateBase(trainDir, ask);
    const { spec, outcome, reason } = await readCandidate(db, ask);
    if (outcome === null && reason === null) {
      const folder = await stepFolder(base, 'judge');
      const own = (name: string, lastFile: string) => ownFolder({ trainDir, base }, name, lastFile);
      await linkPrepared(await own(ask.prepared, files.prepared), folder);
      await takeFitted(await own(ask.fitted, files.fitted), folder);
      const champion = await championOf(await readExperiment(db, ask), folder);
      const report = await children.run<'judge'>({ job: 'judge', folder, ...champion });
      const judged = await outcomeOf(spec, folder, report, ask.fitMs);
      await putOutcome(db, ask, judged, await store.putFile(path.join(folder, report.testScoresFile)));
    }
    await rm(base, { recursive: true, force: true });
  }

  /** The one that was champion when the experiment began, with how far it has seen in the order of these rows. */
  async function championOf({ model, champion, snapshot }: ExperimentRow, folder: string): Promise<ChampionOfJob> {
    const version = champion === null ? null : await findVersion(db, model, champion);
    if (version === null || version.filesRemovedAt !== null)
      return { championModelPath: null, championThreshold: null, championTrainedThroughOrder: null };
    const { specRevision } = version;
    const asked = { model, specRevision, snapshots: [{ digest: snapshot }] };
    return {
      championModelPath: await store.checkedPathOf(version.modelDigest),
      championThreshold: version.threshold,
      championTrainedThroughOrder: await seenThrough(deps, asked, version.version, folder),
    };
  }

  async function outcomeOf(
    spec: ModelSpec,
    folder: string,
    report: TrainReport,
    fitMs: number,
  ): Promise<CandidateOutcome> {
    const { candidate, release, champion, rows } = report;
    const scores = await readTestScores(path.join(folder, report.testScoresFile), []);
    return {
      family: candidate.family,
      trees: candidate.trees,
      threshold: candidate.threshold,
      testMetrics: candidate.testMetrics,
      intervals: metricIntervals(testRows(spec, scores, scores.candidate, candidate.threshold)),
      rows: { training: rows.training, validation: rows.validation, test: rows.test },
      inputs: spec.features.length,
      fileBytes: (await stat(path.join(folder, release.modelFile))).size,
      latencyUs: await latencyUsOf(folder, release.modelFile),
      fitMs,
      champion: champion === null ? null : { testMetrics: champion.testMetrics, unseenRows: champion.comparableRows },
    };
  }

  /** What cannot be measured is left out, and fails no candidate. */
  async function latencyUsOf(folder: string, modelFile: string): Promise<number | null> {
    const measures = { isLatencyAsked: true, isMemoryAsked: false, batchRows: [] };
    try {
      const { rounds } = await children.run<'measure'>({
        job: 'measure',
        folder,
        modelFile,
        champion: null,
        measures,
        rounds: latencyRounds,
      });
      const medians = rounds.flatMap(({ candidate }) => candidate.latencyMs?.p50 ?? []).toSorted((a, b) => a - b);
      const median = medians[Math.floor(medians.length / 2)];
      return median === undefined ? null : 1_000 * median;
    } catch (error) {
      if (!(error instanceof PerennialError)) throw error;
      return null;
    }
  }

  return { judgeCandidate };
}
