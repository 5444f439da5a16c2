import { widthOf } from '../../answering/decide.ts';
import type { Scorer } from '../versions/session.ts';
import { startModelProcess, type ModelProcess, type ModelProcessParts } from './model-process.ts';
import { packRows, unpackScores } from './packed-rows.ts';

/** A scorer whose file is loaded and run in a child process, with limits of its own. */
export interface OwnScorer extends Scorer {
  readonly process: Pick<ModelProcess, 'whyAway' | 'bytes' | 'pid'>;
}

/** Rejects where the model cannot be loaded, or not within its memory. */
export async function startOwnScorer(parts: ModelProcessParts): Promise<OwnScorer> {
  const { signature } = parts;
  const process = await startModelProcess(parts);
  return {
    process,
    inputTypes: process.inputTypes,
    score: async (rows) => unpackScores(widthOf(signature), await process.score(packRows(signature, rows))),
    close: () => process.close(),
  };
}
