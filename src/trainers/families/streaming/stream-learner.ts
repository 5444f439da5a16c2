import { standardise } from '../../../onnx/graphs/linear-graph.ts';
import type { LinearTask } from '../linear/linear-tasks.ts';
import { scalingOf } from './scaling-of.ts';
import type { NumberSeen, StreamSettings, StreamState, WordsSeen } from './stream-state.ts';

/** Words of a category with a weight of their own, the first that came; later ones share that of missing. */
export const wordsMax = 254;

/** A cell as it is learnt: a number (NaN is missing), or a word (null is missing). */
export type StreamCell = number | string | null;

interface Active {
  /** Into `z` and `n`: 0 is the bias, then one list for each encoding. */
  readonly list: number;
  /** The first of the numbers of its parameter in that list, one per output. */
  readonly at: number;
  readonly value: number;
}

/** `isWord` says which encodings are categories; the others are numbers, with a weight for a missing one besides. */
export function emptyState(of: string, isWord: readonly boolean[], outputs: number): StreamState {
  const zeros = (parameters: number): number[] => new Array<number>(parameters * outputs).fill(0);
  const lists = (): number[][] => [zeros(1), ...isWord.map((word) => zeros(word ? 1 : 2))];
  return {
    of,
    rows: 0,
    seen: isWord.map((word) =>
      word ? { words: [], counts: [], others: 0 } : { count: 0, mean: 0, squares: 0, missing: 0 },
    ),
    z: lists(),
    n: lists(),
  };
}

/**
 * FTRL-Proximal with a learning rate per weight (McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013,
 * Algorithm 1), on numbers that are standardised by what came before and categories with a weight per word. What it
 * knows after a row depends on the rows up to it alone, wherever they were cut into trainings.
 */
export class StreamLearner {
  readonly state: StreamState;
  readonly #settings: StreamSettings;
  readonly #task: LinearTask;
  readonly #codes: readonly (Map<string, number> | null)[];
  readonly #cells: Float64Array;

  /** The state is copied. */
  constructor(state: StreamState, settings: StreamSettings, task: LinearTask, outputs: number) {
    this.state = structuredClone(state);
    this.#settings = settings;
    this.#task = task;
    this.#codes = this.state.seen.map((seen) =>
      'words' in seen ? new Map(seen.words.map((word, index) => [word, index + 1])) : null,
    );
    this.#cells = new Float64Array(outputs);
  }

  /** Scales by the row, then says what it would have answered, then learns how it came out. */
  learn(cells: readonly StreamCell[], label: number): void {
    const active: Active[] = [{ list: 0, at: 0, value: 1 }];
    for (const [encoding, seen] of this.state.seen.entries()) {
      const cell = cells[encoding] ?? null;
      if ('words' in seen) active.push(this.#word(encoding, seen, typeof cell === 'string' ? cell : null));
      else active.push(...this.#number(encoding, seen, typeof cell === 'number' ? cell : Number.NaN));
    }
    const sums = this.#cells;
    const outputs = sums.length;
    sums.fill(0);
    for (const { list, at, value } of active)
      for (let k = 0; k < outputs; k++) sums[k] = (sums[k] ?? 0) + value * this.weight(list, at + k);
    this.#task.residuals(sums, label);
    for (const { list, at, value } of active)
      for (let k = 0; k < outputs; k++) this.#step(list, at + k, (sums[k] ?? 0) * value);
    this.state.rows += 1;
  }

  /** The weight behind the sums of one parameter; the bias is not pulled to 0. */
  weight(list: number, at: number): number {
    const { alpha, beta, l1, l2 } = this.#settings;
    const z = this.state.z[list]?.[at] ?? 0;
    const n = this.state.n[list]?.[at] ?? 0;
    const [pull, ridge] = list === 0 ? [0, 0] : [l1, l2];
    if (Math.abs(z) <= pull) return 0;
    return -(z - Math.sign(z) * pull) / ((beta + Math.sqrt(n)) / alpha + ridge);
  }

  #step(list: number, at: number, gradient: number): void {
    const [z, n] = [this.state.z[list], this.state.n[list]];
    if (z === undefined || n === undefined || gradient === 0) return;
    const before = n[at] ?? 0;
    const after = before + gradient * gradient;
    const sigma = (Math.sqrt(after) - Math.sqrt(before)) / this.#settings.alpha;
    z[at] = (z[at] ?? 0) + gradient - sigma * this.weight(list, at);
    n[at] = after;
  }

  #number(encoding: number, seen: NumberSeen, value: number): readonly Active[] {
    const outputs = this.#cells.length;
    if (!Number.isFinite(value)) {
      seen.missing += 1;
      return [{ list: encoding + 1, at: outputs, value: 1 }];
    }
    seen.count += 1;
    const off = value - seen.mean;
    seen.mean += off / seen.count;
    seen.squares += off * (value - seen.mean);
    return [{ list: encoding + 1, at: 0, value: standardise(value, scalingOf(seen)) }];
  }

  #word(encoding: number, seen: WordsSeen, word: string | null): Active {
    const codes = this.#codes[encoding];
    const outputs = this.#cells.length;
    let code = word === null ? 0 : (codes?.get(word) ?? 0);
    if (word !== null && code === 0 && codes != null && seen.words.length < wordsMax) {
      code = seen.words.push(word);
      codes.set(word, code);
      seen.counts.push(0);
      for (const sums of [this.state.z, this.state.n]) for (let k = 0; k < outputs; k++) sums[encoding + 1]?.push(0);
    }
    if (code === 0) seen.others += 1;
    else seen.counts[code - 1] = (seen.counts[code - 1] ?? 0) + 1;
    return { list: encoding + 1, at: code * outputs, value: 1 };
  }
}
