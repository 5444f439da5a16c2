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
  const { spec, signature, table, dataDigest } = rows;
  const { features, derived, target, trainer, split, outliers } = spec;
  const digest = createHash('sha256')
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
