import type { TrainJob, TrainReport } from '../domain/training/training.ts';
import { fitBaselines } from './fit/fit-baselines.ts';
import { fit } from './fit/fit.ts';
import type { OnProgress } from './interface.ts';
import { judge } from './judge/judge.ts';
import { prepare } from './prepare/prepare.ts';

/**
 * One training, from Parquet to ONNX files with evidence, in steps that share nothing but the folder of the job. Equal
 * jobs on equal rows write equal model bytes, also after a resume in a folder that holds a checkpoint. Throws
 * PerennialError: `invalid_data` (nothing to learn, missing column), `unsupported` (no such trainer), `parity_failed`,
 * `artifact_corrupt` (champion).
 */
export async function runTrain(job: TrainJob, onProgress: OnProgress): Promise<TrainReport> {
  await prepare(job, onProgress);
  await fit(job.folder, onProgress);
  await fitBaselines(job.folder, onProgress);
  return judge(job.folder, job, onProgress);
}
