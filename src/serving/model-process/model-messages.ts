import type { Signature } from '../../domain/spec/signature.ts';

/** What an inference process says to the child that holds one model. */
export type ToModel =
  | {
      readonly say: 'load';
      readonly path: string;
      readonly signature: Signature;
      readonly memoryBytesMax: number;
    }
  | ({ readonly say: 'score'; readonly id: number } & PackedRows)
  | { readonly say: 'measure' };

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
  | { readonly say: 'measured'; readonly peakBytes: number };

/** Said by the child on its standard output, just before it ends itself for its memory: its loop may be busy. */
export const memoryWord = 'memory\n';

/** Rows as they cross to the child: one block of numbers and one list of texts, row after row. */
export interface PackedRows {
  readonly rows: number;
  readonly numbers: Float64Array;
  readonly texts: readonly (string | null)[];
}
