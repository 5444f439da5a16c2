const dayMs = 86_400_000;
/** More than there are revisions of views; beyond it all are due again. */
const keysMax = 10_000;

/** What is looked for once a day and key by this process; one that starts anew looks once more. */
export interface OnceADay {
  isDue(key: string, nowMs: number): boolean;
  /** It was looked for to its end. */
  done(key: string, nowMs: number): void;
}

export function createOnceADay(): OnceADay {
  const doneMs = new Map<string, number>();
  return {
    isDue: (key, nowMs) => nowMs - (doneMs.get(key) ?? -Infinity) >= dayMs,
    done(key, nowMs) {
      if (doneMs.size >= keysMax) doneMs.clear();
      doneMs.set(key, nowMs);
    },
  };
}
