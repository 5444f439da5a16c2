/** Steps of the selection: a member can weigh so many shares at most. */
const stepsMax = 20;

export interface Chosen {
  /** Place in the list of trials. */
  readonly at: number;
  /** Share of the average; all of them sum to 1. */
  readonly weight: number;
}

/**
 * Greedy selection with replacement (Caruana et al. 2004): begins with the best trial, adds what lowers the loss of
 * the mean of scores most, a trial as often as that helps, and keeps the shortest list with the lowest loss. `scores`
 * has one array per trial; `lossOf` gives the mean loss of averaged scores. Ties go to the earlier trial. At most 20
 * steps of one look at each trial.
 */
export function chooseMembers(
  scores: readonly Float64Array[],
  lossOf: (scores: Float64Array) => number,
  membersMax: number,
): readonly Chosen[] {
  const taken: number[] = [];
  let sum = new Float64Array(scores[0]?.length ?? 0);
  let best: { readonly loss: number; readonly size: number } = { loss: Infinity, size: 0 };
  for (let step = 1; step <= stepsMax; step++) {
    const isFull = new Set(taken).size >= membersMax;
    let next: { readonly at: number; readonly loss: number } | null = null;
    for (const [at, own] of scores.entries()) {
      if (isFull && !taken.includes(at)) continue;
      const loss = lossOf(sum.map((value, cell) => (value + (own[cell] ?? 0)) / step));
      if (next === null ? Number.isFinite(loss) : loss < next.loss) next = { at, loss };
    }
    if (next === null) break;
    const { at, loss } = next;
    taken.push(at);
    sum = sum.map((value, cell) => value + (scores[at]?.[cell] ?? 0));
    if (loss < best.loss) best = { loss, size: taken.length };
  }
  const kept = taken.slice(0, best.size);
  return [...new Set(kept)]
    .toSorted((a, b) => a - b)
    .map((at) => ({ at, weight: kept.filter((each) => each === at).length / kept.length }));
}
