/** The view that `view/NAME` names; null for whatever names none. Names of models have no slash. */
export function viewNamed(word: string): string | null {
  return /^view\/([a-z0-9][a-z0-9.-]*)$/.exec(word)?.[1] ?? null;
}
