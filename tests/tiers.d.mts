export const longFiles: readonly string[];
export function tierOf(words: readonly string[]): {
  readonly args: readonly string[];
  readonly notRun: readonly string[];
};
