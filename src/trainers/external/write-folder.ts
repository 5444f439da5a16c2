import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { externalFiles, type ExternalTask } from '../../domain/training/external.ts';
import { isExternal } from '../../domain/spec/trainer-spec.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { OnProgress } from '../interface.ts';
import { files, type Prepared } from '../prepare/folder.ts';
import { readJson, writeJson } from '../prepare/json-files.ts';
import { copyGiven } from './copy-given.ts';
import { taskOfFolder, type ExternalAsk } from './external-task.ts';
import { writeRows } from './write-rows.ts';

/**
 * Writes the folder of an external trainer (docs/trainers.md) from a prepared one: rows by part, the test without its
 * answers, the champion's file, and what is asked. `into` is a folder that is there and empty, but for what outlives
 * attempts (`checkpoint/`) and the report of the stage before (`candidate/`). Equal prepared folders and equal asks
 * give equal bytes. Throws `unsupported` for a trainer of this platform.
 */
export async function writeExternalFolder(
  prepared: string,
  into: string,
  ask: ExternalAsk,
  onProgress: OnProgress,
): Promise<ExternalTask> {
  const known = await readJson<Prepared>(join(prepared, files.prepared));
  if (!isExternal(known.spec.trainer))
    throw new PerennialError('unsupported', 'This model is trained by a family of the platform.', {
      path: 'trainer.kind',
    });
  await onProgress({ phase: 'load', done: 0, of: 1, note: 'rows for the program' });
  await mkdir(join(into, externalFiles.checkpoint), { recursive: true });
  const rows = await writeRows(prepared, into, known, ask.stage);
  await copyGiven(prepared, into, known);
  const task = taskOfFolder(known, known.spec.trainer, ask, rows);
  await writeJson(join(into, externalFiles.task), task);
  return task;
}
