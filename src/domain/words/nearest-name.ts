/**
 * The name that was probably meant: fewest edits, ignoring case; null when none is near. A short name allows few edits,
 * since with two of them `pay` is as near to `buy` and `age` as to itself, and a wrong suggestion is worse than none.
 */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  let best: string | null = null;
  let bestEdits = Infinity;
  for (const name of names) {
    const limit = Math.min(bestEdits, editsMax(Math.min(wanted.length, name.length)) + 1);
    const edits = editDistance(wanted.toLowerCase(), name.toLowerCase(), limit);
    if (edits >= limit) continue;
    best = name;
    bestEdits = edits;
  }
  return best;
}

/**
 * The column that was probably renamed: the nearest name, else the one that is written otherwise (`customer_id` for
 * `customerId`); null when there is none.
 */
export function nearestColumn(wanted: string, names: readonly string[]): string | null {
  return nearestName(wanted, names) ?? names.find((name) => plain(name) === plain(wanted)) ?? null;
}

/** `; did you mean amount?`, or nothing where no name is near. */
export function sayNearest(wanted: string, names: readonly string[]): string {
  const nearest = nearestColumn(wanted, names);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** `customer_id`, `customerId` and `Customer ID` are one name in three hands. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Edits that still count as a slip: none up to two letters, one up to five, two up to eight, then three. */
function editsMax(length: number): number {
  return length <= 2 ? 0 : length <= 5 ? 1 : length <= 8 ? 2 : 3;
}

/** Names shown in a message before the rest is counted. */
const namesShownMax = 40;

/** `a, b, c`, cut at 40 names with the number of the rest. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, namesShownMax).join(', ');
  return names.length > namesShownMax ? `${shown} and ${names.length - namesShownMax} more` : shown;
}

/**
 * Edits (insert, delete, replace, swap two neighbours) from one text to the other, given up as soon as a whole row is
 * at or above `limit`. Source: optimal string alignment, Boytsov, "Indexing methods for approximate dictionary
 * searching", ACM JEA 16 (2011), section 2.2.
 */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let beforePrevious: readonly number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = isSwap ? (beforePrevious[j - 2] ?? 0) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    // A swap looks two rows back, so one row above the limit is not yet the end.
    if (Math.min(...current) >= limit && Math.min(...previous) >= limit) return limit;
    beforePrevious = previous;
    previous = current;
  }
  return previous[right.length] ?? limit;
}
