import type { parseArgs, ParseArgsConfig } from 'node:util';

/** As `parseArgs`, for the words after the name of the tool; a wrong one ends the process with one sentence. */
export function readOptions<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>>;
/** The value of `--name` as a whole number between two bounds, both included; any other ends the process. */
export function wholeOption(
  name: string,
  text: string,
  bounds?: { readonly min?: number; readonly max?: number },
): number;
