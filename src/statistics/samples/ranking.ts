/** Below this, comparing is as fast as dealing. */
const dealtMin = 512;
/** A third of a word of 32 bits, as the last of them is one bit shorter. */
const digitBits = 11;
/** Where a number keeps its sign and exponent: the second word on little-endian machines. */
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Row numbers in ascending order of score, ties in row order. NaN scores sort last. Linear in rows from some hundred
 * on. Exact (golden vectors).
 */
export function ascendingOrder(scores: ArrayLike<number>): Uint32Array {
  return scores.length < dealtMin ? byComparing(scores) : byDealing(scores);
}

function byComparing(scores: ArrayLike<number>): Uint32Array {
  const order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const at = (i: number): number => {
    const score = scores[i] ?? Number.NaN;
    return Number.isNaN(score) ? Infinity : score;
  };
  return order.sort((i, j) => {
    const gap = at(i) - at(j);
    return gap < 0 ? -1 : gap > 0 ? 1 : i - j;
  });
}

/** Dealt by one digit of the keys after the other, the lowest first; rows whose digits tie keep their order. */
function byDealing(scores: ArrayLike<number>): Uint32Array {
  const keys = keysOf(scores);
  let order = new Uint32Array(scores.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let dealt = new Uint32Array(scores.length);
  const mask = 2 ** digitBits - 1;
  const starts = new Uint32Array(2 ** digitBits + 1);
  for (const word of [1 - highWord, highWord])
    for (let shift = 0; shift < 32; shift += digitBits) {
      starts.fill(0);
      for (let at = word; at < keys.length; at += 2) {
        const above = (((keys[at] ?? 0) >>> shift) & mask) + 1;
        starts[above] = (starts[above] ?? 0) + 1;
      }
      for (let digit = 1; digit <= mask; digit++) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
      for (let at = 0; at < order.length; at++) {
        const row = order[at] ?? 0;
        const digit = ((keys[2 * row + word] ?? 0) >>> shift) & mask;
        const place = starts[digit] ?? 0;
        dealt[place] = row;
        starts[digit] = place + 1;
      }
      [order, dealt] = [dealt, order];
    }
  return order;
}

/** Two words a score; larger scores have larger keys, since the bits of negative ones are turned round. */
function keysOf(scores: ArrayLike<number>): Uint32Array {
  const values = new Float64Array(scores.length);
  for (let row = 0; row < values.length; row++) {
    const score = scores[row] ?? Number.NaN;
    // Adding 0 makes one zero of both.
    values[row] = Number.isNaN(score) ? Infinity : score + 0;
  }
  const words = new Uint32Array(values.buffer);
  for (let at = highWord; at < words.length; at += 2) {
    const other = at + 1 - 2 * highWord;
    const word = words[at] ?? 0;
    const isNegative = word >>> 31 === 1;
    words[at] = isNegative ? ~word : word | 0x80000000;
    if (isNegative) words[other] = ~(words[other] ?? 0);
  }
  return words;
}

/**
 * Ranks from 1; tied scores share the mean of their ranks. `order` is that of `ascendingOrder`, for whoever knows it.
 * Exact (golden vectors).
 */
export function midRanks(scores: ArrayLike<number>, order: Uint32Array = ascendingOrder(scores)): Float64Array {
  const ranks = new Float64Array(scores.length);
  for (let start = 0; start < order.length;) {
    const end = endOfTies(scores, order, start);
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) ranks[order[i] ?? 0] = rank;
    start = end;
  }
  return ranks;
}

/**
 * One past the last position whose score equals the one at `start`, in a sorted order. Exact (golden vectors). Exact
 * (golden vectors).
 */
export function endOfTies(scores: ArrayLike<number>, order: Uint32Array, start: number): number {
  const score = scores[order[start] ?? 0];
  let end = start + 1;
  while (end < order.length && scores[order[end] ?? 0] === score) end++;
  return end;
}

/**
 * Area under the ROC curve by mid-ranks (Mann-Whitney), O(n log n). `labels` are 1 for positive, anything else
 * negative. Null when only one class is present: the area does not exist then. Exact (golden vectors). Exact (golden
 * vectors).
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | null {
  const ranks = midRanks(scores);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (labels[i] !== 1) continue;
    positives++;
    rankSum += ranks[i] ?? 0;
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Average precision: sum over distinct scores, descending, of (recall step) x precision, without interpolation
 * (scikit-learn's definition). Null without positives. `weights` (row multiplicities) serve the bootstrap. Relative
 * error <= 1e-14 (golden vectors).
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  order: Uint32Array = ascendingOrder(scores),
  weights?: ArrayLike<number>,
): number | null {
  let seen = 0;
  let hits = 0;
  let area = 0;
  for (let end = order.length; end > 0;) {
    const score = scores[order[end - 1] ?? 0];
    let hitsHere = 0;
    let start = end;
    do {
      const row = order[--start] ?? 0;
      const weight = weights === undefined ? 1 : (weights[row] ?? 0);
      seen += weight;
      if (labels[row] === 1) hitsHere += weight;
    } while (start > 0 && scores[order[start - 1] ?? 0] === score);
    hits += hitsHere;
    if (seen > 0) area += (hitsHere * hits) / seen;
    end = start;
  }
  return hits === 0 ? null : area / hits;
}
