import type { ExternalEnvironment, ExternalOutput, ExternalReport } from '../../domain/training/external.ts';
import type { ExternalStage } from '../../domain/training/external.ts';
import { PerennialError } from '../../domain/words/errors.ts';
import type { FittedFile } from '../prepare/folder.ts';

/** What one stage of an external fit came to: a checked model file in the folder of the step, and what was said. */
export interface ExternalTaken {
  readonly file: FittedFile;
  readonly output: ExternalOutput;
  readonly said: ExternalReport | null;
}

/** Where a stage ran, and what it left. */
export interface TakeAsk {
  /** The folder of the step, which holds what was prepared; the file of the model comes here. */
  readonly folder: string;
  /** The folder of the external trainer, with what the program left in it. */
  readonly external: string;
  readonly stage: ExternalStage;
  readonly environment: ExternalEnvironment;
}

/**
 * Takes the model file of a program, and nothing else that it might have left: exactly one, plain, bounded, checked by
 * the gatekeeper of foreign files, and wrapped so that it takes the raw columns by name. Throws `unsupported`,
 * `invalid_data` or `too_large` with one sentence for anything else.
 */
export async function takeExternal(ask: TakeAsk): Promise<ExternalTaken> {
  throw new PerennialError('unsupported', `What a program leaves (${ask.stage}) is not taken yet.`);
}
