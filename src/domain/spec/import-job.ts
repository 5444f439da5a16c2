import type { MakerComparison } from './maker-comparison.ts';
import type { ModelMemory } from './parts/model-memory.ts';
import type { ModelProcessSpec } from './parts/model-process.ts';
import type { ForeignFindings, ForeignSignature } from './signature-of-foreign.ts';

/** What the import child is asked for, as one line of JSON on its standard input. It never sees the database. */
export interface ImportJob {
  readonly job: 'import';
  readonly modelPath: string;
  readonly digest: string;
  readonly samplePath: string | null;
  /** Rows with the maker's own answers; null: nobody gave them. */
  readonly goldenPath: string | null;
  readonly signature: ForeignSignature;
  /** Where the model will be run, and what it may take there. */
  readonly process: ModelProcessSpec;
  /** Empty folder; the wrapped model and the profile are written here. */
  readonly outputDir: string;
}

export interface ImportResult extends ForeignFindings {
  readonly maker: MakerComparison | null;
  readonly memory: ModelMemory;
  readonly modelFile: string;
  readonly profileFile: string;
}
