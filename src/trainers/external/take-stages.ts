import { join } from 'node:path';
import { isExternal } from '../../domain/spec/trainer-spec.ts';
import type { ExternalEnvironment } from '../../domain/training/external.ts';
import type { TakeJob } from '../../domain/training/training.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { OnProgress } from '../interface.ts';
import { files, type Fitted, type Prepared } from '../prepare/folder.ts';
import { readJson, writeJson } from '../prepare/json-files.ts';
import { takeExternal } from './take-result.ts';

/**
 * What a worker of somebody else left, stage by stage, becomes a fit: checked model files, and what was said of them.
 * Throws as `takeExternal`, and `invalid_data` where nothing was left at all.
 */
export async function takeStages({ folder, stages }: TakeJob, onProgress: OnProgress): Promise<void> {
  const { spec } = await readJson<Prepared>(join(folder, files.prepared));
  const { trainer } = spec;
  const [first, second] = stages;
  if (first === undefined || !isExternal(trainer))
    throw new PerennialError('invalid_data', 'There is nothing that a worker has made.', { path: 'trainer.kind' });
  const environment: ExternalEnvironment = trainer.image === undefined ? {} : { image: trainer.image };
  await onProgress({ phase: 'load', done: 0, of: stages.length, note: 'files of the worker' });
  const candidate = await takeExternal({ folder, environment, ...first });
  const release = second === undefined ? null : await takeExternal({ folder, environment, ...second });
  const { output, said } = release ?? candidate;
  const fitted: Fitted = {
    formatVersion: 1,
    historyShare: 1,
    candidate: candidate.file,
    release: release?.file ?? null,
    external: { kind: trainer.kind, output, environment, said },
  };
  await writeJson(join(folder, files.fitted), fitted);
}
