import type { ModelProcessSpec } from '../../spec/parts/model-process.ts';
import type { ExternalStage } from '../external.ts';

/** What the child that first reads a file of somebody else's program is asked for. */
export interface TakeJob {
  readonly job: 'take';
  /** Absolute: the folder of the step, with what was prepared. */
  readonly folder: string;
  /** Absolute: the folder of the external trainer. */
  readonly external: string;
  readonly stage: ExternalStage;
  /** Where its versions are run, and what they may take there. */
  readonly process: ModelProcessSpec;
}
