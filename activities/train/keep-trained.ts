import path from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import type { TrainedArtifacts } from '../../src/domain/record/runs.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** Takes over from the folder of a training what outlives it. */
export async function keepTrained(
  store: ArtifactStore,
  folder: string,
  report: TrainReport,
): Promise<TrainedArtifacts> {
  return {
    modelDigest: await store.putFile(path.join(folder, report.release.modelFile)),
    profileDigest: await store.putFile(path.join(folder, report.releaseProfileFile)),
    testScoresDigest: await store.putFile(path.join(folder, report.testScoresFile)),
    reportDigest: await store.putBytes(Buffer.from(JSON.stringify(report))),
  };
}

export async function readReport(deps: ActivityDependencies, digest: string): Promise<TrainReport> {
  return JSON.parse(Buffer.from(await deps.store.readBytes(digest)).toString('utf8')) as TrainReport;
}
