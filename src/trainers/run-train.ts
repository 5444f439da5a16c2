import type {
  TrainingJobs,
  TrainingResults,
  TrainingStep,
  TrainJob,
  TrainReport,
} from '../domain/training/training.ts';
import { compare } from './experiment/compare.ts';
import { writeExternalFolder } from './external/write-folder.ts';
import { fitBaselines } from './fit/fit-baselines.ts';
import { fit } from './fit/fit.ts';
import type { OnProgress } from './interface.ts';
import { judge } from './judge/judge.ts';
import { prepare } from './prepare/prepare.ts';
import { fitTrial } from './search/fit-trial.ts';

type Steps = {
  readonly [Step in TrainingStep]: (job: TrainingJobs[Step], onProgress: OnProgress) => Promise<TrainingResults[Step]>;
};

/** The steps share nothing but the folder of their jobs, so each may run in a process and on a machine of its own. */
const steps: Steps = {
  prepare: async (job, onProgress) => {
    await prepare(job, onProgress);
    return null;
  },
  fit: async ({ folder, settings, ensemble }, onProgress) => {
    await fit(folder, onProgress, settings, ensemble);
    return null;
  },
  trial: (job, onProgress) => fitTrial(job, onProgress),
  share: async ({ folder, into, stage, run }, onProgress) => {
    await writeExternalFolder(folder, into, { run, stage }, onProgress);
    return null;
  },
  judge: async (job, onProgress) => {
    // Baselines are always ours, whoever fitted the candidate.
    await fitBaselines(job.folder, onProgress);
    return judge(job.folder, job, onProgress);
  },
  compare: (job, onProgress) => compare(job, onProgress),
  train: runTrain,
};

export function runStep<Step extends TrainingStep>(
  step: Step,
  job: TrainingJobs[Step],
  onProgress: OnProgress,
): Promise<TrainingResults[Step]> {
  return steps[step](job, onProgress);
}

export function isStep(name: unknown): name is TrainingStep {
  return typeof name === 'string' && Object.hasOwn(steps, name);
}

/**
 * One training, from Parquet to ONNX files with evidence, all of its steps in one folder. Equal jobs on equal rows
 * write equal model bytes, also after a resume in a folder that holds a checkpoint. Throws PerennialError:
 * `invalid_data` (nothing to learn, missing column), `unsupported` (no such trainer), `parity_failed`,
 * `artifact_corrupt` (champion).
 */
export async function runTrain(job: TrainJob, onProgress: OnProgress): Promise<TrainReport> {
  const { folder } = job;
  await steps.prepare({ ...job, job: 'prepare' }, onProgress);
  await steps.fit({ job: 'fit', folder }, onProgress);
  return steps.judge({ ...job, job: 'judge' }, onProgress);
}
