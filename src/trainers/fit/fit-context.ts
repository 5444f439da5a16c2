import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSearch, type OwnSpec } from '../../domain/spec/trainer-spec.ts';
import type { TrainProgress } from '../../domain/training/training.ts';
import { canonicalJson } from '../../domain/words/canonical.ts';
import type { OnProgress } from '../interface.ts';
import { files } from '../prepare/folder.ts';
import type { FolderRows } from '../prepare/read-folder.ts';
import { checkpointFile } from './checkpoint-file.ts';
import type { FitContext } from './select-model.ts';

/**
 * What the fits of one folder share, by these settings. Checkpoints bear the digest of all that a fit depends on.
 */
export function fitContext(folder: string, rows: FolderRows, settings: OwnSpec, onProgress: OnProgress): FitContext {
  const { signature, table } = rows;
  const digest = fitDigest(rows, settings);
  return {
    signature,
    table,
    limits: rows.limits ?? [],
    settings,
    checkpoint: (stage) => checkpointFile(join(folder, files.checkpoint), `${digest}-${stage}`),
    onProgress: (stage, done, of) =>
      onProgress({ phase: stage.startsWith('refit') ? 'refit' : 'fit', done, of, note: stage }),
  };
}

/** Where a trial of these settings keeps its answers: the name bears the digest of all that they depend on. */
export function answersFile(folder: string, rows: FolderRows, settings: OwnSpec): string {
  return join(folder, files.checkpoint, `${fitDigest(rows, settings)}-answers.f64`);
}

/** Of all that a fit by these settings depends on. */
function fitDigest({ spec, dataDigest }: FolderRows, settings: OwnSpec): string {
  const { features, derived, target, trainer, split, outliers } = spec;
  return createHash('sha256')
    .update(
      canonicalJson({
        features,
        ...(derived === undefined ? {} : { derived }),
        ...(outliers === undefined ? {} : { outliers }),
        target,
        trainer: isSearch(trainer) ? settings : trainer,
        split,
        dataDigest,
      }),
    )
    .digest('hex')
    .slice(0, 32);
}

/** A line a second is enough to see that a fit is alive, and where. */
const lineEveryMs = 1_000;

/** Writes progress into the folder as well, where somebody else can follow a fit that runs elsewhere. */
export function progressInto(folder: string, onProgress: OnProgress): OnProgress {
  let lastMs = -Infinity;
  let lastNote: string | undefined;
  return async (progress: TrainProgress) => {
    const nowMs = performance.now();
    if (progress.note !== lastNote || nowMs - lastMs >= lineEveryMs) {
      lastMs = nowMs;
      lastNote = progress.note;
      await appendFile(join(folder, files.progress), `${JSON.stringify(progress)}\n`);
    }
    await onProgress(progress);
  };
}
