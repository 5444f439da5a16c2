import type { ProcessKind } from '../closed-sets.ts';
import { sayCount } from '../../words/say.ts';

/** Rows that are scored in one run where requests are answered: what a run gives and takes is bounded by them. */
export const servedRowsPerRunMax = 256;

/** Where an imported model is run, and what it may take there; whatever is not declared is usual. */
export interface ModelProcessSpec {
  readonly process: ProcessKind;
  /** `own`: resident memory of the whole child; `shared`: what the model adds to a process, measured at its import. */
  readonly memoryBytesMax: number;
  /** How long a run (`servedRowsPerRunMax`) may take before the child is replaced. Without meaning for `shared`. */
  readonly timeoutMs: number;
}

const mebibyte = 1024 ** 2;

export const modelProcessBounds = {
  memoryBytes: { min: 128 * mebibyte, max: 256 * 1024 * mebibyte },
  timeoutMs: { min: 10, max: 60_000 },
} as const;

const usual: ModelProcessSpec = { process: 'shared', memoryBytesMax: 1024 * mebibyte, timeoutMs: 5_000 };

/** What holds for an imported model, with the usual where its definition says nothing. */
export function modelProcessOf(said: Partial<ModelProcessSpec>): ModelProcessSpec {
  const { process, memoryBytesMax, timeoutMs } = { ...usual, ...saidOfProcess(said) };
  return { process, memoryBytesMax, timeoutMs };
}

/** What somebody says of it, without what is not said. */
export function saidOfProcess({ process, memoryBytesMax, timeoutMs }: SaidOfProcess): Partial<ModelProcessSpec> {
  return {
    ...(process === undefined ? {} : { process }),
    ...(memoryBytesMax === undefined ? {} : { memoryBytesMax }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

type SaidOfProcess = { readonly [Member in keyof ModelProcessSpec]?: ModelProcessSpec[Member] | undefined };

/** Where the model is run, for whoever declares it. */
export function sayModelProcess(said: Partial<ModelProcessSpec>): string {
  const { process, memoryBytesMax, timeoutMs } = modelProcessOf(said);
  const memory = sayMebibytes(memoryBytesMax);
  return process === 'own'
    ? `one of its own for each version, with at most ${memory} of memory and ${sayCount(timeoutMs)} ms a run`
    : `shared with other models, with at most ${memory} of memory, measured when a file is imported`;
}

/** `512 MiB`, in the unit in which memory is declared. */
export function sayMebibytes(bytes: number): string {
  return `${sayCount(Math.round(bytes / mebibyte))} MiB`;
}
