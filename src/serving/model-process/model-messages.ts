import type { Signature } from '../../domain/spec/signature.ts';

/** What an inference process says to the child that holds one model. */
export type ToModel =
  | {
      readonly say: 'load';
      readonly path: string;
      readonly signature: Signature;
      readonly memoryBytesMax: number;
      /** As a model is loaded that shares its process; a process of its own gives memory back after each run. */
      readonly shouldKeepMemory: boolean;
    }
  | ({ readonly say: 'score'; readonly id: number } & PackedRows)
  | { readonly say: 'measure' }
  | ({ readonly say: 'call'; readonly id: number; readonly block: CallBlock } & PackedRows);

/** What the child says; `idleBytes` is what it held without a model, `peakBytes` the most that it ever held. */
export type FromModel =
  | {
      readonly say: 'loaded';
      readonly inputTypes: ReadonlyMap<string, string>;
      readonly idleBytes: number;
    }
  | { readonly say: 'refused'; readonly reason: string }
  | { readonly say: 'scored'; readonly id: number; readonly scores: Float64Array }
  | { readonly say: 'failed'; readonly id: number; readonly reason: string }
  | { readonly say: 'memory'; readonly bytes: number }
  | { readonly say: 'measured'; readonly peakBytes: number }
  | { readonly say: 'called'; readonly id: number; readonly timed: TimedCalls };

/** Calls one after the other, each with the next rows of those that came with it. */
export interface CallBlock {
  readonly rowsPerCall: number;
  readonly calls: number;
  /** No other call is begun after this. */
  readonly msMax: number;
}

/** What a block took, in the process that made it. */
export interface TimedCalls {
  /** Wall time of each call. */
  readonly callMs: Float64Array;
  /** Processor time of the whole process meanwhile, and wall time. */
  readonly coreMs: number;
  readonly wallMs: number;
}

/** Said by the child on its standard output, just before it ends itself for its memory: its loop may be busy. */
export const memoryWord = 'memory\n';

/** Rows as they cross to the child: one block of numbers and one list of texts, row after row. */
export interface PackedRows {
  readonly rows: number;
  readonly numbers: Float64Array;
  readonly texts: readonly (string | null)[];
}
