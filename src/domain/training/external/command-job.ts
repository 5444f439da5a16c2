import type { SaidError } from '../../words/errors.ts';
import type { ExternalProgress } from '../external.ts';

/** What the supervisor of a command is asked for, as one line of JSON on its standard input. */
export interface CommandJob {
  readonly argv: readonly string[];
  /** Absolute: where the program is started. */
  readonly cwd: string;
  /** Absolute: the folder of the external trainer. */
  readonly folder: string;
  /** Absolute: what outlives attempts; counted with the folder. */
  readonly checkpoint: string;
  /** All of the environment of the program, but for its folder and its end. */
  readonly environment: Readonly<Record<string, string>>;
  /** Values that must not stand in anything that is said; some of the environment. */
  readonly secrets: readonly string[];
  readonly limits: CommandLimits;
}

export interface CommandLimits {
  readonly memoryBytesMax: number;
  readonly timeMsMax: number;
  readonly filesBytesMax: number;
  /** Files and folders in its folder, and in its checkpoint. */
  readonly entriesMax: number;
}

/** More files and folders than that are a mistake, and would make every look at them slow. */
export const commandEntriesMax = 100_000;

/** Of a program that ended well. */
export interface CommandResult {
  readonly tookMs: number;
  /** The most resident memory that was seen at a look, all processes together. */
  readonly peakBytes: number;
}

/** Lines on standard output of the supervisor: the group first, then progress, and last one of the other two. */
export type CommandMessage =
  | { readonly group: number }
  | { readonly progress: ExternalProgress | null }
  | { readonly result: CommandResult }
  | { readonly error: SaidError };
