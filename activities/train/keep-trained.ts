import path from 'node:path';
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts';
import type { TrainedArtifacts } from '../../src/domain/record/runs.ts';
import type { FootprintOutcome } from '../../src/domain/training/gates/footprint-rounds.ts';
import type { TrainReport } from '../../src/domain/training/training.ts';
import type { ActivityDependencies } from '../dependencies.ts';

/** Takes over from the folder of a training what outlives it. */
export async function keepTrained(
  store: ArtifactStore,
  folder: string,
  report: TrainReport,
  footprint: FootprintOutcome | null = null,
): Promise<TrainedArtifacts> {
  return {
    modelDigest: await store.putFile(path.join(folder, report.release.modelFile)),
    profileDigest: await store.putFile(path.join(folder, report.releaseProfileFile)),
    testScoresDigest: await store.putFile(path.join(folder, report.testScoresFile)),
    reportDigest: await store.putBytes(Buffer.from(JSON.stringify(report))),
    ...(footprint === null ? {} : { footprintDigest: await store.putBytes(Buffer.from(JSON.stringify(footprint))) }),
  };
}

/** Null where no gate asked for one. */
export async function readFootprint(
  { store }: Pick<ActivityDependencies, 'store'>,
  { footprintDigest }: Pick<TrainedArtifacts, 'footprintDigest'>,
): Promise<FootprintOutcome | null> {
  if (footprintDigest === undefined) return null;
  return JSON.parse(Buffer.from(await store.readBytes(footprintDigest)).toString('utf8')) as FootprintOutcome;
}

export async function readReport(deps: ActivityDependencies, digest: string): Promise<TrainReport> {
  return JSON.parse(Buffer.from(await deps.store.readBytes(digest)).toString('utf8')) as TrainReport;
}
