import { rm } from 'node:fs/promises';
import { withTransaction } from '../../src/db/base/connect.ts';
import { findVersion } from '../../src/db/models/versions.ts';
import { candidatesOf, putResult, readExperiment, type CandidateRow } from '../../src/db/trainers/experiments.ts';
import type { ExperimentInput } from '../../src/domain/record/experiment/experiment-start.ts';
import { experimentAlpha } from '../../src/domain/training/experiment/compare-candidates.ts';
import type { ChampionReference, CompareJob, CompareResult } from '../../src/domain/training/experiment/experiment.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { TrainingChildren } from '../train/training-children.ts';
import { candidateBase } from './candidate-folder.ts';

const nothing: CompareResult = { rows: 0, standings: [], championDifference: null };

export function compareExperimentActivities(deps: ActivityDependencies, children: TrainingChildren) {
  const { database, store } = deps;

  /** Compares what was judged, once, and keeps what comes of it; the scores of single rows are not kept. */
  async function compareExperiment(input: ExperimentInput): Promise<void> {
    const { metric, champion, result } = await readExperiment(database.db, input);
    const rows = await candidatesOf(database.db, input);
    // Of candidates that came to nothing; each of the others has ended its own.
    for (const { candidate } of rows)
      // oxlint-disable-next-line no-await-in-loop -- a handful of folders
      await rm(candidateBase(deps.trainDir, { ...input, candidate }), { recursive: true, force: true });
    if (result !== null) return;
    const judged: CompareJob['candidates'][number][] = [];
    for (const {
      name,
      spec: { target, trainer },
      outcome,
      scoresDigest,
    } of rows)
      if (outcome !== null && scoresDigest !== null)
        // oxlint-disable-next-line no-await-in-loop -- the bytes of one file after the other
        judged.push({
          name,
          spec: { target, trainer },
          threshold: outcome.threshold,
          scoresPath: await store.checkedPathOf(scoresDigest),
        });
    const seen = rows.find(({ outcome }) => outcome?.champion != null)?.outcome?.champion ?? null;
    const reference = champion === null || seen === null ? null : { version: champion, ...seen };
    const threshold = reference === null ? null : await thresholdOf(input.model, reference.version);
    const compared =
      judged.length === 0
        ? nothing
        : await children.run<'compare'>({
            job: 'compare',
            metric,
            alpha: experimentAlpha,
            candidates: judged,
            champion: reference === null ? null : { threshold, unseenRows: reference.unseenRows },
          });
    const kept = {
      metric,
      alpha: experimentAlpha,
      rows: compared.rows,
      standings: [...compared.standings, ...rows.flatMap(failedOf)],
      champion: referenceOf(reference, compared),
    };
    await withTransaction(database, (tx) => putResult(tx, input, kept));
  }

  async function thresholdOf(model: string, version: number): Promise<number | null> {
    return (await findVersion(database.db, model, version))?.threshold ?? null;
  }

  return { compareExperiment };
}

function failedOf({ name, reason }: CandidateRow): CompareResult['standings'] {
  return reason === null ? [] : [{ name, standing: 'failed', difference: null, reason }];
}

function referenceOf(
  reference: Omit<ChampionReference, 'difference'> | null,
  { championDifference }: CompareResult,
): ChampionReference | null {
  return reference === null ? null : { ...reference, difference: championDifference };
}
