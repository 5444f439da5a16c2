/** Sign, exponent and the first six bits of the fraction: each bucket is at most 1/64 of its values wide. */
const keyBits = 18;
const keyShift = 32 - keyBits;
/** Where a number keeps its sign and exponent: the second word on little-endian machines. */
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
/** Below this, sorting is as fast. */
const rowsMin = 4_096;

/**
 * The values that would stand at `ranks` (0..n-1, increasing) if `values` were sorted; exact. `values` holds no NaN
 * and is not changed. Linear where values are spread over buckets; where they all fall into one, as a sort. Exact
 * (golden vectors). Exact (golden vectors).
 */
export function orderStatistics(values: Float64Array, ranks: readonly number[]): readonly number[] {
  if (values.length < rowsMin) return taken(values.slice().sort(), ranks, 0);
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const rows = new Uint32Array(2 ** keyBits);
  for (let at = highWord; at < words.length; at += 2) {
    const key = keyOf(words[at] ?? 0);
    rows[key] = (rows[key] ?? 0) + 1;
  }
  const asked = bucketsOf(rows, ranks);
  const held = new Map([...asked].map(([key]) => [key, { values: new Float64Array(rows[key] ?? 0), filled: 0 }]));
  const isAsked = new Uint8Array(2 ** keyBits);
  for (const key of asked.keys()) isAsked[key] = 1;
  for (let at = highWord, row = 0; at < words.length; at += 2, row++) {
    const key = keyOf(words[at] ?? 0);
    if (isAsked[key] === 0) continue;
    const bucket = held.get(key);
    if (bucket !== undefined) bucket.values[bucket.filled++] = values[row] ?? 0;
  }
  return [...asked].flatMap(([key, { first, ranks: inside }]) =>
    taken(held.get(key)?.values.sort() ?? new Float64Array(), inside, first),
  );
}

interface Asked {
  /** Rank of the smallest value of the bucket. */
  readonly first: number;
  readonly ranks: number[];
}

/** Buckets that hold a rank, in the order of the ranks. */
function bucketsOf(rows: Uint32Array, ranks: readonly number[]): ReadonlyMap<number, Asked> {
  const asked = new Map<number, Asked>();
  let key = 0;
  let first = 0;
  for (const rank of ranks) {
    while (key < rows.length - 1 && first + (rows[key] ?? 0) <= rank) first += rows[key++] ?? 0;
    const known = asked.get(key);
    if (known === undefined) asked.set(key, { first, ranks: [rank] });
    else known.ranks.push(rank);
  }
  return asked;
}

function taken(sorted: Float64Array, ranks: readonly number[], first: number): readonly number[] {
  return ranks.map((rank) => sorted[rank - first] ?? Number.NaN);
}

/** Larger numbers have larger keys: the bits of negative ones are turned round. */
function keyOf(word: number): number {
  return (word >>> 31 === 1 ? ~word >>> 0 : (word | 0x80000000) >>> 0) >>> keyShift;
}
